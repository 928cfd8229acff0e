package main

import (
	"fmt"
	"io"
	"net"

	"itlsim/internal/accept"
	"itlsim/lab/metrics"
)

// metricsAt is the flag of commands that end, or have no other server, and are watched by
// Prometheus meanwhile.
type metricsAt struct {
	Metrics string `help:"${metrics}" placeholder:"ADDR"`
}

// metricsServer shows metrics of a command; the zero value has nothing to show.
type metricsServer struct {
	listener net.Listener
	http     *accept.HTTPServer
}

// check finds what is wrong with the address, and completes it.
func (m *metricsAt) check() (err error) {
	if m.Metrics != "" {
		m.Metrics, err = listenAt("--metrics", m.Metrics)
	}
	return err
}

// listen listens there before anything else is begun.
func (m *metricsAt) listen() (s metricsServer, err error) {
	if m.Metrics == "" {
		return s, nil
	}
	if s.listener, err = net.Listen("tcp", m.Metrics); err != nil {
		err = fmt.Errorf("--metrics: %w", err)
	}
	return s, err
}

// show answers with metrics of what now returns, and says where.
func (s *metricsServer) show(out io.Writer, now func() metrics.Source) {
	if s.listener != nil {
		s.http = metrics.Serve(s.listener, now)
		fmt.Fprintf(out, "metrics: http://%s%s\n", accept.Reached(s.http.Addr()), metrics.Path)
	}
}

// close ends it, whether it was begun or not.
func (s *metricsServer) close() {
	switch {
	case s.http != nil:
		_ = s.http.Close()
	case s.listener != nil:
		_ = s.listener.Close()
	}
}
