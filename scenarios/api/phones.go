package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"itlsim/fleet"
	"itlsim/internal/cause"
	"itlsim/itl"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios/live"
	"itlsim/scenarios/report"
)

// places are what a phone may be in, a state of trust or "off".
var places = func() (names []string) {
	for place := range len(fleet.States{}) {
		names = append(names, fleet.PlaceName(place))
	}
	return names
}()

// A listed is a phone among others.
type listed struct {
	Name     string `json:"name"`
	Group    string `json:"group"`
	Model    string `json:"model"`
	Firmware string `json:"firmware"`
	State    string `json:"state"`
	Node     string `json:"node"` // whose TFTP it asks first
}

func listedOf(l *live.Lab, m *lab.Member, v *fleet.View) listed {
	return listed{v.Name, m.Group, m.Profile.Model, m.Profile.Firmware, fleet.PlaceName(v.Place()), l.Server(v).Name()}
}

// phones lists those that are asked for, in the lab's order.
func phones(l *live.Lab, r *http.Request) (any, error) {
	limit, err := most(r)
	if err != nil {
		return nil, err
	}
	asked := r.URL.Query()
	group, model, state := asked.Get("group"), asked.Get("model"), asked.Get("state")
	switch {
	case state != "" && !slices.Contains(places, state):
		return nil, &unread{fmt.Errorf("state %.20q: want one of %s", state, strings.Join(places, ", "))}
	case group != "" && !slices.Contains(l.GroupNames(), group):
		return nil, &notFound{fmt.Sprintf("group %.100q", group)}
	case model != "" && !slices.Contains(l.Models(), model):
		return nil, &notFound{fmt.Sprintf("model %.100q", model)}
	}
	from := 0
	if after := asked.Get("after"); after != "" {
		if from, err = index(l, after); err != nil {
			return nil, err
		}
		from++
	}
	found := struct {
		Matching int      `json:"matching"` // phones, those of other pages included
		Phones   []listed `json:"phones"`
		Next     string   `json:"next,omitempty"` // what `after` is to be for more
	}{Phones: []listed{}}
	more := false
	l.Each(fleet.Basics, func(i int, m *lab.Member, v *fleet.View) {
		is := (group == "" || m.Group == group) && (model == "" || m.Profile.Model == model) &&
			(state == "" || fleet.PlaceName(v.Place()) == state)
		switch {
		case !is:
			return
		case i >= from && len(found.Phones) < limit:
			found.Phones = append(found.Phones, listedOf(l, m, v))
		case i >= from:
			more = true
		}
		found.Matching++
	})
	if more {
		found.Next = found.Phones[len(found.Phones)-1].Name
	}
	return found, nil
}

// index finds a phone by its name.
func index(l *live.Lab, name string) (int, error) {
	upper := strings.ToUpper(name)
	if _, ours := l.Fleet.CallManager(upper); !ours {
		return 0, &notFound{fmt.Sprintf("phone %.100q", name)}
	}
	return l.Fleet.Index(upper), nil
}

// message is a status message.
type message struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// settings are those of the configuration in force.
type settings struct {
	SettingsAccess bool `json:"settings_access"`
	WebAccess      bool `json:"web_access"`
	SSHAccess      bool `json:"ssh_access"`
	SpanToPCPort   bool `json:"span_to_pc_port"`
}

// An offer is a file that a phone was offered, and what it made of it.
type offer struct {
	At     time.Time `json:"at"`
	File   string    `json:"file"`
	SHA1   string    `json:"sha1,omitempty"`
	Signer string    `json:"signer,omitempty"`
	Taken  bool      `json:"taken"`
	By     string    `json:"by,omitempty"`    // what authenticated it
	Why    string    `json:"why,omitempty"`   // it was refused, in the phone's own words
	Plain  string    `json:"plain,omitempty"` // ... and for people who have never seen a trust list
	Tried  []string  `json:"tried,omitempty"` // what came of each TVS that was to vouch
}

