package trust_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/fleet"
	"itlsim/internal/build"
	"itlsim/lab"
	"itlsim/lab/trust"
	"itlsim/phone"
	"itlsim/scenarios"
	"itlsim/tftp"
)

// What becomes of a node's file at a phone.
const (
	byList  = "taken by its list"
	byTVS   = "taken by TVS"
	refused = "refused"
	unasked = "not judged" // or on faith, or by nobody
)

// The picture says of every phone and node what the firmware makes of the file that the node
// serves then: in every scenario of the catalogue, after every act.
func TestPictureIsWhatPhonesDo(t *testing.T) {
	seen := make(map[string]int)
	for i, s := range scenarios.Builtin() {
		if s.NotIn[lab.Virtual] != "" || !build.Plays(i) {
			continue
		}
		var census *trust.Census
		play(t, i, s, func(p *scenarios.Player) error {
			if census == nil {
				census = trust.New(p.Lab)
			}
			picture, err := compare(p.Lab, census, seen)
			if err == nil && picture.Rest != nil {
				err = errors.New("the catalogue has no scenario of so many lists")
			}
			return err
		})
	}
	for _, what := range []string{trust.Signer, trust.CTLSigner, trust.CallManager} {
		for _, outcome := range []string{byList, byTVS, refused} {
			require.True(t, seen[what+" "+outcome] > 0 || build.Raced, "%s %s: in no scenario (%v)", what, outcome, seen)
		}
	}
	t.Log(seen)
}

// play plays a scenario with few phones, and does something after each act in place of its
// expectations.
func play(t *testing.T, seed int, s scenarios.Scenario, after func(*scenarios.Player) error) {
	t.Helper()
	opt := scenarios.Options{Lab: lab.Options{
		Mode: lab.Virtual, Phones: min(s.Phones(), 10),
		Seed: int64(seed), Keys: testkeys.NewPool(uint64(seed)), KeyBits: 1024,
	}}
	look := scenarios.Act{Verb: scenarios.InGo}
	look.Func = func(_ context.Context, p *scenarios.Player) error { return after(p) }
	s.Steps = slices.Clone(s.Steps)
	for i := range s.Steps {
		var acts []scenarios.Act
		for _, act := range s.Steps[i].Do {
			acts = append(acts, act, look)
		}
		s.Steps[i].Do, s.Steps[i].Expect = acts, nil
	}
	r, err := scenarios.Run(t.Context(), s, opt)
	require.NoError(t, err, s.Name)
	for _, step := range r.Steps {
		for _, e := range step.Expectations {
			require.True(t, e.Passed, "%s, step %q: %s: %s", s.Name, step.Name, e.Text, e.Why)
		}
	}
}

// compare compares the picture, of the fleet and of each phone, with what phones do.
func compare(l *lab.Lab, census *trust.Census, seen map[string]int) (*trust.Picture, error) {
	groups, lines := make([]int, l.Phones()), make(map[string]int)
	views := l.Views()
	for i := range views {
		groups[i] = census.Look(i, &views[i])
	}
	done := make(map[string]bool)
	for i := range views {
		v := &views[i]
		own, lists := census.Phone(i, v), v.Flash.Lists
		alike := fmt.Sprintf("%p %p %v %v %v", lists.CTL, lists.ITL, v.Flash.Config, *v.Profile, l.Member(i).Group)
		if !done[alike] {
			if err := agrees(l, i, v, own, seen); err != nil {
				return nil, err
			}
		}
		done[alike] = len(v.Flash.Vouches) == 0
		for _, line := range own.Groups[0].Lines {
			line.Phones = 0
			lines[fmt.Sprint(groups[i], line)]++
		}
	}
	fleets := census.Picture()
	for _, g := range fleets.Groups {
		for _, line := range g.Lines {
			n := line.Phones
			line.Phones = 0
			key := fmt.Sprint(g.ID, line)
			if lines[key] != n {
				return nil, fmt.Errorf("line %s: of %d phones, and of %d by their own pictures", key, n, lines[key])
			}
			delete(lines, key)
		}
	}
	if len(lines) > 0 {
		return nil, fmt.Errorf("lines of phones that the fleet's picture lacks: %v", lines)
	}
	return fleets, nil
}

