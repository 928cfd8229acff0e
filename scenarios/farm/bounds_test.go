package farm_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"itlsim/scenarios"
	"itlsim/scenarios/farm"
	"itlsim/scenarios/farm/host"
)

// What an object says of itself is not believed, and no more is read than may be.
func TestObjectsThatAreNotAsTheySay(t *testing.T) {
	s := start(t, host.Config{})
	f := dial(t, s.Place(), "run")
	require.NoError(t, f.Prepare(t.Context(), "tests"))
	put := func(name string, info jetstream.ObjectInfo, chunks ...string) {
		info.Name, info.NUID = name, "n"+name
		for _, chunk := range chunks {
			_, err := f.JetStream().Publish(t.Context(), "$O.itlsim-parts.C."+info.NUID, []byte(chunk))
			require.NoError(t, err)
		}
		text, err := json.Marshal(info)
		require.NoError(t, err)
		meta := "$O.itlsim-parts.M." + base64.URLEncoding.EncodeToString([]byte(name))
		_, err = f.JetStream().Publish(t.Context(), meta, text)
		require.NoError(t, err)
	}
	put("large", jetstream.ObjectInfo{Size: 1 << 62}, "x")
	put("longer", jetstream.ObjectInfo{Size: 2}, "xyz")
	put("empty", jetstream.ObjectInfo{Size: 2}, "")
	put("shorter", jetstream.ObjectInfo{Size: 2}, "x")
	put("other", jetstream.ObjectInfo{Size: 2, Digest: "SHA-256=wrong"}, "x", "y")
	for name, says := range map[string]string{
		"large": "larger than 1000 bytes", "longer": "not as long as it says", "empty": "not as long as it says",
		"shorter": "message not found", "other": "not what was put there", "missing": "not found",
	} {
		_, err := f.ReadPart(t.Context(), name, 1000)
		assert.ErrorContains(t, err, says, name)
	}
}

// A part that is none ends the run, whoever has put it there.
func TestPartThatIsNone(t *testing.T) {
	s := start(t, host.Config{})
	f := dial(t, s.Place(), "run")
	require.NoError(t, f.Prepare(t.Context(), "tests"))
	b := pack(t, "trust-on-first-use", 1)
	parts, err := f.JetStream().ObjectStore(t.Context(), "itlsim-parts")
	require.NoError(t, err)
	_, err = parts.PutString(t.Context(), b.Run()+".0", "no part")
	require.NoError(t, err)
	_, err = f.Run(t.Context(), b, farm.Options{})
	assert.ErrorContains(t, err, "shard 0 of 1: this is not a part of a run")
	// it is done again where it is asked for
	work(t, s.joined(), &farm.Worker{Build: "tests", Name: "w"})
	r, err := f.Run(t.Context(), b, farm.Options{Fresh: true})
	require.NoError(t, err)
	assert.Equal(t, here(t, b), timeless(r))
}

// A shard waits once, however often it is given out; what is not of its size is not taken, and of
// notes about lost shards the newest are kept.
func TestQueuesAreBounded(t *testing.T) {
	s := start(t, host.Config{})
	f := dial(t, s.Place(), "run")
	require.NoError(t, f.Prepare(t.Context(), "tests"))
	js := f.JetStream()
	const shard, note = "itlsim.shard.b.r.0", "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.itlsim-shards.c"
	publish := func(subject string, size int) error {
		_, err := js.Publish(t.Context(), subject, make([]byte, size))
		return err
	}
	require.NoError(t, publish(shard, 0))
	require.ErrorContains(t, publish(shard, 0), "maximum messages per subject exceeded")
	require.ErrorContains(t, publish(shard+"1", 2<<10), "exceeds maximum allowed")
	require.ErrorContains(t, publish(note, 5<<10), "exceeds maximum allowed")
	const more = 7
	for range farm.MaxLost + more {
		_, err := js.PublishAsync(note, nil)
		require.NoError(t, err)
	}
	<-js.PublishAsyncComplete()
	lost, err := js.Stream(t.Context(), "itlsim-lost")
	require.NoError(t, err)
	state := lost.CachedInfo().State
	require.EqualValues(t, farm.MaxLost, state.Msgs)
	require.EqualValues(t, 1+more, state.FirstSeq)
}

// Of what went wrong a worker tells so much.
func TestLongWords(t *testing.T) {
	s := start(t, host.Config{})
	f := dial(t, s.Place(), "run")
	work(t, s.joined(), &farm.Worker{Build: "tests", Name: "w", Play: func(
		context.Context, *farm.Bundle, int, func(scenarios.Progress),
	) (*scenarios.Part, error) {
		return nil, errors.New(strings.Repeat("long ", 1<<20))
	}})
	_, err := f.Run(t.Context(), pack(t, "trust-on-first-use", 1), farm.Options{})
	assert.ErrorContains(t, err, "long long")
	assert.Less(t, len(err.Error()), farm.MaxWords+100)
}

// A panic in a shard is the shard's failure, and the worker goes on.
func TestPanicInAShard(t *testing.T) {
	s := start(t, host.Config{})
	f := dial(t, s.Place(), "run")
	work(t, s.joined(), &farm.Worker{Build: "tests", Name: "w", Play: func(
		ctx context.Context, b *farm.Bundle, shard int, p func(scenarios.Progress),
	) (*scenarios.Part, error) {
		if shard == 1 {
			panic("planted")
		}
		return farm.Play(ctx, b, shard, p)
	}})
	_, err := f.Run(t.Context(), pack(t, "trust-on-first-use", 2), farm.Options{})
	assert.ErrorContains(t, err, "shard 1 of 2: a fault of the program itself: planted")
	_, err = f.Run(t.Context(), pack(t, "trust-on-first-use", 1), farm.Options{})
	assert.NoError(t, err)
}

// Files of secrets, and join strings, are no longer than they may be; a store whose secrets others
// may read is refused.
func TestSecrets(t *testing.T) {
	dir := t.TempDir()
	long := filepath.Join(dir, "long")
	require.NoError(t, os.WriteFile(long, bytes.Repeat([]byte("x"), farm.MaxSecret+1), 0o600))
	_, err := farm.Find(long, "")
	assert.ErrorContains(t, err, "larger than")
	_, err = farm.Find("tls://127.0.0.1:1", long)
	assert.ErrorContains(t, err, "larger than")
	_, err = farm.ParseJoin("itlsim://127.0.0.1:1/" + strings.Repeat("a", 1000))
	assert.Error(t, err)

	join := filepath.Join(dir, "join")
	require.NoError(t, os.WriteFile(join, []byte("itlsim://127.0.0.1:1/0123456789abcdef"), 0o644))
	_, err = host.Start(host.Config{Listen: "127.0.0.1:0", Store: dir})
	assert.ErrorContains(t, err, "chmod 600")
	require.NoError(t, os.Chmod(join, 0o600))
	s, err := host.Start(host.Config{Listen: "127.0.0.1:0", Store: dir})
	require.NoError(t, err)
	s.Close()
	text, err := os.ReadFile(join)
	require.NoError(t, err)
	assert.Contains(t, string(text), "/0123456789abcdef\n", "workers find their way back")
}
