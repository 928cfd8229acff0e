package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/api"
	"itlsim/scenarios/live"
	"itlsim/scenarios/report"
)

// A program in any language has phones boot, and asks whether they are trusted.
func Example() {
	s, _ := scenarios.Find("follow-by-tvs")
	l, err := live.Open(s, lab.Options{Mode: lab.Virtual, Phones: 3, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024})
	if err != nil {
		panic(err)
	}
	defer l.Close()
	handler := api.New(api.Config{Lab: func() *live.Lab { return l }})
	defer handler.Close()
	server := httptest.NewServer(handler)
	defer server.Close()

	for _, ask := range [][2]string{
		{"/api/v1/acts", `{"do": ["phones: power on"]}`},
		{"/api/v1/expect", `{"expect": ["all phones are trusted", "2 phones are locked"]}`},
	} {
		answer, err := http.Post(server.URL+ask[0], "application/json", strings.NewReader(ask[1]))
		if err != nil {
			panic(err)
		}
		var step struct {
			Passed bool
			report.Step
		}
		err = json.NewDecoder(answer.Body).Decode(&step)
		answer.Body.Close()
		fmt.Println(answer.Status, err, "- passed:", step.Passed, "- trusted:", step.States.Trusted)
		for _, e := range step.Expectations {
			fmt.Printf("  %s: %t\n", e.Text, e.Passed)
		}
	}
	// Output:
	// 200 OK <nil> - passed: true - trusted: 3
	// 200 OK <nil> - passed: false - trusted: 3
	//   all phones are trusted: true
	//   2 phones are locked: false
}
