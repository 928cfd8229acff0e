package metrics

import (
	"net"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"itlsim/internal/accept"
)

// Path is where metrics are, on whatever server.
const Path = "/metrics"

// maxScrapes is how many are answered at a time; further ones get 503. Of 200,000 phones
// in virtual time one took 0.05 to 0.2 s on a busy machine, which the simulation shares. Two
// are for a second Prometheus, or for somebody who looks.
const maxScrapes = 2

// Handler answers scrapes with the metrics of what now returns, and the process's own. Make
// one for a process.
func Handler(now func() Source) http.Handler {
	all := prometheus.NewRegistry()
	all.MustRegister(New(now), collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(all, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes})
}

// limits are those of connections to a server of metrics alone. A Prometheus has one.
var limits = accept.Limits{Unproven: 64, Share: 32}

// Serve answers scrapes at [Path], within limits, until it is closed.
func Serve(l net.Listener, now func() Source) *accept.HTTPServer {
	mux := http.NewServeMux()
	mux.Handle("GET "+Path, Handler(now))
	return accept.ServeHTTP(l, limits, nil, mux)
}
