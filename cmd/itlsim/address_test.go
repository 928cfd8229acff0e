package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What leaves out the host is on loopback; what has no port, or none that there is, is refused.
func TestListenAt(t *testing.T) {
	for text, want := range map[string]string{
		":8080": "127.0.0.1:8080", ":0": "127.0.0.1:0", "localhost:80": "localhost:80", "0.0.0.0:80": "0.0.0.0:80",
		"[::1]:80": "[::1]:80", "8080": "", "127.0.0.1": "", ":": "", ":http": "", ":65536": "", "::1:80": "",
	} {
		at, err := listenAt("--api", text)
		require.Equal(t, want, at, text)
		if want == "" {
			require.EqualError(t, err, "--api "+text+": want address:port")
		}
	}
}
