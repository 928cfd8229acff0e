package fuzz

import (
	"errors"
	"fmt"
	"slices"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/fleet/virtual"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/sip"
	"itlsim/tftp"
)

// A checker watches over one rule.
type checker interface {
	name() string
	// step looks at what one event did to one phone.
	step(*trial, *virtual.Step) error
	// atRest looks at the whole between two acts, and at the end.
	atRest(t *trial, end bool) error
}

func checkers(phones int) []checker {
	return []checker{
		unchanged{}, &vouched{seen: make([]seen, phones)}, &cured{listTaken: make([]bool, phones)},
		&alive{}, &accounted{served: make(map[sip.Checksum]bool)}, &verifies{known: make(map[*byte]error)},
	}
}

// unchanged: a refused file changes nothing stored.
type unchanged struct{}

func (unchanged) name() string              { return "unchanged" }
func (unchanged) atRest(*trial, bool) error { return nil }

func (unchanged) step(_ *trial, s *virtual.Step) error {
	refused := ""
	for _, a := range s.Actions {
		if v, ok := a.(phone.Verdict); ok {
			if v.Refusal == nil {
				return nil
			}
			refused = v.Refusal.Error()
		}
	}
	if refused != "" && !sameFlash(s.Before, s.Phone.Flash()) {
		return fmt.Errorf("%s changed what it stores: %s", s.Phone.Name(), refused)
	}
	return nil
}

func sameFlash(a, b phone.Flash) bool {
	return a.Lists == b.Lists && a.Config == b.Config && a.ConfigSum == b.ConfigSum && slices.Equal(a.Vouches, b.Vouches)
}

// cured: a phone leaves untrusted only by a list that it may store or has stored,
// or by losing its lists. A CTL alone is no cure for a phone that knows ITLs.
type cured struct{ listTaken []bool }

func (*cured) name() string              { return "cured" }
func (*cured) atRest(*trial, bool) error { return nil }

func (c *cured) step(_ *trial, s *virtual.Step) error {
	for _, a := range s.Actions {
		switch a := a.(type) {
		case phone.Fetch:
			if a.Name.Kind == tftp.CTL { // a boot begins
				c.listTaken[s.Index] = false
			}
		case phone.Verdict:
			if a.File.Kind == tftp.ITL || a.File.Kind == tftp.CTL && s.Phone.Profile().NoITL {
				c.listTaken[s.Index] = a.Refusal == nil
			}
		}
	}
	now := s.Phone.State()
	if s.Was != phone.Untrusted || now == phone.Untrusted {
		return nil
	}
	switch s.Event.(type) {
	case phone.FactoryReset:
		return nil
	case phone.EraseLists:
		if s.Before.Config == nil || s.Before.Config.Settings.SettingsAccess {
			return nil
		}
	}
	if c.listTaken[s.Index] && s.Phone.Flash().Lists.Installed() {
		return nil
	}
	return fmt.Errorf("%s was untrusted and is %s, by none of the cures", s.Phone.Name(), now)
}

// alive: after faults end, every phone that holds the record of the key that
// `utils itl reset localkey` signs with is trusted after it, if it uses the
// publisher's TFTP or can reach a TVS of its configuration. The CTL may hold it as well
// as the ITL; of phones that know no ITL nothing is expected. Where ITLRecovery signs
// what TFTP builds, its record does as well, once TFTP has started again.
type alive struct{ expected map[string]phone.State } // what they were before

func (*alive) name() string                     { return "alive" }
func (*alive) step(*trial, *virtual.Step) error { return nil }

// expect notes which phones must come back, once all faults have ended and the
// list is reset.
func (c *alive) expect(t *trial) {
	c.expected = make(map[string]phone.State)
	ways := []*cucm.Certificate{t.cluster.ResetSigner()}
	if t.cluster.Release().Facts().ListSigner == cucm.ITLRecovery {
		ways = append(ways, t.cluster.Publisher().Certificate(cucm.ITLRecovery))
	}
	for i, v := range t.fleet.Phones() {
		if v.Profile.NoITL {
			continue
		}
		held := func(list *itl.List) bool {
			return list != nil && slices.ContainsFunc(ways, func(c *cucm.Certificate) bool {
				rec, ok := list.Find(itl.IdentityOf(c.Certificate), itl.SAST)
				return ok && rec.Holds(c.Certificate.Raw)
			})
		}
		if !held(v.Flash.Lists.CTL) && !held(v.Flash.Lists.ITL) {
			continue
		}
		if t.first[i].Publisher() || v.Flash.Config != nil && len(v.Flash.Config.TVS) > 0 {
			c.expected[v.Name] = v.State
		}
	}
}

