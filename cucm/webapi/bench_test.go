package webapi_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"unique"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/cucm/wire"
	"itlsim/sip"
)

// What requests cost on a kept connection, both ends: the last page of the list, a thousand
// phones by name, a reset of a phone that is gone.
func BenchmarkRequests(b *testing.B) {
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport}
	for _, phones := range []int{1000, 10_000, 40_000} {
		node := benchNode(b, phones)
		var names strings.Builder
		for i := range 1000 {
			names.WriteString("<item><Item>" + name(i*(phones/1000)) + "</Item></item>")
		}
		for _, request := range []struct{ name, path, body string }{
			{"page", "/axl/", fmt.Sprintf(`<listPhone xmlns="http://www.cisco.com/AXL/API/1.0"><searchCriteria>`+
				`<name>SEP%%</name></searchCriteria><returnedTags><name/><model/><devicePoolName/></returnedTags>`+
				`<skip>%d</skip><first>1000</first></listPhone>`, phones-1000)},
			{"places", risPath, "<selectCmDevice><CmSelectionCriteria><SelectItems>" + names.String() +
				"</SelectItems></CmSelectionCriteria></selectCmDevice>"},
			{"reset", "/axl/", `<doDeviceReset xmlns="http://www.cisco.com/AXL/API/1.0"><deviceName>` + name(0) +
				`</deviceName><isHardReset>true</isHardReset></doDeviceReset>`},
		} {
			b.Run(fmt.Sprintf("%s/%d", request.name, phones), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					r, err := http.NewRequest(http.MethodPost, node+request.path, strings.NewReader(
						`<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>`+request.body+`</Body></Envelope>`))
					require.NoError(b, err)
					r.SetBasicAuth(cucm.AdminUser, benchPassword)
					a, err := client.Do(r)
					require.NoError(b, err)
					_, err = io.Copy(io.Discard, a.Body)
					require.NoError(b, err)
					a.Body.Close()
					require.Equal(b, http.StatusOK, a.StatusCode)
				}
			})
		}
	}
}

const benchPassword = "secret"

// benchNode is a node of a cluster that so many phones are registered with, by its URL.
func benchNode(b *testing.B, phones int) string {
	b.Helper()
	cfg := cucm.Cisco117598()
	cfg.Keys, cfg.KeyBits, cfg.Password = testkeys.NewPool(1), 2048, benchPassword
	c, err := cucm.New(cfg)
	require.NoError(b, err)
	anyRate := 0
	sockets, err := wire.ListenWith(c, []string{"127.4.36.2", "127.4.36.3"}, wire.Options{RISRate: &anyRate})
	require.NoError(b, err)
	b.Cleanup(func() { sockets.Close() })
	at := netip.MustParseAddrPort("127.4.36.9:9") // nobody listens there
	for i := range phones {
		c.AddDevice(cucm.Device{Name: name(i), Model: "8861", Group: c.Nodes()})
		c.Publisher().RegisterOver(name(i), cucm.Registration{Session: "1", Contact: "sip:x@127.4.36.9:9", At: at,
			Loads: unique.Make(sip.Loads{Active: "sip88xx.14-1-1-0001-125"})}, sip.Granted)
	}
	return "https://" + c.Publisher().Address(cucm.TomcatService)
}
