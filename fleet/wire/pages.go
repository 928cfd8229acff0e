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

func (f *Fleet) servePages(l net.Listener) *webServer {
	s := &webServer{addr: l.Addr().(*net.TCPAddr), done: make(chan struct{})}
	s.server = http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			local := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
			v, ok := f.PhoneAt(local.AddrPort().Addr())
			// Off where the configuration in force says so, as on every phone that
			// has none yet (M5).
			if !ok || !v.On || v.Flash.Config == nil || !v.Flash.Config.Settings.WebAccess {
				panic(http.ErrAbortHandler) // nobody listens
			}
			alarm, alarmAt := v.Alarm()
			web.Serve(w, r, web.Phone{
				Name: v.Name, Number: v.Number, IP: v.IP, Profile: v.Profile, Flash: v.Flash, Status: v.Status(),
				Alarm: alarm, AlarmAt: alarmAt, CallManager: v.CallManager, Servers: v.Servers,
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
