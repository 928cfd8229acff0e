package demo

import (
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// policy lets the page load only what this server serves.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guard lets only this page's own requests in: with the token where one is set,
// and on a loopback address only under the names of this machine, so that no
// other site can have a browser send some by way of its own name.
func (s *Server) guard(next http.Handler) http.Handler {
	const cookie = "itlsim-demo"
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		h := rw.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if site := r.Header.Get("Sec-Fetch-Site"); site == "cross-site" && strings.HasPrefix(r.URL.Path, "/api/") {
			http.Error(rw, "another site may not use this page", http.StatusForbidden)
			return
		}
		if s.config.Token == "" {
			if !s.ownName(r.Host) {
				wrong := fmt.Sprintf("this page is %s, not %s", s.listener.Addr(), r.Host)
				http.Error(rw, wrong, http.StatusMisdirectedRequest)
				return
			}
			next.ServeHTTP(rw, r)
			return
		}
		given := r.URL.Query().Get("token")
		if given != "" && s.isToken(given) {
			http.SetCookie(rw, &http.Cookie{
				Name: cookie, Value: given, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
			})
			http.Redirect(rw, r, "/", http.StatusSeeOther) // the token leaves the address bar
			return
		}
		if c, err := r.Cookie(cookie); err == nil && s.isToken(c.Value) {
			next.ServeHTTP(rw, r)
			return
		}
		http.Error(rw, "open the page with its token: http://ADDRESS/?token=TOKEN", http.StatusUnauthorized)
	})
}

func (s *Server) isToken(given string) bool {
	return subtle.ConstantTimeCompare([]byte(given), []byte(s.config.Token)) == 1
}

func (s *Server) ownName(host string) bool {
	own := s.listener.Addr().String()
	_, port, _ := net.SplitHostPort(own)
	return host == own || host == net.JoinHostPort("localhost", port)
}
