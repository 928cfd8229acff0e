package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
	"itlsim/tvs"
)

// The metrics, as docs/metrics.md lists them.
var (
	phones = describe("itlsim_phones",
		"Phones now, by trust state (off: without power, whatever they hold) and group.", "state", "group")
	boots       = describe("itlsim_boots_total", "Boots of phones that have ended.")
	bootSeconds = describe("itlsim_boot_seconds",
		"How long boots took, from the first request to the registration, without waiting for their turn, "+
			"by the scenario's clock.")
	refusedFiles = describe("itlsim_refused_files_total", "Files that phones refused, by the reason.", "reason")
	tvsRequests  = describe("itlsim_tvs_requests_total",
		"Questions of phones to TVS, by command and result: answered; mismatch, where the phone took "+
			"the certificate for a stranger's and sent nothing; unanswered.", "command", "result")
	tftpFiles = describe("itlsim_tftp_files_total", "Files that nodes sent by TFTP, to the last packet.")
	tftpAgain = describe("itlsim_tftp_retransmits_total",
		"TFTP packets that were sent again, by nodes and phones.")
	alarms = describe("itlsim_alarms_total",
		"Alarms about phones' lists (DeviceTLInfo) that call managers received, by whether the list was the one "+
			"that its node served then.", "match")
	registrations = describe("itlsim_registrations", "Phones that are registered now.")
)

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// bounds are those of the histogram of boots: from a phone on loopback, some milliseconds,
// by one in virtual time, some seconds, to one that waits for every TVS and call manager in
// vain.
var bounds = []time.Duration{
	5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2 * time.Second, 3 * time.Second, 4 * time.Second, 5 * time.Second, 6 * time.Second,
	8 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute,
}

// A Collector reads a source's counters whenever Prometheus asks. It is safe for concurrent
// use. Make it with [New].
type Collector struct{ now func() Source }

// New makes a collector of what now returns, which is called for each scrape: labs come and
// go.
func New(now func() Source) *Collector { return &Collector{now} }

// Describe implements [prometheus.Collector].
func (c *Collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		phones, boots, bootSeconds, refusedFiles, tvsRequests, tftpFiles, tftpAgain, alarms, registrations,
	} {
		ch <- d
	}
}

// Collect implements [prometheus.Collector].
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	s := c.now()
	if s.Fleet != nil {
		s.collectFleet(ch)
	}
	switch {
	case s.Traffic != nil:
		s.collectTraffic(ch)
	case s.Fleet != nil:
		s.collectServed(ch)
	}
	if len(s.Clusters) > 0 {
		s.collectClusters(ch)
	}
}

// collectFleet tells of the phones.
func (s *Source) collectFleet(ch chan<- prometheus.Metric) {
	names, states := s.groups()
	for i, group := range names {
		for place, n := range states[i] {
			gauge(ch, phones, n, fleet.PlaceName(place), group)
		}
	}
	tally := s.Fleet.Tally()
	spread := tally.Spread(bounds...)
	within := make(map[float64]uint64, len(bounds))
	for i, bound := range bounds {
		within[bound.Seconds()] = spread.Within[i]
	}
	count(ch, boots, spread.Boots)
	ch <- prometheus.MustNewConstHistogram(bootSeconds, spread.Boots, spread.Total.Seconds(), within)
	refused := tally.Refused.Kinds()
	for kind, e := range phone.Explanations() {
		count(ch, refusedFiles, refused[kind], e.Because)
	}
	for _, c := range commands {
		for _, r := range []fleet.Result{fleet.Mismatch, fleet.Unanswered} {
			count(ch, tvsRequests, tally.TVS.Load(c.Command, r), c.name, r.String())
		}
	}
}

// commands are what phones ask a TVS.
var commands = []struct {
	tvs.Command
	name string
}{{tvs.QueryRequest, "QUERY"}, {tvs.VerifyRequest, "VERIFY"}}

// collectTraffic tells what nodes of this process sent and answered, and phones sent again.
func (s *Source) collectTraffic(ch chan<- prometheus.Metric) {
	traffic := s.Traffic()
	answered := map[tvs.Command]uint64{
		tvs.QueryRequest: traffic.TVS.Queries, tvs.VerifyRequest: traffic.TVS.Verifies,
	}
	again := traffic.TFTP.Retransmits
	if s.Fleet != nil {
		again += s.Fleet.Tally().Retransmits.Load()
	}
	count(ch, tftpFiles, traffic.TFTP.Files)
	count(ch, tftpAgain, again)
	for _, c := range commands {
		count(ch, tvsRequests, answered[c.Command], c.name, fleet.Answered.String())
	}
}

// collectServed tells what phones know of services that are none of this process's.
func (s *Source) collectServed(ch chan<- prometheus.Metric) {
	tally, registered := s.Fleet.Tally(), 0
	count(ch, tftpFiles, tally.TFTPFiles.Load())
	count(ch, tftpAgain, tally.Retransmits.Load())
	count(ch, alarms, tally.Alarms.Load(), "")
	for _, c := range commands {
		count(ch, tvsRequests, tally.TVS.Load(c.Command, fleet.Answered), c.name, fleet.Answered.String())
	}
	for v := range s.Fleet.All(fleet.Calls) {
		if v.CallManager != "" {
			registered++
		}
	}
	gauge(ch, registrations, registered)
}

// collectClusters tells of what call managers know, of all clusters together.
func (s *Source) collectClusters(ch chan<- prometheus.Metric) {
	registered := 0
	received := make(map[cucm.ITLStatus]uint64)
	for _, c := range s.Clusters {
		registered += c.Registered()
		for status, n := range c.Counts().AlarmsBy {
			received[status] += n
		}
	}
	for status, n := range received {
		count(ch, alarms, n, string(status))
	}
	gauge(ch, registrations, registered)
}

func count(ch chan<- prometheus.Metric, d *prometheus.Desc, n uint64, labels ...string) {
	ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
}

func gauge(ch chan<- prometheus.Metric, d *prometheus.Desc, n int, labels ...string) {
	ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), labels...)
}
