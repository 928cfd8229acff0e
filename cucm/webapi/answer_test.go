package webapi

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// Answers that are under way together have their bound, and give their room back.
func TestAnswersUnderWay(t *testing.T) {
	h := NewHandler(nil, nil)
	send := func() error { return h.send(httptest.NewRecorder(), "x", namespaces, plain("true")) }
	require.NoError(t, send())
	require.Zero(t, h.answering)
	require.True(t, h.begin(maxAnswering))
	require.ErrorContains(t, send(), "Maximum AXL Memory Allocation Consumed")
	h.begin(-maxAnswering)
	require.NoError(t, send())
}
