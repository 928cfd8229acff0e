package farm

import (
	"context"

	"github.com/nats-io/nats.go/jetstream"
)

// JetStream is what tests put things in by.
func (f *Farm) JetStream() jetstream.JetStream { return f.js }

// ReadPart reads an object as parts are read, of at most so many bytes.
func (f *Farm) ReadPart(ctx context.Context, name string, most int64) ([]byte, error) {
	at, err := f.open(ctx)
	if err != nil {
		return nil, err
	}
	return at.parts.read(ctx, name, most)
}

// Prepare makes what a farm keeps things in.
func (f *Farm) Prepare(ctx context.Context, build string) error {
	_, err := f.prepare(ctx, build, usualAckWait)
	return err
}

// Bounds that tests try.
const (
	MaxSecret = maxSecret
	MaxOrder  = maxOrder
	MaxWords  = maxWords
	MaxLost   = maxLost
)
