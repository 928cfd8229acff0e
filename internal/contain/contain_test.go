package contain_test

import (
	"context"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/internal/contain"
)

type node struct{ running map[string]bool }

func (n *node) start() { n.running["tftp"] = true }

func TestDo(t *testing.T) {
	require.NoError(t, contain.Do(func() {}))
	err := contain.Do(func() { new(node).start() })
	var fault *contain.Fault
	require.ErrorAs(t, err, &fault)
	require.Regexp(t, `^a fault of the program itself: assignment to entry in nil map, `+
		`in itlsim/internal/contain_test\.\(\*node\)\.start \(contain_test\.go:\d+\)$`, err.Error())
	require.ErrorContains(t, contain.Do(func() { panic("text") }), ": text, in ")
}

func TestServing(t *testing.T) {
	var told error
	serve := func(_ context.Context, conn net.Conn) { conn.Close() }
	contain.Serving(func(err error) { told = err }, serve)(t.Context(), nil)
	require.ErrorContains(t, told, "nil pointer")
	contain.Serving(nil, serve)(t.Context(), nil)
}