func (c *alive) atRest(t *trial, end bool) error {
	if !end {
		return nil
	}
	for _, v := range t.fleet.Phones() {
		if was, ok := c.expected[v.Name]; ok && v.State != phone.Trusted {
			return fmt.Errorf("%s holds the record of a key that signs, was %s, and is %s after the reset: %v",
				v.Name, was, v.State, v.Refusals())
		}
	}
	return nil
}

// accounted: the states of phones add up; a phone that reports its lists raises an
// alarm for each change; every list in an alarm was served; and at the end the
// cluster knows what each phone holds.
type accounted struct{ served map[sip.Checksum]bool }

func (*accounted) name() string { return "accounted" }

func (c *accounted) step(t *trial, s *virtual.Step) error {
	if f, ok := s.Event.(phone.FileReceived); ok {
		if list, err := itl.ParseList(f.Data); err == nil {
			c.served[list.SHA1()] = true
		}
	}
	after := s.Phone.Flash().Lists
	changed := after.ITL != nil && after.ITL != s.Before.Lists.ITL
	for _, a := range s.Actions {
		alarm, ok := a.(phone.RaiseAlarm)
		if !ok {
			continue
		}
		if err := c.reported(alarm.Alarm.CTL, after.CTL); err != nil {
			return fmt.Errorf("%s reports a CTL %w", s.Phone.Name(), err)
		}
		if err := c.reported(alarm.Alarm.ITL, after.ITL); err != nil {
			return fmt.Errorf("%s reports an ITL %w", s.Phone.Name(), err)
		}
		changed = false
	}
	if changed && s.Phone.Profile().ReportsLists {
		return fmt.Errorf("%s stores another list without an alarm", s.Phone.Name())
	}
	return nil
}

// reported returns an error where an alarm does not name the list that a phone holds.
func (c *accounted) reported(sum *sip.Checksum, holds *itl.List) error {
	switch {
	case (sum == nil) != (holds == nil), sum != nil && *sum != holds.SHA1():
		return errors.New("that is not the one which it holds")
	case sum != nil && !c.served[*sum]:
		return errors.New("that nobody served")
	}
	return nil
}

func (c *accounted) atRest(t *trial, end bool) error {
	var states fleet.States
	holds := make(map[string]sip.Checksum)
	for sum, names := range t.cluster.Holders() {
		for _, name := range names {
			holds[name] = sum
		}
	}
	for _, v := range t.fleet.Phones() {
		states[v.Place()]++
		reported := v.StoredAlarms == 0 && v.Profile.ReportsLists && v.Flash.Lists.ITL != nil
		if end && reported && holds[v.Name] != v.Flash.Lists.ITL.SHA1() {
			return fmt.Errorf("the cluster does not know which list %s holds", v.Name)
		}
	}
	if states != t.fleet.States() {
		return fmt.Errorf("phones are in states %v, and counted as %v", states, t.fleet.States())
	}
	return nil
}

// verifies: nodes serve no list that does not verify.
type verifies struct{ known map[*byte]error }

func (*verifies) name() string                     { return "verifies" }
func (*verifies) step(*trial, *virtual.Step) error { return nil }

func (*verifies) atRest(t *trial, _ bool) error {
	for _, n := range t.cluster.Nodes() {
		for _, list := range []*itl.List{n.CTL(), n.ServedCTL(), n.ITL()} {
			if list == nil {
				continue
			}
			if err := list.VerifySelf(); err != nil {
				return fmt.Errorf("the %s of %s: %w", list.Kind(), n.Name(), err)
			}
		}
	}
	return nil
}

// serve looks at a list as it leaves a node.
func (c *verifies) serve(name string, data []byte) error {
	if len(data) == 0 {
		return fmt.Errorf("%s is served empty", name)
	}
	err, ok := c.known[&data[0]]
	if !ok {
		var list *itl.List
		if list, err = itl.ParseList(data); err == nil {
			err = list.VerifySelf()
		}
		c.known[&data[0]] = err
	}
	if err != nil {
		return fmt.Errorf("%s is served and does not verify: %w", name, err)
	}
	return nil
}
