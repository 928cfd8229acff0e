package webapi_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/cucm/webapi"
)

// A script asks a node for its version by AXL.
func Example() {
	cfg := cucm.Cisco117598()
	cfg.Keys, cfg.Password = testkeys.NewPool(1), "secret"
	cluster, err := cucm.New(cfg)
	if err != nil {
		panic(err)
	}
	defer cluster.Close()
	mux := http.NewServeMux()
	webapi.NewHandler(cluster.Publisher(), webapi.NewRate(0, time.Minute)).Register(mux)
	server := httptest.NewTLSServer(mux)
	defer server.Close()

	ask, err := http.NewRequest(http.MethodPost, server.URL+"/axl/", strings.NewReader(
		`<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
			xmlns:ns="http://www.cisco.com/AXL/API/9.1">
		<soapenv:Body><ns:getCCMVersion/></soapenv:Body></soapenv:Envelope>`))
	if err != nil {
		panic(err)
	}
	ask.SetBasicAuth("admin", cfg.Password)
	ask.Header.Set("SOAPAction", `"CUCM:DB ver=9.1 getCCMVersion"`)
	answer, err := server.Client().Do(ask)
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.Status, regexp.MustCompile(`<version>.*</version>`).FindString(string(body)))
	// Output:
	// 200 OK <version>10.0.1.11900(2)</version>
}
