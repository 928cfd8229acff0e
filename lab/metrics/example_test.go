package metrics_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http/httptest"
	"strings"

	"itlsim/cucm"
	"itlsim/lab"
	"itlsim/lab/metrics"
	"itlsim/phone"
)

// What Prometheus reads of a lab.
func ExampleHandler() {
	l, err := lab.Open(lab.Setup{
		Cluster: cucm.Cisco117598(),
		Groups:  []lab.Group{{Name: "floor-1", Count: 4, TFTP: []string{"test10pub"}}},
	}, lab.Options{Mode: lab.Virtual, Seed: 1})
	if err != nil {
		panic(err)
	}
	defer l.Close()
	l.Send(phone.PowerOn{}, nil)
	if err := l.Fleet.Settle(context.Background()); err != nil {
		panic(err)
	}
	answer := httptest.NewRecorder()
	metrics.Handler(func() metrics.Source { return metrics.Of(l) }).
		ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "itlsim_phones") {
			fmt.Println(lines.Text())
		}
	}
	// Output:
	// itlsim_phones{group="floor-1",state="locked"} 0
	// itlsim_phones{group="floor-1",state="none"} 0
	// itlsim_phones{group="floor-1",state="off"} 0
	// itlsim_phones{group="floor-1",state="trusted"} 4
	// itlsim_phones{group="floor-1",state="untrusted"} 0
}
