package demo

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/internal/cause/causetest"
)

// posts are the page's commands, but those that take a round's time or wait for one.
var posts = []string{
	"phones/0/power-on", "phones/{}/restart", "phones/1/{}", "power", "reset", "settings", "clock",
	"nodes/test10pub/complete", "nodes/test10pub/type", "nodes/{}/interrupt", "nodes/test10sub/regenerate",
	"nodes/test10pub/restart", "tour/{}",
}

// Whatever is posted to the page's commands: the answer is JSON, by 200 or by 409 with
// what is wrong in words of the program's own, a body that is no such command is refused,
// and the page goes on.
func FuzzPosts(f *testing.F) {
	s, err := Start(Config{
		Phones: 2, Mode: "virtual", Listen: "127.0.0.1:0", Password: "secret",
		Keys: func() cucm.KeySource { return testkeys.NewPool(1) },
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	handler := s.handler()
	for i, body := range []string{
		`{}`, `{"Servers":["127.0.0.2"]}`, `{"On":true}`, `{"SettingsAccess":false}`, `{"Rate":60}`, `{"Advance":10}`,
		`{"Line":"show i"}`, `{"Line":"show itl"}`, `{"Unit":"TVS"}`, `{"Service":"Cisco Tftp"}`, `[`, `{"Line":3}`, ``, `{} {}`,
		`{"Advance":1e300}`, `{"Servers":[` + strings.Repeat(`"",`, 1000) + `""]}`, strings.Repeat("[", 4000),
	} {
		f.Add(byte(i), "test10sub", body)
		f.Add(byte(i+1), "x", body)
	}
	f.Fuzz(func(t *testing.T, which byte, word, body string) {
		if strings.Contains(strings.ToLower(body), "advance") && strings.ContainsAny(body, "123456789") && len(body) > 20 {
			return // a year goes by, which takes its time
		}
		path := "/api/" + strings.ReplaceAll(posts[int(which)%len(posts)], "{}", url.PathEscape(word))
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if slices.Contains([]int{http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusNotFound,
			http.StatusMethodNotAllowed}, w.Code) {
			return // not one of them, by an empty word or one with dots
		}
		var answered struct{ Error string }
		if err := json.Unmarshal(w.Body.Bytes(), &answered); err != nil {
			t.Fatalf("%s %q: %d %v: %q", path, body, w.Code, err, w.Body)
		}
		switch {
		case w.Code != http.StatusOK && w.Code != http.StatusConflict, (w.Code == http.StatusOK) != (answered.Error == ""):
			t.Fatalf("%s %q: %d %q", path, body, w.Code, answered.Error)
		case !strings.Contains(body+word, causetest.Foreign(answered.Error)) && utf8.ValidString(body):
			t.Fatalf("%s %q: users read %q", path, body, answered.Error)
		}
	})
}