func offerOf(j live.Judgement) offer {
	v := offer{At: j.At, File: j.File.String(), Signer: itl.CommonName(j.Signer.Subject), Taken: j.Refusal == nil}
	if j.SHA1 != [20]byte{} {
		v.SHA1 = fmt.Sprintf("%x", j.SHA1[:])
	}
	if j.Refusal == nil {
		v.By = j.By.String()
		return v
	}
	v.Why, v.Plain = j.Refusal.Reason.Error(), phone.Explain(j.Refusal.Reason).Plain
	for _, err := range phone.Attempts(j.Refusal.Reason) {
		v.Tried = append(v.Tried, err.Error())
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

// meansOf says a phone's state in a sentence, for people who have never seen a trust list.
func meansOf(v *fleet.View) string {
	switch {
	case !v.On:
		return "It is switched off."
	case v.Profile.NoITL && v.State == phone.None:
		return "It is of a model that knows no ITL: it will believe whatever configuration it is offered."
	}
	return means[v.State]
}

// A told is everything of one phone.
type told struct {
	listed
	Booting      bool         `json:"booting"`
	Waiting      bool         `json:"waiting"`          // it has been told to boot, and waits for its turn
	Means        string       `json:"means"`            // of its state, in plain words
	Face         phone.Face   `json:"face"`             // which it is to be drawn with
	Number       string       `json:"number,omitempty"` // of its line
	IP           string       `json:"ip"`
	TFTP         []string     `json:"tftp"` // servers, first to last
	CallManager  string       `json:"call_manager,omitempty"`
	Screen       string       `json:"screen,omitempty"`
	ScreenWhy    string       `json:"screen_why,omitempty"`
	SettingsMenu bool         `json:"settings_menu"` // it opens
	ITL          *live.List   `json:"itl"`
	CTL          *live.List   `json:"ctl"`
	Settings     *settings    `json:"settings"` // null before a configuration was accepted
	TVS          []string     `json:"tvs"`
	Status       []message    `json:"status"`  // oldest first
	Offered      []offer      `json:"offered"` // lately, oldest first
	Story        report.Story `json:"story"`
}

// onePhone tells everything of one.
func onePhone(l *live.Lab, r *http.Request) (any, error) {
	i, err := index(l, r.PathValue("phone"))
	if err != nil {
		return nil, err
	}
	v, cell := l.Fleet.Phone(i), l.Cell(i)
	p := told{
		listed: listedOf(l, l.Member(i), &v), Booting: cell.Booting(), Waiting: cell.Waiting(), Means: meansOf(&v),
		Face: v.Profile.Face, Number: v.Number,
		IP: v.IP.String(), TFTP: v.Servers, CallManager: v.CallManager, Screen: v.Screen,
		SettingsMenu: v.On && v.Flash.SettingsAccess(),
		ITL:          live.ListOf(v.Flash.Lists.ITL), CTL: live.ListOf(v.Flash.Lists.CTL), TVS: []string{},
		Status: []message{}, Offered: []offer{}, Story: l.Story(i, &v),
	}
	if v.ScreenReason != nil {
		p.ScreenWhy = cause.OfPeer(v.ScreenReason)
	}
	if c := v.Flash.Config; c != nil {
		p.Settings = (*settings)(&c.Settings)
		p.TVS = append(p.TVS, c.TVS...)
	}
	for _, s := range v.Status() {
		p.Status = append(p.Status, message{s.At, s.Text})
	}
	for _, j := range l.Offered(i) {
		p.Offered = append(p.Offered, offerOf(j))
	}
	return p, nil
}

// fleetTrust is who trusts whom in the lab.
func fleetTrust(l *live.Lab, _ *http.Request) (any, error) {
	p, _ := l.Trust()
	return p, nil
}

// phoneTrust is whom a phone trusts.
func phoneTrust(l *live.Lab, r *http.Request) (any, error) {
	i, err := index(l, r.PathValue("phone"))
	if err != nil {
		return nil, err
	}
	return l.TrustOf(i), nil
}

// phoneList is a list that a phone holds.
func phoneList(l *live.Lab, r *http.Request) (any, error) {
	i, err := index(l, r.PathValue("phone"))
	if err != nil {
		return nil, err
	}
	v := l.Fleet.Phone(i)
	return pick(r, v.Name, v.Flash.Lists.ITL, v.Flash.Lists.CTL)
}
