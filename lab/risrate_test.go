package lab_test

import (
	"crypto/tls"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/lab"
)

// How many questions about devices are answered is what the lab's options say.
func TestRISRate(t *testing.T) {
	opt := options(lab.Wire)
	one := 1
	opt.RISRate = &one
	l, err := lab.Open(setup(1), opt)
	require.NoError(t, err)
	defer l.Close()
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	defer transport.CloseIdleConnections()
	for _, want := range []int{http.StatusOK, http.StatusInternalServerError} {
		r, err := http.NewRequest(http.MethodPost,
			"https://"+l.Nodes()[0].Address(cucm.TomcatService)+"/realtimeservice2/services/RISService70",
			strings.NewReader("<Envelope><Body><selectCmDevice><CmSelectionCriteria/></selectCmDevice></Body></Envelope>"))
		require.NoError(t, err)
		r.SetBasicAuth(cucm.AdminUser, "ciscocisco")
		a, err := transport.RoundTrip(r)
		require.NoError(t, err)
		require.NoError(t, a.Body.Close())
		require.Equal(t, want, a.StatusCode)
	}
}
