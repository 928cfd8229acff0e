package demo

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"itlsim/cnf"
	"itlsim/fleet"
	"itlsim/internal/cause"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/scenarios/live"
)

// phoneView is the panel of one phone.
type phoneView struct {
	Index    int    `json:"index"`
	Name     string `json:"name"`
	Model    string `json:"model"`
	Firmware string `json:"firmware"`
	IP       string `json:"ip"`
	Home     string `json:"home"`
	Cell     int    `json:"cell"`
	State    string `json:"state"`
	Means    string `json:"means"` // of the state, for people who have never seen one
	Cure     string `json:"cure"`

	Screen      string `json:"screen"` // "" where it is idle
	ScreenWhy   string `json:"screenWhy"`
	CallManager string `json:"callManager"` // that it is registered with; "": none

	Status   []statusView `json:"status"` // newest first, as on the phone
	ITL      *listView    `json:"itl"`
	CTL      *listView    `json:"ctl"`
	Settings settingsView `json:"settings"`
	TVS      []string     `json:"tvs"` // members of the configuration in force
	Story    []storyView  `json:"story"`
}

type statusView struct {
	At   int64  `json:"at"`
	Text string `json:"text"`
}

type listView struct {
	SHA1    string       `json:"sha1"`
	Signer  string       `json:"signer"`
	Length  int          `json:"length"`
	Entries []recordView `json:"entries"`
}

type recordView struct {
	Role    string `json:"role"`
	Subject string `json:"subject"`
}

type settingsView struct {
	Known bool `json:"known"` // a configuration was accepted
	cnf.Settings
}

// storyView is one file that the phone was offered.
type storyView struct {
	At     int64    `json:"at"`
	File   string   `json:"file"`
	SHA1   string   `json:"sha1"`
	Signer string   `json:"signer"`
	Taken  bool     `json:"taken"`
	By     string   `json:"by"`
	Why    string   `json:"why"`    // it was refused, in the phone's own words
	Simply string   `json:"simply"` // ... and for people who have never seen an ITL
	Tried  []string `json:"tried"`
}

func (w *round) phone(i int) *phoneView {
	p := w.Fleet.Phone(i)
	serving := w.Server(&p)
	v := &phoneView{
		Screen: p.Screen, CallManager: p.CallManager,
		Index: i, Name: p.Name, Model: p.Profile.Model, Firmware: p.Profile.Firmware, IP: p.IP.String(),
		Home: serving.Name(), Cell: int(w.Cell(i)), State: p.State.String(), Means: meansOf(&p),
		Cure: w.Cure(&p, serving), ITL: listOf(p.Flash.Lists.ITL), CTL: listOf(p.Flash.Lists.CTL),
		Status: []statusView{}, Story: []storyView{},
	}
	if p.ScreenReason != nil {
		v.ScreenWhy = cause.OfPeer(p.ScreenReason)
	}
	for _, s := range slices.Backward(p.Status()) {
		v.Status = append(v.Status, statusView{millis(s.At), s.Text})
	}
	if c := p.Flash.Config; c != nil {
		v.Settings, v.TVS = settingsView{true, c.Settings}, c.TVS
	}
	for _, j := range slices.Backward(w.Offered(i)) {
		v.Story = append(v.Story, storyOf(j))
	}
	return v
}

// means says each state in a sentence.
var means = [...]string{
	phone.None:    "It holds no trust list: it will believe the next one that it is offered.",
	phone.Trusted: "It could check all that the cluster last gave it, and follows the cluster's changes.",
	phone.Locked:  "It refused what it was offered, but somebody it trusts may still vouch for it.",
	phone.Untrusted: "It refused what it was offered, and nobody it trusts is left. " +
		"It keeps its old settings, still makes calls, and follows no change any more.",
}

// meansOf says a phone's state in a sentence.
func meansOf(v *fleet.View) string {
	if v.Profile.NoITL && v.State == phone.None {
		return "It is of a model that knows no ITL: it will believe whatever configuration it is offered."
	}
	return means[v.State]
}

