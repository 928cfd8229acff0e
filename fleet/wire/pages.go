package wire

import (
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"itlsim/phone/web"
)

// webServer serves the pages of all phones.
type webServer struct {
	server http.Server
	addr   *net.TCPAddr
	done   chan struct{}
}

// servePages shows each phone's pages at its own address.
func (f *Fleet) servePages(l net.Listener) *webServer {
	s := &webServer{addr: l.Addr().(*net.TCPAddr), done: make(chan struct{})}
	s.server = http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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
		}),
		ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 10 * time.Second,
		MaxHeaderBytes: 8 << 10, ErrorLog: log.New(io.Discard, "", 0),
	}
	go func() {
		defer close(s.done)
		s.server.Serve(l)
	}()
	return s
}

// Close cuts all connections.
func (s *webServer) Close() error {
	err := s.server.Close()
	<-s.done
	return err
}

// WebPort is the port of all phones' web pages, each at its own address.
func (f *Fleet) WebPort() int { return f.web.addr.Port }
