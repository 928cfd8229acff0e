package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"itlsim/internal/cause/causetest"
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

// posts are requests that a page sends beside acts.
var posts = []string{
	"clock", "nodes/test10pub/console", "nodes/test10sub/console/complete", "nodes/test10pub/console/interrupt",
	"nodes/{}/console", "tour/{}", "tour", "tour/next", "expect",
}

// Whatever is posted, the answer is JSON, with what is wrong in words of the program's own, and
// the lab goes on.
func FuzzPosts(f *testing.F) {
	for i, body := range []string{
		`{}`, `{"rate":60}`, `{"advance_s":10}`, `{"line":"show i"}`, `{"line":"show itl"}`, `{"name":"x","playing":true}`,
		`{"expect":["all phones are off"]}`, `[`, `{"line":3}`, ``, `{} {}`, `{"advance_s":1e300}`,
		`{"rate":[` + strings.Repeat(`"",`, 1000) + `""]}`, strings.Repeat("[", 4000),
	} {
		f.Add(byte(i), "test10sub", body)
		f.Add(byte(i+1), "x", body)
	}
	l := openLab(f, lab.Virtual, "both-certificates-at-once", 2)
	handler := api.New(api.Config{Lab: func() *live.Lab { return l }})
	f.Fuzz(func(t *testing.T, which byte, word, body string) {
		if strings.Contains(strings.ToLower(body), "advance") && strings.ContainsAny(body, "123456789") && len(body) > 20 {
			return // a year goes by, which takes its time
		}
		path := api.Prefix + "/" + strings.ReplaceAll(posts[int(which)%len(posts)], "{}", url.PathEscape(word))
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		rw := httptest.NewRecorder()
		handler.ServeHTTP(rw, r)
		if rw.Code == http.StatusTemporaryRedirect || rw.Code == http.StatusMovedPermanently {
			return // a word with dots
		}
		var answered struct{ Error string }
		if err := json.Unmarshal(rw.Body.Bytes(), &answered); err != nil {
			t.Fatalf("%s %q: %d %v: %q", path, body, rw.Code, err, rw.Body)
		}
		switch {
		case rw.Code >= 500, (rw.Code == http.StatusOK) != (answered.Error == ""):
			t.Fatalf("%s %q: %d %q", path, body, rw.Code, answered.Error)
		case !strings.Contains(body+word, causetest.Foreign(answered.Error)) && utf8.ValidString(body):
			t.Fatalf("%s %q: users read %q", path, body, answered.Error)
		}
	})
}

// Whatever is given as a place in logs is refused, or read and told again as the same.
func FuzzAfter(f *testing.F) {
	for _, seed := range []string{"0", "0,0", "12,7", "-1", "1,2,3", "18446744073709551616", "+1", "01"} {
		f.Add(seed)
	}
	l := openLab(f, lab.Virtual, "migration-bulk-certificates", 2)
	handler := api.New(api.Config{Lab: func() *live.Lab { return l }})
	f.Fuzz(func(t *testing.T, after string) {
		for _, path := range []string{"/log", "/alarms"} {
			r := httptest.NewRequest("GET", api.Prefix+path+"?after="+url.QueryEscape(after), nil)
			rw := httptest.NewRecorder()
			handler.ServeHTTP(rw, r)
			var said struct{ Next, Error string }
			if err := json.Unmarshal(rw.Body.Bytes(), &said); err != nil {
				t.Fatal(err)
			}
			switch {
			case rw.Code == 400 && said.Error != "":
			case rw.Code == 200 && api.CheckAnswer("GET", path, 200, rw.Header(), rw.Body.Bytes()) == nil:
			default:
				t.Errorf("%s after %q: %d: %s", path, after, rw.Code, rw.Body)
			}
		}
	})
}
