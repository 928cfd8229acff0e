// Package guard lets in who may use a page or an API: with its token, under the names of
// this machine, and from no other site by way of a browser. It is one for both, so that
// what a secret is worth, and what guessing it costs, is decided once.
package guard

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"itlsim/internal/accept"
	"itlsim/internal/guess"
)

// MinToken is the least length of a token, in characters: 64 bits and more where they
// are hexadecimal digits drawn at random.
const MinToken = 16

// patience is how long a program that shows a token that was given waits for its turn, where somebody at
// the same address guesses. Who sees a page is told to come again.
const patience = 10 * time.Second

// policy lets the page load only what this server serves.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// A Guard guards what a listener is for. Make it with [ForPage] or [ForAPI].
//
// There are two secrets. The token may be one that somebody chose, so attempts at it have a
// price: whoever shows it waits where others at the same address were wrong, since an answer
// that came at once would tell who guesses, at any rate, which one is right. The session's 128
// random bits nobody guesses at any rate, so who shows them waits for nobody: pages by their
// cookie, programs by their header.
type Guard struct {
	at      *net.TCPAddr
	token   string // "": none is wanted of a page
	session string // the cookie of who has shown the token, and the token of programs
	guesses guess.Gate
}

// ForPage guards a page that listens at an address. One that is not loopback needs a token,
// which has [MinToken] characters or more.
func ForPage(l net.Listener, token string) (*Guard, error) {
	g, err := ForAPI(l, token)
	if err == nil && token == "" && !g.at.IP.IsLoopback() {
		return nil, fmt.Errorf("the page on %s can be reached from other machines: it needs a token", g.at)
	}
	return g, err
}

// ForAPI guards an API that listens at an address. A token, where there is one, is good
// beside [Guard.Bearer]; it has [MinToken] characters or more.
func ForAPI(l net.Listener, token string) (*Guard, error) {
	if token != "" && len(token) < MinToken {
		return nil, fmt.Errorf("the token has %d characters: it needs %d or more", len(token), MinToken)
	}
	return &Guard{at: l.Addr().(*net.TCPAddr), token: token, session: rand.Text()}, nil
}

// Page lets only the page's own requests in: with the token where one is set, in the
// address once and by a cookie from then on; and on a loopback address without a token only
// under the names of this machine, so that no other site can have a browser send some by
// way of its own name.
func (g *Guard) Page(next http.Handler) http.Handler {
	cookie := fmt.Sprintf("itlsim-demo-%d", g.at.Port) // a browser has one jar for all ports of an address
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !begin(rw, r, forPrograms(r)) {
			return
		}
		if g.token == "" {
			if g.called(rw, r, "page") {
				next.ServeHTTP(rw, r)
			}
			return
		}
		if c, err := r.Cookie(cookie); err == nil && same(c.Value, g.session) {
			if r.URL.Query().Has("token") {
				http.Redirect(rw, r, "/", http.StatusSeeOther) // the token leaves the address bar
				return
			}
			next.ServeHTTP(rw, known(r))
			return
		}
		g.welcome(rw, r, cookie)
	})
}

// knows is the key of contexts of requests whose sender has shown the token.
type knows struct{}

func known(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), knows{}, true))
}

// Known reports whether who sent a request that a guard let in has shown a token: not every
// user of the machine has one.
func Known(r *http.Request) bool { return r.Context().Value(knows{}) != nil }

// Bearer is the token that programs are to show, which is drawn anew by each guard: with it
// they wait for nobody who guesses.
func (g *Guard) Bearer() string { return g.session }

// API lets only requests in that have [Guard.Bearer], or the guard's token, in their header
// Authorization: Bearer (RFC 6750, 2.1), on a loopback address under the names of this machine.
// Their connections keep their places.
func (g *Guard) API(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !begin(rw, r, true) || g.at.IP.IsLoopback() && !g.called(rw, r, "API") {
			return
		}
		given, shown := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !shown {
			wantToken(rw, r, sendToken)
			return
		}
		if !same(given, g.session) && !g.shows(rw, r, given, patience, sendToken) {
			return
		}
		accept.ProveRequest(r)
		accept.ExpectBody(r) // which the peer may have kept back while its token had no turn
		next.ServeHTTP(rw, known(r))
	})
}

// begin sets what every answer says to browsers, and refuses what another site sends.
func begin(rw http.ResponseWriter, r *http.Request, acts bool) bool {
	h := rw.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if site := r.Header.Get("Sec-Fetch-Site"); site == "cross-site" && acts {
		Refuse(rw, r, http.StatusForbidden, "another site may not use this page")
		return false
	}
	return true
}

// called refuses requests under other names than this machine's.
func (g *Guard) called(rw http.ResponseWriter, r *http.Request, what string) bool {
	own := r.Host == g.at.String() || r.Host == fmt.Sprintf("localhost:%d", g.at.Port)
	if !own {
		Refuse(rw, r, http.StatusMisdirectedRequest, fmt.Sprintf("this %s is %s, not %.100s", what, g.at, r.Host))
	}
	return own
}

// welcome gives who shows the token the session's cookie: whatever sees that learns
// no token, and it ends with the program. Under a session nobody waits, since nobody
// guesses its 128 bits.
func (g *Guard) welcome(rw http.ResponseWriter, r *http.Request, cookie string) {
	given := r.URL.Query().Get("token")
	if given == "" {
		wantToken(rw, r, openWithToken)
		return
	}
	if !g.shows(rw, r, given, 0, openWithToken) {
		return
	}
	http.SetCookie(rw, &http.Cookie{
		Name: cookie, Value: g.session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	http.Redirect(rw, r, "/", http.StatusSeeOther)
}

// What who has no token, or a wrong one, is told to do.
const (
	openWithToken = "open the page with its token: http://ADDRESS/?token=TOKEN"
	sendToken     = "send the token of the ready file in the header Authorization: Bearer TOKEN"
)

// shows judges a token, or answers that it is wrong. Wrong tokens make the next attempt from
// the same address too soon for a while (package guess).
func (g *Guard) shows(
	rw http.ResponseWriter, r *http.Request, given string, patience time.Duration, otherwise string,
) bool {
	from, _ := netip.ParseAddrPort(r.RemoteAddr)
	right := func() bool { return g.token != "" && same(given, g.token) }
	err := g.guesses.Try(r.Context(), from.Addr(), patience, right)
	if soon, ok := errors.AsType[*guess.TooSoon](err); ok {
		rw.Header().Set("Retry-After", soon.RetryAfter())
		Refuse(rw, r, http.StatusTooManyRequests, err.Error())
	} else if err != nil && !errors.Is(err, context.Canceled) {
		wantToken(rw, r, otherwise)
	}
	return err == nil
}

func wantToken(rw http.ResponseWriter, r *http.Request, says string) {
	rw.Header().Set("WWW-Authenticate", "Bearer")
	Refuse(rw, r, http.StatusUnauthorized, says)
}

// Refuse answers a request that is not done, and why: programs, which ask for paths under
// /api/, as the API answers (package scenarios/api), in JSON, and people in plain text.
func Refuse(rw http.ResponseWriter, r *http.Request, status int, says string) {
	if !forPrograms(r) {
		http.Error(rw, says, status)
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	rw.Header().Set("Cache-Control", "no-store")
	rw.WriteHeader(status)
	json.NewEncoder(rw).Encode(map[string]string{"error": says}) // an error is the reader's leaving
}

// forPrograms reports whether a request is for something that programs use, those of the page
// among them.
func forPrograms(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// same compares secrets in a time that tells nothing of what they have in common.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
