package demo

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"itlsim/internal/guess"
)

// policy lets the page load only what this server serves.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guard lets only this page's own requests in: with the token where one is set,
// and on a loopback address only under the names of this machine, so that no
// other site can have a browser send some by way of its own name.
func (s *Server) guard(next http.Handler) http.Handler {
	_, port, _ := net.SplitHostPort(s.listener.Addr().String())
	cookie := "itlsim-demo-" + port // a browser has one jar for all ports of an address
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
		if c, err := r.Cookie(cookie); err == nil && same(c.Value, s.session) {
			if r.URL.Query().Has("token") {
				http.Redirect(rw, r, "/", http.StatusSeeOther) // the token leaves the address bar
				return
			}
			next.ServeHTTP(rw, r)
			return
		}
		s.welcome(rw, r, cookie)
	})
}

// welcome gives who shows the token the session's cookie: whatever sees that learns
// no token, and it ends with the program. Wrong tokens make the next attempt from the
// same address too soon for a while (package guess). Under a session nobody waits, since
// nobody guesses its 128 bits.
func (s *Server) welcome(rw http.ResponseWriter, r *http.Request, cookie string) {
	wrong := "open the page with its token: http://ADDRESS/?token=TOKEN"
	given := r.URL.Query().Get("token")
	if given == "" {
		http.Error(rw, wrong, http.StatusUnauthorized)
		return
	}
	from, _ := netip.ParseAddrPort(r.RemoteAddr)
	err := s.guesses.Try(r.Context(), from.Addr(), 0, func() bool { return same(given, s.config.Token) })
	if soon, ok := errors.AsType[*guess.TooSoon](err); ok {
		rw.Header().Set("Retry-After", soon.RetryAfter())
		http.Error(rw, err.Error(), http.StatusTooManyRequests)
		return
	}
	if err != nil {
		http.Error(rw, wrong, http.StatusUnauthorized)
		return
	}
	http.SetCookie(rw, &http.Cookie{
		Name: cookie, Value: s.session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	http.Redirect(rw, r, "/", http.StatusSeeOther)
}

// same compares secrets in a time that tells nothing of what they have in common.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func (s *Server) ownName(host string) bool {
	own := s.listener.Addr().String()
	_, port, _ := net.SplitHostPort(own)
	return host == own || host == net.JoinHostPort("localhost", port)
}
