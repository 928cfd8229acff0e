package web_test

import (
	"bufio"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"itlsim/phone/web"
)

// Whatever is asked, and whatever a configuration had a phone take for its number: a
// page is whole XML, nothing on it begins a script, and of the request nothing comes back.
func FuzzServe(f *testing.F) {
	for _, page := range pages {
		f.Add(page.url, "10104", byte(0))
		f.Add(page.url, "<script>&\"'", byte(2))
	}
	f.Add("/FS/../x", "", byte(1))
	f.Add("/CGI/Java/Serviceability?adapter=<script>", "\x00]]>", byte(3))
	var phones []web.Phone
	for _, model := range []string{"7940", "7970", "7821", "8861"} {
		phones = append(phones, booted(model))
	}
	f.Fuzz(func(t *testing.T, target, number string, which byte) {
		p := phones[int(which)%len(phones)]
		p.Number = number
		p.Status = append(p.Status[:len(p.Status):len(p.Status)], p.Status[0])
		p.Status[len(p.Status)-1].Text = number
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n")))
		if err != nil {
			return
		}
		w := httptest.NewRecorder()
		web.Serve(w, r, p)
		body := w.Body.String()
		switch kind := w.Header().Get("Content-Type"); {
		case w.Code == http.StatusNotFound:
			if strings.Contains(target, "<") && strings.Contains(body, target) {
				t.Fatalf("the request comes back: %q", body)
			}
		case w.Code != http.StatusOK:
			t.Fatalf("%d", w.Code)
		case strings.HasPrefix(kind, "text/xml"):
			dec := xml.NewDecoder(strings.NewReader(body))
			dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
			for err = error(nil); err == nil; {
				_, err = dec.Token()
			}
			if err != io.EOF && utf8.ValidString(number) {
				t.Fatalf("%v in\n%s", err, body)
			}
		case strings.HasPrefix(kind, "text/html"):
			if strings.Contains(number, "<") && strings.Contains(body, number) && len(number) > 3 {
				t.Fatalf("%q is not escaped", number)
			}
		}
	})
}