// agrees compares a phone's picture with what the phone does.
func agrees(l *lab.Lab, i int, v *fleet.View, picture *trust.Picture, seen map[string]int) error {
	names := l.NodeNames()
	for j, n := range l.Nodes() {
		if !slices.Contains(n.Services(), cucm.TFTPService) {
			continue
		}
		for what, kind := range map[string]tftp.Kind{
			trust.Signer: tftp.ITL, trust.CTLSigner: tftp.CTL, trust.CallManager: tftp.SignedConfig,
		} {
			does := judges(l, i, v, n, kind)
			switch faith := v.Flash.Lists.OnFaith(); {
			case does == "", faith && does == refused: // as malformed, by a phone that believes any
				continue
			case faith:
				does = unasked
			}
			if says := said(picture, names[j], what); says != does {
				return fmt.Errorf("%s, %s of %s: the phone's is %q, the picture says %q: %+v",
					v.Name, what, names[j], does, says, picture.Groups[0].Lines)
			}
			seen[what+" "+does]++
		}
	}
	return nil
}

// said is what a phone's picture says of a file of a node.
func said(picture *trust.Picture, node, what string) string {
	g := picture.Groups[0]
	says, vouched := refused, 0
	if g.Faith {
		says = unasked
	}
	for _, line := range g.Lines {
		if line.Node != node || line.What != what {
			continue
		}
		switch line.Kind {
		case trust.Holds, trust.Recovery:
			says, vouched = byList, vouched+1
		case trust.Round:
			says, vouched = byTVS, vouched+1
		}
	}
	if vouched > 1 {
		return "two things at once"
	}
	return says
}

// judges has a phone that is just like this one boot, and be served nothing but one kind of
// file, its own, of a node. It is "" where there is none, or its verdict hangs on another file.
func judges(l *lab.Lab, i int, v *fleet.View, n *cucm.Node, kind tftp.Kind) (does string) {
	p := phone.New(phone.Setup{Name: v.Name, Profile: v.Profile, Servers: []string{"it"}, Flash: v.Flash})
	for ev := phone.Event(phone.PowerOn{}); ev != nil; {
		actions := p.Step(l.Now(), ev)
		ev = nil
		for _, a := range actions {
			switch a := a.(type) {
			case phone.Fetch:
				ev = phone.FileNotFound{Seq: a.Seq}
				if a.Name.Kind == kind && a.Name.Device != "" {
					if data, err := n.File(a.Name.String()); err == nil {
						ev = phone.FileReceived{Seq: a.Seq, Data: data}
					}
				}
			case phone.AskTVS:
				ev = asks(l, l.Member(i).Group, v.Profile, a)
			case phone.Verdict:
				does = became(a)
			}
		}
	}
	return does
}

func became(v phone.Verdict) string {
	if v.Refusal != nil && errors.As(v.Refusal.Reason, new(*phone.EncryptedError)) {
		return ""
	}
	switch v.By {
	case phone.ByITL, phone.ByCTL, phone.BySameFile:
		return byList
	case phone.ByTVS, phone.ByCache:
		return byTVS
	case phone.ByNothing:
		return refused
	}
	return unasked
}

// asks asks the TVS at an address.
func asks(l *lab.Lab, site string, p *phone.Profile, a phone.AskTVS) phone.Event {
	for _, n := range l.Nodes() {
		there := n.Address(cucm.TVSService) == a.Server && l.Answers(site, n, cucm.TVSService)
		if !there || p.NewestTLS() < n.MinTLS().Server {
			continue
		}
		if a.Lists.AuthenticateTVS(n.Shown(cucm.TVSUnit).Certificate.Raw) != nil {
			return phone.TVSStrange{Seq: a.Seq}
		}
		return phone.TVSAnswered{Seq: a.Seq, Answer: n.AnswerTVS(a.Request())}
	}
	return phone.TVSSilent{Seq: a.Seq, Err: errors.New("nobody there")}
}
