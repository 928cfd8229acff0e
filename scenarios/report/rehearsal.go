package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/scenarios/language"
)

// A Rehearsal is what would become of the phones of a lab if something were done: told of a
// fork of it, in which it was done and every phone then booted again. Phones are compared with
// another fork, in which they booted without that. Lost means locked or untrusted.
type Rehearsal struct {
	Says   string `json:"says"` // all of it in a sentence
	Do     []Done `json:"do"`   // what was done, and what came of it
	Phones int    `json:"phones"`
	Lost   int    `json:"lost"`     // that would be by this
	Off    int    `json:"lost_off"` // ... of which so many are off now: they would notice when they are switched on
	Back   int    `json:"back"`     // that would be lost without this, and would not be then
	Anyway int    `json:"anyway"`   // that are not lost now, and would be at their next boot, with this or without
	Stay   int    `json:"stay"`     // that are lost now, and would be all the same
	// Losses are the lost by group, model, reason and cure, those of most phones first;
	// LeftOut is how many phones of [Rehearsal.Lost] are not in them.
	Losses  []Losses `json:"losses"`
	LeftOut int      `json:"left_out,omitempty"`
}

// Losses are phones of one group and model that would be lost for the same reason, and need the
// same cure.
type Losses struct {
	Group   string `json:"group"`
	Model   string `json:"model"` // with its firmware
	Reason  string `json:"reason"`
	Cure    string `json:"cure"`
	Phones  int    `json:"phones"`
	Off     int    `json:"off,omitempty"` // how many of them are off now
	Example string `json:"example"`       // the name of one
}

// maxLosses bounds how many losses a rehearsal tells of, some half a kilobyte each: what a page
// lists at most.
const maxLosses = 100

// An Outlook is which phones of a lab are lost, and which are on, by their numbers.
type Outlook struct{ lost, on []bool }

// OutlookOf looks at the phones as they are now.
func OutlookOf(l *lab.Lab) (o Outlook) {
	l.Each(fleet.Basics, func(_ int, _ *lab.Member, v *fleet.View) {
		o.lost, o.on = append(o.lost, lost(v.State)), append(o.on, v.On)
	})
	return o
}

// lostScene is all that group, reason and cure of a lost phone depend on.
type lostScene struct {
	scene
	group string
	home  *cucm.Node
}

// Rehearsal tells of the teller's lab, in which something was done, by how the phones were
// before, and how they would be without that.
func (t *Teller) Rehearsal(did []Done, before, without Outlook) *Rehearsal {
	r := &Rehearsal{Do: did, Phones: t.lab.Phones(), Losses: []Losses{}}
	all := make(map[Losses]*Losses)
	told := make(map[lostScene]Losses)
	t.lab.Each(fleet.Verdicts, func(i int, m *lab.Member, v *fleet.View) {
		switch then := lost(v.State); {
		case then && without.lost[i] && before.lost[i]:
			r.Stay++
		case then && without.lost[i]:
			r.Anyway++
		case !then && without.lost[i]:
			r.Back++
		case then:
			r.Lost++
			at := lostScene{sceneOf(v, m), m.Group, m.Home}
			is, known := told[at]
			if !known {
				is = Losses{Group: m.Group, Model: v.Profile.String(), Reason: t.chapter(v, m).Why, Cure: t.Cure(v, m.Home)}
				told[at] = is
			}
			if all[is] == nil {
				kept := is
				kept.Example, all[is] = v.Name, &kept
			}
			all[is].Phones++
			if !before.on[i] {
				r.Off++
				all[is].Off++
			}
		}
	})
	r.Says = r.says(all)
	for _, l := range all {
		r.Losses = append(r.Losses, *l)
	}
	slices.SortFunc(r.Losses, func(a, b Losses) int {
		return cmp.Or(b.Phones-a.Phones, strings.Compare(a.Example, b.Example))
	})
	for _, l := range r.Losses[min(maxLosses, len(r.Losses)):] {
		r.LeftOut += l.Phones
	}
	r.Losses = r.Losses[:min(maxLosses, len(r.Losses))]
	return r
}

// says is the sentence.
func (r *Rehearsal) says(all map[Losses]*Losses) string {
	var says []string
	for _, d := range r.Do {
		if d.Failed != "" {
			says = append(says, fmt.Sprintf("%q would fail: %s", d.Text, d.Failed))
		}
	}
	says = append(says, r.loses())
	if r.Lost > 0 {
		says = append(says, r.cured(all))
	}
	if r.Back > 0 {
		says = append(says, phones(r.Back)+" would come back that are lost otherwise")
	}
	if r.Stay > 0 {
		says = append(says, fmt.Sprintf("%s lost and would stay so", are(r.Stay)))
	}
	if r.Anyway > 0 {
		says = append(says, phones(r.Anyway)+" more would be lost at the next boot with this or without")
	}
	return strings.Join(says, "; ")
}

// loses says how many phones would.
func (r *Rehearsal) loses() string {
	who, whose := fmt.Sprintf("%s of %s", language.Number(r.Lost), phones(r.Phones)), "their"
	switch {
	case r.Lost == 0:
		return "no phone would lose its trust"
	case r.Lost == r.Phones && r.Lost > 1:
		who = "all " + phones(r.Phones)
	case r.Lost == 1:
		whose = "its"
	}
	says := fmt.Sprintf("%s would lose %s trust", who, whose)
	switch {
	case r.Off == r.Lost:
		says += " when switched on again"
	case r.Off > 0:
		says += fmt.Sprintf(", %s of them when switched on again", language.Number(r.Off))
	}
	return says
}

// cured says how many of the lost `utils itl reset localkey` would bring back.
func (r *Rehearsal) cured(all map[Losses]*Losses) string {
	back := 0
	for _, l := range all {
		if byLocalKey(l.Cure) {
			back += l.Phones
		}
	}
	switch {
	case back == 0 && r.Lost == 1:
		return resetLocalKey + " would not bring it back"
	case back == 0:
		return resetLocalKey + " would bring none of them back"
	case r.Lost == 1:
		return resetLocalKey + " would bring it back"
	case back == r.Lost:
		return resetLocalKey + " would bring all of them back"
	}
	return fmt.Sprintf("%s would bring %s of them back", resetLocalKey, language.Number(back))
}
