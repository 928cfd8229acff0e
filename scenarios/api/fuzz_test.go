package api_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"itlsim/lab"
	"itlsim/scenarios/api"
	"itlsim/scenarios/live"
)

// Whatever is sent is refused, or understood, and then waits for its turn: the lab is busy.
func FuzzActs(f *testing.F) {
	f.Add(`{"do": ["phones: power on"], "answers": ["yes"], "expect": ["all phones are trusted"]}`)
	f.Add(`{"name": "a", "do": ["on test10pub: set cert regen TVS"],
		"answers": {"on test10pub: set cert regen TVS": ["yes"]}}`)
	f.Add(`{"do": ["wait: 1 day", "fault: TVS of test10pub is down"], "answers": {"": ["x"]}}`)
	f.Add(`{"do": ["phones: "], "answers": null}`)
	f.Add(`{"do": [{"on test10pub": "show itl", "answers": ["y"], "refused": "a", "prints": ["b"]}, {"phones": 1}, null]}`)
	l := openLab(f, lab.Virtual, "both-certificates-at-once", 2)
	handler := api.New(api.Config{Lab: func() *live.Lab { return l }})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	f.Fuzz(func(t *testing.T, body string) {
		err := l.Turn(context.Background(), "another", func() error {
			r := httptest.NewRequestWithContext(ctx, "POST", api.Prefix+"/acts", strings.NewReader(body))
			rw := httptest.NewRecorder()
			handler.ServeHTTP(rw, r)
			if code := rw.Code; code != 400 && code != 409 && code != 413 || !json.Valid(rw.Body.Bytes()) {
				t.Errorf("%d: %s", code, rw.Body)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
