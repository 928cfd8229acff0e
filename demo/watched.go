package demo

import (
	"net"
	"time"

	"itlsim/internal/accept"
	"itlsim/internal/guard"
	"itlsim/scenarios/api"
	"itlsim/scenarios/live"
)

// A Watched is the page of a run: what happens is shown, and nothing can be done there.
type Watched struct {
	listener net.Listener
	guard    *guard.Guard
	token    string
	page     *accept.HTTPServer // nil before Show
	programs *api.Handler
}

// Watch listens for who is to see a run, at host:port. An address that is not loopback needs a
// token ([Config]).
func Watch(address, token string) (*Watched, error) {
	l, g, err := listen(address, "web page", token, guard.ForPage)
	if err != nil {
		return nil, err
	}
	return &Watched{listener: l, guard: g, token: token}, nil
}

// Show shows a lab from now on.
func (w *Watched) Show(now func() *live.Lab) {
	w.programs = api.New(api.Config{Lab: now, ReadOnly: true, MayKnow: guard.Known})
	w.page = accept.ServeHTTP(w.listener, limits, nil, contained(now, w.guard.Page(site(w.programs))))
}

// URL is the page's address, with the token where one is needed.
func (w *Watched) URL() string { return address(w.listener.Addr().(*net.TCPAddr).AddrPort(), w.token) }

// farewell is how long pages have to hear how a run ended: they are told ten times a second.
const farewell = 500 * time.Millisecond

// Close ends the page. Those that are open have heard the last of it.
func (w *Watched) Close() error {
	if w.page == nil {
		return w.listener.Close()
	}
	if w.programs.Watching() {
		time.Sleep(farewell)
	}
	return w.page.Close()
}
