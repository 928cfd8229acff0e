package wire

import (
	"net"
	"net/http"
	"strings"

	"itlsim/internal/accept"
	"itlsim/phone/web"
)

// servePages shows each phone's pages at its own address, or below its name.
func (f *Fleet) servePages(l net.Listener) *accept.HTTPServer {
	return accept.ServeHTTP(l, accept.Usual, nil, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, below, inside := f.shown(r)
		if s == nil {
			panic(http.ErrAbortHandler) // as if nobody listened
		}
		// Without a configuration web access is off, too (M5).
		v := s.view()
		if !v.On || v.Flash.Config == nil || !v.Flash.Config.Settings.WebAccess {
			panic(http.ErrAbortHandler)
		}
		alarm, alarmAt := v.Alarm()
		web.Serve(w, inside, web.Phone{
			Name: v.Name, Number: v.Number, IP: v.IP, Profile: v.Profile, Flash: v.Flash, Status: v.Status(),
			Alarm: alarm, AlarmAt: alarmAt, CallManager: v.CallManager, Below: below,
			Servers: v.Servers, AlternateTFTP: v.AlternateTFTP, Now: f.config.Clock.Now().UTC(),
		})
	}))
}

// shown is the phone whose page a request wants, nil where there is none; what stands before
// all of its addresses; and the request as a phone with an address of its own gets it.
func (f *Fleet) shown(r *http.Request) (s *slot, below string, inside *http.Request) {
	if !f.config.At.IsValid() {
		local := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
		return f.at(local.AddrPort().Addr()), "", r
	}
	name, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	f.mu.Lock()
	defer f.mu.Unlock()
	inside = r.Clone(r.Context())
	inside.URL.Path, inside.URL.RawPath = "/"+path, ""
	return f.byName[name], "/" + name, inside
}

// WebPort is the port of all phones' web pages: each at its own address, or all at the
// machine's below their names.
func (f *Fleet) WebPort() int { return int(f.web.Addr().Port()) }
