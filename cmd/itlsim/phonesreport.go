package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"itlsim/fleet"
	"itlsim/fleet/wire"
	"itlsim/internal/cause"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/scenarios/farm"
	"itlsim/scenarios/report"
)

// phonesReport is the outcome.
type phonesReport struct {
	Phones        int             `json:"phones"`
	KnowNone      int             `json:"know_no_itl,omitempty"` // as in the report of a run
	States        map[string]int  `json:"states"`
	ListsBy       map[string]int  `json:"lists_by"`     // what authenticated them
	ConfigsBy     map[string]int  `json:"configs_by"`   // in the last boot
	Refusals      map[string]int  `json:"refusals"`     // list and configuration each count
	Ignored       map[string]int  `json:"ignored"`      // taken, and without effect
	Registered    map[string]int  `json:"registered"`   // with each call manager; "" : none
	Unconfigured  int             `json:"unconfigured"` // no configuration was ever taken
	ByDefault     int             `json:"default_configuration"`
	Directory     map[string]int  `json:"directory,omitempty"` // what screens show, and why
	Alarms        uint64          `json:"alarms_DeviceTLInfo"`
	AlarmsWaiting int             `json:"alarms_stored"`
	BootMS        report.Boots    `json:"boot_ms"`
	Failures      []failureReport `json:"lacking"`
	Each          []phoneReport   `json:"each"` // in the order of their names' numbers
	// Lost are the workers of a farm that were lost with their phones, which are not counted.
	Lost []farm.LostError `json:"lost,omitempty"`

	times fleet.Times // of boots
}

// phoneReport is one phone. What it does not hold or has not done is "".
type phoneReport struct {
	Name         string   `json:"name"`
	Model        string   `json:"model"`
	Firmware     string   `json:"firmware"`
	IP           string   `json:"ip"`
	State        string   `json:"state"`
	ITL          string   `json:"itl_sha1"`
	CTL          string   `json:"ctl_sha1"`
	ListBy       string   `json:"list_by"`
	ConfigBy     string   `json:"config_by"`
	Refused      []string `json:"refused"`
	CallManager  string   `json:"call_manager"`
	RestartCause string   `json:"restart_cause"`
}

// reportOf is how a phone is.
func reportOf(v *fleet.View) phoneReport {
	r := phoneReport{
		Name: v.Name, Model: v.Profile.Model, Firmware: v.Profile.Firmware, IP: v.IP.String(), State: v.State.String(),
		ITL: sha1Of(v.Flash.Lists.ITL), CTL: sha1Of(v.Flash.Lists.CTL), ListBy: v.ListBy.String(),
		ConfigBy: v.ConfigBy.String(), Refused: []string{}, CallManager: v.CallManager, RestartCause: v.Cause.String(),
	}
	for _, refusal := range v.Refusals() {
		r.Refused = append(r.Refused, cause.Of(refusal))
	}
	return r
}

func sha1Of(l *itl.List) string {
	if l == nil {
		return ""
	}
	return fmt.Sprintf("%x", l.SHA1())
}

// failureReport is a wire.Failure as JSON.
type failureReport struct {
	Protocol string `json:"protocol"`
	Server   string `json:"server"`
	What     string `json:"what"`
	Times    int    `json:"times"`
}

// outcome is how the phones are now.
func outcome(f *wire.Fleet) *phonesReport { return outcomeOf(f, 0, math.MaxInt).whole() }

// whole is the report when all phones are in it.
func (r *phonesReport) whole() *phonesReport {
	r.BootMS = report.BootsOf(r.times)
	return r
}

// outcomeOf is how the phones are from one number to before another, and with the first of them
// how long boots of all took, and what servers did not give.
func outcomeOf(f *wire.Fleet, from, to int) *phonesReport {
	r := newPhonesReport()
	if from == 0 {
		r.Alarms, r.times = f.Tally().Alarms.Load(), f.Tally().Times()
		for _, failure := range f.Failures() {
			r.Failures = append(r.Failures, failureReport(failure))
		}
	}
	i := 0
	for v := range f.All(fleet.Whole) {
		if from <= i && i < to {
			r.add(v)
		}
		i++
	}
	return r
}

// newPhonesReport is the one of no phones.
func newPhonesReport() *phonesReport {
	r := &phonesReport{
		States: map[string]int{}, ListsBy: map[string]int{}, ConfigsBy: map[string]int{},
		Refusals: map[string]int{}, Ignored: map[string]int{}, Registered: map[string]int{},
		Directory: map[string]int{}, Failures: []failureReport{}, Each: []phoneReport{},
	}
	for _, s := range []phone.State{phone.None, phone.Trusted, phone.Locked, phone.Untrusted} {
		r.States[s.String()] = 0 // all are there, as in the report of a run
	}
	return r
}

// add adds a phone.
func (r *phonesReport) add(v *fleet.View) {
	r.Phones++
	r.Each = append(r.Each, reportOf(v))
	if v.Profile.NoITL {
		r.KnowNone++
	}
	r.States[v.State.String()]++
	r.ListsBy[v.ListBy.String()]++
	r.ConfigsBy[v.ConfigBy.String()]++
	r.Registered[v.CallManager]++
	r.AlarmsWaiting += v.StoredAlarms
	if v.Flash.Config == nil {
		r.Unconfigured++
	}
	for _, refusal := range v.Refusals() {
		r.Refusals[report.AnyPhone(refusal.Error(), v.Name)]++
	}
	if v.Screen != "" {
		r.Directory[screen(v)]++
	}
	for _, ignored := range v.Ignored() {
		r.Ignored[ignored]++
	}
	if v.Flash.Config != nil && v.Flash.Config.Default {
		r.ByDefault++
	}
}