func listOf(l *itl.List) *listView {
	if l == nil {
		return nil
	}
	sum := l.SHA1()
	v := &listView{SHA1: fmt.Sprintf("%x", sum[:]), Signer: itl.CommonName(l.Signer.Subject), Length: len(l.Bytes())}
	for _, rec := range l.Records {
		v.Entries = append(v.Entries, recordView{rec.Role.String(), itl.CommonName(rec.Subject)})
	}
	return v
}

func storyOf(j live.Judgement) storyView {
	v := storyView{
		At: millis(j.At), File: j.File.String(), Signer: itl.CommonName(j.Signer.Subject),
		Taken: j.Refusal == nil, By: j.By.String(),
	}
	if j.SHA1 != [20]byte{} {
		v.SHA1 = fmt.Sprintf("%x", j.SHA1[:])
	}
	if j.Refusal != nil {
		v.By, v.Why = "", j.Refusal.Reason.Error()
		v.Simply = phone.Explain(j.Refusal.Reason).Plain
		for _, err := range phone.Attempts(j.Refusal.Reason) {
			v.Tried = append(v.Tried, err.Error())
		}
	}
	return v
}

// act does what a person at a phone can do.
func (w *round) act(i int, act string, servers []string) error {
	var ev phone.Event
	switch act {
	case "reset":
		ev = phone.Reset{}
	case "directory":
		ev = phone.OpenDirectory{}
	case "on":
		ev = phone.PowerOn{}
	case "off":
		ev = phone.PowerOff{}
	case "erase":
		v := w.Fleet.Phone(i)
		if c := v.Flash.Config; !v.On || c != nil && !c.Settings.SettingsAccess {
			return errors.New("the settings menu cannot be opened: settings access is disabled, or the phone is off")
		}
		ev = phone.EraseLists{}
	case "factory":
		ev = phone.FactoryReset{}
	case "servers":
		if err := checkServers(servers); err != nil {
			return err
		}
		w.Fleet.Send(phone.UseServers{Servers: servers}, w.at(i))
		ev = phone.Reset{}
	default:
		return fmt.Errorf("a person at a phone cannot do %q", act)
	}
	w.Note(w.Installed()[i].Name, "at the phone: %s", act)
	w.Fleet.Send(ev, w.at(i))
	return nil
}

// checkServers refuses TFTP servers that a phone with a loopback address cannot
// reach.
func checkServers(servers []string) error {
	if len(servers) < 1 || len(servers) > phone.MaxServers {
		return errors.New("a phone has one or two TFTP servers")
	}
	for _, s := range servers {
		server, err := netip.ParseAddrPort(s)
		if err != nil {
			return fmt.Errorf("TFTP server %q: want address:port", s)
		}
		if !server.Addr().Is4() || !server.Addr().IsLoopback() {
			return fmt.Errorf("TFTP server %q: phones have addresses in 127.0.0.0/8 and reach no other", s)
		}
	}
	return nil
}

func millis(t time.Time) int64 { return t.UnixMilli() }

// power switches all phones on or off.
func (w *round) power(on bool) {
	if on {
		w.Fleet.Send(phone.PowerOn{}, nil)
	} else {
		w.Fleet.Send(phone.PowerOff{}, nil)
	}
}

// resetPhones is System > Enterprise Parameters > Reset, of every cluster that
// there is: phones may have moved.
func (w *round) resetPhones() {
	for _, c := range w.Clusters() {
		w.Note(c.Publisher().Name(), "System > Enterprise Parameters > Reset")
		c.ResetPhones()
	}
}

// settingsAccess is Common Phone Profile > Settings Access, of every cluster.
func (w *round) settingsAccess(on bool) error {
	for _, c := range w.Clusters() {
		w.Note(c.Publisher().Name(), "settings access: %v", on)
		s := c.Settings()
		s.SettingsAccess = on
		if err := c.Configure(s); err != nil {
			return err
		}
	}
	return nil
}

// at picks one phone.
func (w *round) at(i int) func(*phone.Phone) bool {
	name := w.Installed()[i].Name
	return func(p *phone.Phone) bool { return p.Name() == name }
}
