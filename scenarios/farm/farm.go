package farm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A Farm is a connection to where runs and workers meet.
type Farm struct {
	conn *nats.Conn
	js   jetstream.JetStream
}

// Times of a connection.
const (
	dialTime  = 10 * time.Second       // to connect for the first time
	askTime   = 5 * time.Second        // for an answer of JetStream's
	retryWait = 500 * time.Millisecond // between attempts to connect again, and to ask again
	pingEvery = 5 * time.Second        // of a connection that may be dead; two unanswered end it
)

// inbox is where answers go. Workers hear no others.
const inbox = "_INBOX_itlsim"

// Dial connects to a place. said is told in plain words what goes wrong later on; a connection
// that is lost is sought again without end.
func Dial(at Place, name string, said func(string)) (*Farm, error) {
	options := append([]nats.Option{
		nats.Name("itlsim " + name), nats.Timeout(dialTime), nats.CustomInboxPrefix(inbox),
		nats.MaxReconnects(-1), nats.ReconnectWait(retryWait), nats.PingInterval(pingEvery),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if !errors.Is(err, nats.ErrConsumerNotActive) { // it is made anew
				said("farm: " + err.Error())
			}
		}),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				said("the farm does not answer; it is tried again until it does")
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { said("the farm answers again") }),
	}, at.options...)
	conn, err := nats.Connect(at.URL, options...)
	if err != nil {
		return nil, fmt.Errorf("farm %s: %w", at.URL, err)
	}
	js, err := jetstream.New(conn, jetstream.WithDefaultTimeout(askTime))
	if err != nil {
		conn.Close()
		return nil, err
	}
	return &Farm{conn: conn, js: js}, nil
}

// Close ends the connection.
func (f *Farm) Close() { f.conn.Close() }

// pause waits a moment, or until the context ends.
func pause(ctx context.Context) {
	select {
	case <-time.After(retryWait):
	case <-ctx.Done():
	}
}

// persist tries something again while the farm does not answer, for a minute at most or until
// the context ends: a server that is begun again is back by then.
func persist(ctx context.Context, try func(context.Context) error) error {
	for until := time.Now().Add(time.Minute); ; pause(ctx) {
		if err := try(ctx); !passing(err) || ctx.Err() != nil || time.Now().After(until) {
			return err
		}
	}
}

// passing reports whether an error is of a farm that does not answer just now.
func passing(err error) bool {
	for _, silent := range []error{
		context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, nats.ErrDisconnected,
		nats.ErrConnectionReconnecting, jetstream.ErrNoStreamResponse, jetstream.ErrJetStreamNotEnabled,
	} {
		if errors.Is(err, silent) {
			return true
		}
	}
	return false
}
