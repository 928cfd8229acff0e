package demo

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/lab"
)

// A panic in a request of the page ends that request, with an entry in the log.
func TestPanicInARequest(t *testing.T) {
	s, err := Start(Config{
		Phones: 2, Mode: lab.Virtual, Seed: 1, Listen: "127.0.0.1:0",
		Keys: func() cucm.KeySource { return testkeys.NewPool(1) },
	})
	require.NoError(t, err)
	defer s.Close()
	answer := httptest.NewRecorder()
	broken := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("no page") })
	contained(s.current, broken).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", nil))
	require.Equal(t, http.StatusInternalServerError, answer.Code)
	require.Contains(t, answer.Body.String(), "fault of the program itself: no page")
	require.Contains(t, strings.Join(s.Nodes()[0].Log(), "\n"), "ProgramFault: %[During=page]")
}
