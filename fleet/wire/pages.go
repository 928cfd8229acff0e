package wire

import (
	"net"
	"net/http"

	"itlsim/internal/accept"
	"itlsim/phone/web"
)

// servePages shows each phone's pages at its own address.
func (f *Fleet) servePages(l net.Listener) *accept.HTTPServer {
	return accept.ServeHTTP(l, accept.Usual, nil, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		local := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
		s := f.at(local.AddrPort().Addr())
		if s == nil {
			panic(http.ErrAbortHandler) // as if nobody listened
		}
		// Without a configuration web access is off, too (M5).
		v := s.view()
		if !v.On || v.Flash.Config == nil || !v.Flash.Config.Settings.WebAccess {
			panic(http.ErrAbortHandler)
		}
		alarm, alarmAt := v.Alarm()
		web.Serve(w, r, web.Phone{
			Name: v.Name, Number: v.Number, IP: v.IP, Profile: v.Profile, Flash: v.Flash, Status: v.Status(),
			Alarm: alarm, AlarmAt: alarmAt, CallManager: v.CallManager,
			Servers: v.Servers, AlternateTFTP: v.AlternateTFTP, Now: f.config.Clock.Now().UTC(),
		})
	}))
}

// WebPort is the port of all phones' web pages, each at its own address.
func (f *Fleet) WebPort() int { return int(f.web.Addr().Port()) }