// plus adds the report of the phones that come next.
func (r *phonesReport) plus(next *phonesReport) {
	r.Phones += next.Phones
	r.KnowNone += next.KnowNone
	r.Unconfigured += next.Unconfigured
	r.ByDefault += next.ByDefault
	r.Alarms += next.Alarms
	r.AlarmsWaiting += next.AlarmsWaiting
	r.times.Plus(next.times)
	for _, counts := range []struct{ all, more map[string]int }{
		{r.States, next.States}, {r.ListsBy, next.ListsBy}, {r.ConfigsBy, next.ConfigsBy}, {r.Refusals, next.Refusals},
		{r.Ignored, next.Ignored}, {r.Registered, next.Registered}, {r.Directory, next.Directory},
	} {
		for name, n := range counts.more {
			counts.all[name] += n
		}
	}
	for _, f := range next.Failures {
		same := func(g failureReport) bool {
			return g.Protocol == f.Protocol && g.Server == f.Server && g.What == f.What
		}
		if i := slices.IndexFunc(r.Failures, same); i >= 0 {
			r.Failures[i].Times += f.Times
		} else {
			r.Failures = append(r.Failures, f)
		}
	}
	slices.SortStableFunc(r.Failures, func(a, b failureReport) int { return b.Times - a.Times })
	r.Each = append(r.Each, next.Each...)
}

// screen is what a phone's screen shows of the directory, and why it shows no more.
func screen(v *fleet.View) string {
	if v.ScreenReason == nil {
		return v.Screen
	}
	return v.Screen + ": " + report.AnyPhone(cause.OfPeer(v.ScreenReason), v.Name)
}

// lacking reports whether something that a phone needs was missing, or refused.
func (r *phonesReport) lacking() bool {
	opened := r.Directory[phone.DirectoryTitle]
	return r.States["locked"]+r.States["untrusted"]+r.Unconfigured+r.ByDefault > 0 ||
		len(r.Directory) > 0 && opened < r.Phones
}

func (r *phonesReport) writeText(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d phones\n", r.Phones)
	for _, lost := range r.Lost {
		fmt.Fprintf(&b, "%-16s %6d  with worker %s\n", "lost", lost.Phones, lost.Worker)
	}
	if r.KnowNone > 0 {
		fmt.Fprintf(&b, "%-16s %6d\n", "know no ITL", r.KnowNone)
	}
	writeCounts(&b, "state", r.States)
	writeCounts(&b, "list by", r.ListsBy)
	writeCounts(&b, "config by", r.ConfigsBy)
	writeCounts(&b, "refused", r.Refusals)
	writeCounts(&b, "ignored", r.Ignored)
	writeCounts(&b, "registered with", r.Registered)
	writeCounts(&b, "directory", r.Directory)
	if r.Unconfigured > 0 {
		fmt.Fprintf(&b, "%-16s %6d\n", "unconfigured", r.Unconfigured)
	}
	if r.ByDefault > 0 {
		const what = "by XMLDefault.cnf.xml, which is for devices that the server does not know"
		fmt.Fprintf(&b, "%-16s %6d  %s\n", "default config", r.ByDefault, what)
	}
	fmt.Fprintf(&b, "%-16s %6d  answered, %d stored\n", "alarms", r.Alarms, r.AlarmsWaiting)
	var took []string
	for _, q := range r.BootMS.Quantiles() {
		took = append(took, fmt.Sprintf("%s %.0f ms", q.Name, q.MS))
	}
	if took != nil {
		fmt.Fprintf(&b, "%-16s %6s  %s\n", "boots", "", strings.Join(took, ", "))
	}
	if len(r.Failures) == 0 {
		b.WriteString("the servers gave all that the phones asked for\n")
	} else {
		b.WriteString("what the servers did not give\n")
	}
	for _, f := range r.Failures {
		fmt.Fprintf(&b, "  %-5s %-22s %6d  %s%s\n", f.Protocol, f.Server, f.Times, f.What, comment(f))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// writeCounts writes what there is of each, the most frequent first. Only the
// first line has the title.
func writeCounts(b *strings.Builder, title string, counts map[string]int) {
	most := func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) }
	for _, name := range slices.SortedFunc(maps.Keys(counts), most) {
		if counts[name] > 0 {
			fmt.Fprintf(b, "%-16s %6d  %s\n", title, counts[name], cmp.Or(name, "no call manager"))
			title = ""
		}
	}
}

// comment says what a failure means for phones.
func comment(f failureReport) string {
	switch {
	case f.Protocol == "HTTP":
		return " (the phones asked TFTP instead)"
	case f.Protocol == "TFTP" && strings.Contains(f.What, "CTLSEP"):
		return " (normal outside mixed mode)"
	case f.Protocol == "TFTP" && strings.Contains(f.What, ".enc.sgn not found"):
		return " (the phones cannot read the stub that they got in place of a configuration)"
	case f.Protocol == "TFTP" && strings.HasPrefix(f.What, "SEP"):
		return " (the server does not know the device: the phones asked for the default configuration)"
	case f.Protocol == "TFTP" && strings.Contains(f.What, "ITLFile.tlv"):
		return " (phones that hold no list take configurations on faith)"
	case f.Protocol == "TFTP" && strings.Contains(f.What, "XMLDefault"):
		return " (the phones go on with the configuration that they have, if any)"
	case f.Protocol == "TVS" && strings.Contains(f.What, "QUERY") && strings.Contains(f.What, "closed"):
		return " (this TVS may know VERIFY only: phones cannot ask it about a signer)"
	case f.Protocol == "SIP" && strings.Contains(f.What, "alarm"):
		return " (the alarm stays stored)"
	}
	return ""
}
