package report

import (
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
	t := &r.Timing
	if boots := float64(r.Counts.Boots); boots > 0 {
		t.BootsPerS = boots / t.WallS
		t.CPUPerBootUS = t.CPUS / boots * 1e6
	}
	t.BootMS = bootsOf(l.Fleet)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
