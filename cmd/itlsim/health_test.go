package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// health asks by a ready file.
func health(name string) (code int, said string) {
	var out bytes.Buffer
	code = run([]string{"health", "--ready-file", name}, streams{&out, io.Discard})
	return code, out.String()
}

// A cluster that is up is healthy, by everything that it says where it is; one that is gone, or
// in whose place something else answers, is not.
func TestHealth(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "ready.json")
	code, said := health(file)
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "not healthy: "+file+" cannot be opened")

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	end := &ending{cancel: cancel, atOnce: make(chan struct{})}
	ended := make(chan error, 1)
	go func() {
		c := serveCmd{Scenario: "story", Mode: "virtual", Seed: 1, ReadyFile: file, apiAt: apiAt{"127.0.0.1:0"},
			Address: "127.0.0.2", KeyBits: 2048, Digest: "SHA-1", AutoRegistration: true}
		ended <- c.Run(ctx, streams{io.Discard, io.Discard}, end)
	}()
	text := awaitFile(t, file)
	code, said = health(file)
	require.Zero(t, code, said)
	require.Equal(t, "healthy\n", said)

	var r ready
	require.NoError(t, json.Unmarshal(text, &r))
	elsewhere := filepath.Join(dir, "elsewhere.json")
	write := func(r ready) {
		text, err := json.Marshal(r)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(elsewhere, text, 0o600))
	}
	stranger, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() {
		for c, err := stranger.Accept(); err == nil; c, err = stranger.Accept() {
			_, _ = c.Write([]byte("220 mail\r\n"))
			c.Close()
		}
	}()
	defer stranger.Close()
	other := r
	other.Nodes = []readyNode{{Name: "pub", SSH: stranger.Addr().String()}}
	write(other)
	code, said = health(elsewhere)
	require.Equal(t, exitFailed, code)
	require.Equal(t, "not healthy: SSH of pub: something else answers there\n", said)
	other = r
	other.API = "http://" + stranger.Addr().String() + "/"
	write(other)
	code, _ = health(elsewhere)
	require.Equal(t, exitFailed, code)
	write(ready{})
	code, said = health(elsewhere)
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "names no node")

	cancel()
	require.NoError(t, <-ended)
	write(r)
	code, said = health(elsewhere)
	require.Equal(t, exitFailed, code)
	require.Contains(t, said, "connection refused")
}
