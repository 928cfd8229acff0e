package host

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"itlsim/scenarios/farm"
)

// A server says of itself what it has room for.
func TestBounds(t *testing.T) {
	s, err := Start(Config{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer s.Close()
	is, err := s.nats.Varz(nil)
	require.NoError(t, err)
	require.Equal(t, 4096, is.MaxConn)
	require.Equal(t, 1<<20, is.MaxPayload)
	require.InDelta(t, 2, is.AuthTimeout, 0, "seconds for a login")
	require.Equal(t, int64(8<<30), s.nats.JetStreamConfig().MaxStore)
}

// At its bounds a server refuses what is more, and goes on with what it has.
func TestBoundsThatAreReached(t *testing.T) {
	s := &Server{password: "password", temp: t.TempDir()}
	defer s.Close()
	opt := options("127.0.0.1", 0, s.temp)
	opt.MaxConn, opt.JetStreamMaxStore, opt.Users = 2, 1<<20, s.users("0123456789abcdef")
	require.NoError(t, s.listen(opt))
	at, err := farm.Joining("itlsim://" + s.nats.Addr().String() + "/0123456789abcdef")
	require.NoError(t, err)
	dial := func() (*farm.Farm, error) { return farm.Dial(at, "w", func(string) {}) }
	first, err := dial()
	require.NoError(t, err)
	second, err := dial()
	require.NoError(t, err)
	defer second.Close()
	_, err = dial()
	require.Error(t, err, "a third")
	first.Close()
	var conn *nats.Conn
	require.Eventually(t, func() bool {
		conn, err = nats.Connect("", nats.InProcessServer(s.nats), nats.UserInfo(runUser, s.password))
		return err == nil
	}, startTime, 20*time.Millisecond)
	defer conn.Close()
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	store, err := js.CreateObjectStore(t.Context(), jetstream.ObjectStoreConfig{Bucket: "b"})
	require.NoError(t, err)
	_, err = store.PutBytes(t.Context(), "small", make([]byte, 1000))
	require.NoError(t, err)
	_, err = store.PutBytes(t.Context(), "large", make([]byte, 2<<20))
	require.ErrorContains(t, err, "insufficient")
	kept, err := store.GetBytes(t.Context(), "small")
	require.NoError(t, err)
	require.Len(t, kept, 1000)
}
