//go:build linux

package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"itlsim/cucm"
)

// web asks a node's web APIs, as scripts do, each client of -inflight in sequence: a page
// of the list of phones, the places of a thousand, resets of one of the second half, or all in turn.
func web(args []string) {
	f := flag.NewFlagSet("web", flag.ExitOnError)
	l := loadFlags(f, 200)
	server := f.String("server", "", "the node's Tomcat")
	password := f.String("password", "", "the administrator's")
	ask := f.String("ask", "page", "page, places, reset, or all")
	phones := f.Int("phones", 10_000, "how many the cluster has, from the first name on")
	anew := f.Bool("new", false, "open a connection for each request")
	pause := f.Duration("pause", 0, "how long each client waits between requests")
	must(f.Parse(args))
	client := http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		DisableKeepAlives: *anew, MaxIdleConnsPerHost: l.inflight,
	}}
	l.run(func(i int) bool {
		time.Sleep(*pause)
		what := *ask
		if what == "all" {
			what = []string{"page", "places", "reset"}[i%3]
		}
		path, body := request(what, i, *phones)
		r, err := http.NewRequest(http.MethodPost, "https://"+*server+path, strings.NewReader(
			`<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>`+body+`</Body></Envelope>`))
		must(err)
		r.SetBasicAuth(cucm.AdminUser, *password)
		a, err := client.Do(r)
		if err != nil {
			return false
		}
		defer a.Body.Close()
		_, err = io.Copy(io.Discard, a.Body)
		return err == nil && a.StatusCode == http.StatusOK
	})
	fmt.Println()
}

// request is the i-th of a kind, in a cluster of so many phones.
func request(what string, i, phones int) (path, body string) {
	const axl, page = `xmlns="http://www.cisco.com/AXL/API/1.0"`, 1000
	start := i * page % phones
	switch what {
	case "page":
		return "/axl/", fmt.Sprintf(`<listPhone %s><searchCriteria><name>SEP%%</name></searchCriteria>`+
			`<returnedTags><name/><model/><devicePoolName/></returnedTags><skip>%d</skip><first>%d</first></listPhone>`,
			axl, start, page)
	case "places":
		var items strings.Builder
		for j := range min(page, phones) {
			name, _ := phone((start + j) % phones)
			items.WriteString("<item><Item>" + name + "</Item></item>")
		}
		return "/realtimeservice2/services/RISService70", "<selectCmDevice><CmSelectionCriteria><SelectItems>" +
			items.String() + "</SelectItems></CmSelectionCriteria></selectCmDevice>"
	default:
		name, _ := phone(phones - 1 - i%(phones/2))
		return "/axl/", fmt.Sprintf(`<doDeviceReset %s><deviceName>%s</deviceName>`+
			`<isHardReset>true</isHardReset></doDeviceReset>`, axl, name)
	}
}
