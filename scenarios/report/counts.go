package report

import (
	"fmt"
	"time"

	"itlsim/fleet"
	"itlsim/lab"
)

// Count takes what happened in a lab into the report: call it when the lab is
// closed, since a transfer counts when its last packet has arrived, a moment
// after its phone went on.
func (r *Report) Count(l *lab.Lab) {
	limits := l.Fleet.Limits()
	r.Limits = Limits{limits.Boots, ms(limits.TFTPTimeout), limits.TFTPRetries, ms(limits.TVSTimeout)}
	tally, traffic := l.Fleet.Tally(), l.Traffic()
	r.Counts = Counts{
		Boots: tally.Boots.Load(), BootsCutShort: tally.CutShort.Load(),
		TFTPFiles: traffic.TFTP.Files, TFTPBytes: traffic.TFTP.Bytes, TFTPNotFound: traffic.TFTP.NotFound,
		TransfersFailed: traffic.TFTP.Failed, Retransmits: traffic.TFTP.Retransmits + tally.Retransmits.Load(),
		TVSQueries: traffic.TVS.Queries, TVSVerifies: traffic.TVS.Verifies,
		TVSStrange: tally.TVS.Sum(fleet.Mismatch), TVSSilent: tally.TVS.Sum(fleet.Unanswered),
		AlarmsDeviceTLInfo: tally.Alarms.Load(), RefusedFiles: tally.Refused.Load(),
		HTTPFiles: traffic.HTTP.Files, HTTPBytes: traffic.HTTP.Bytes, HTTPNotFound: traffic.HTTP.NotFound,
	}
	for _, c := range l.Clusters() {
		did := c.Counts()
		r.Counts.Registrations += did.Registrations
		r.Counts.SIPRegistrations += did.Registrations
		r.Counts.ConfigurationsSigned += did.ConfigsSigned
	}
	r.Counts.AlarmsBy = AlarmsOf(l)
	for i := range l.Phones() {
		if l.Member(i).Profile.NoITL {
			r.KnowNone++
		}
	}
}

// Cost notes what the run cost: seconds by the wall clock and of processors, and bytes of
// memory at most.
func (r *Report) Cost(wall, cpu float64, rss int64) {
	t := &r.Timing
	t.WallS, t.CPUS, t.PeakRSSBytes = wall, cpu, rss
	if boots := float64(r.Counts.Boots); boots > 0 {
		t.BootsPerS = boots / wall
		t.CPUPerBootUS = cpu / boots * 1e6
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// SharedOf is how often the clusters of a lab signed each configuration that is not one
// phone's alone: parts that sign the same one would have shared it.
func SharedOf(l *lab.Lab) map[string]uint64 {
	all := make(map[string]uint64)
	for i, c := range l.Clusters() {
		for is, times := range c.SharedSigned() {
			all[fmt.Sprintf("%d %s", i, is)] = times
		}
	}
	return all
}
