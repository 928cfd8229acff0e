package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"itlsim/fleet"
	"itlsim/lab"
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
	name = strings.ToUpper(name)
	if _, ours := l.Fleet.CallManager(name); !ours {
		return 0, &notFound{fmt.Sprintf("phone %.100q", name)}
	}
	return l.Fleet.Index(name), nil
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

// onePhone tells everything of one.
func onePhone(l *live.Lab, r *http.Request) (any, error) {
	i, err := index(l, r.PathValue("phone"))
	if err != nil {
		return nil, err
	}
	v := l.Fleet.Phone(i)
	told := struct {
		listed
		IP          string       `json:"ip"`
		TFTP        []string     `json:"tftp"` // servers, first to last
		CallManager string       `json:"call_manager,omitempty"`
		Screen      string       `json:"screen,omitempty"`
		ITL         *list        `json:"itl"`
		CTL         *list        `json:"ctl"`
		Settings    *settings    `json:"settings"` // null before a configuration was accepted
		TVS         []string     `json:"tvs"`
		Status      []message    `json:"status"` // oldest first
		Story       report.Story `json:"story"`
	}{
		listed: listedOf(l, l.Member(i), &v), IP: v.IP.String(), TFTP: v.Servers, CallManager: v.CallManager,
		Screen: v.Screen, ITL: listOf(v.Flash.Lists.ITL), CTL: listOf(v.Flash.Lists.CTL), TVS: []string{},
		Status: []message{}, Story: l.Story(i, &v),
	}
	if c := v.Flash.Config; c != nil {
		told.Settings = (*settings)(&c.Settings)
		told.TVS = append(told.TVS, c.TVS...)
	}
	for _, s := range v.Status() {
		told.Status = append(told.Status, message{s.At, s.Text})
	}
	return told, nil
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
