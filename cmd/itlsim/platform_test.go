package main

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a system lacks is said to who needs it; of Linux nothing is.
func TestSystemsLack(t *testing.T) {
	for _, c := range []struct {
		system string
		needs  []need
		begin  []string
	}{
		{"linux", []need{sockets, stateFiles}, nil},
		{"darwin", []need{sockets, stateFiles}, []string{"each transfer by TFTP", "addresses in 127.0.0.0/8"}},
		{"freebsd", []need{stateFiles}, nil},
		{"windows", []need{sockets}, []string{"each transfer by TFTP"}},
		{"windows", []need{stateFiles}, []string{"nobody checks"}},
		{"windows", nil, nil},
	} {
		says := lacking(c.system, c.needs...)
		require.Len(t, says, len(c.begin), "%v", c)
		for i, begin := range c.begin {
			require.Contains(t, says[i], begin)
		}
	}
	var said bytes.Buffer
	warnOfSystem(&said, sockets, stateFiles)
	require.Equal(t, len(lacking(runtime.GOOS, sockets, stateFiles)), bytes.Count(said.Bytes(), []byte("\n")))
}
