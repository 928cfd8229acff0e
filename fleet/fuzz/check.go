package fuzz

import (
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"

	"itlsim/cucm"
	"itlsim/fleet/virtual"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/sip"
	"itlsim/tvs"
)

// A checker watches over one rule.
type checker interface {
	name() string
	// step looks at what one event did to one phone.
	step(*world, *virtual.Step) error
	// rest looks at the whole between two acts, and at the end.
	rest(w *world, end bool) error
}

func checkers(phones int) []checker {
	return []checker{
		unchanged{}, &vouched{seen: make([]seen, phones)}, &cured{listTaken: make([]bool, phones)},
		&alive{}, &accounted{served: make(map[sip.Checksum]bool)}, &verifies{known: make(map[*byte]error)},
	}
}

// vouched: except on faith, no phone stores a list or configuration whose signer
// its lists, or a TVS that its lists authenticate, did not vouch for.
type vouched struct{ seen []seen }

// seen is what a phone was shown.
type seen struct {
	asked   string   // the TVS it asks
	showed  [][]byte // certificates that the TVS had while it was asked
	answers []answer // of authenticated TVS
}

type answer struct {
	tvs.Answer
	expires time.Time
}

func (*vouched) name() string            { return "vouched" }
func (*vouched) rest(*world, bool) error { return nil }
func (c *vouched) certificate(w *world, i int) {
	for _, n := range w.cluster.Nodes() {
		if n.Address(cucm.TVSService) == c.seen[i].asked {
			c.seen[i].showed = append(c.seen[i].showed, n.Shown(cucm.TVSUnit).Certificate.Raw)
		}
	}
}

func (c *vouched) step(w *world, s *virtual.Step) error {
	seen, before, after := &c.seen[s.Index], s.Before, s.Phone.Flash()
	if a, ok := s.Event.(phone.TVSAnswered); ok {
		c.certificate(w, s.Index)
		if slices.ContainsFunc(seen.showed, func(der []byte) bool { return holdsTVS(before.Lists.ITL, der) }) {
			seen.answers = append(seen.answers, answer{a.Answer, s.At.Add(a.Answer.TTL)})
		}
	}
	defer func() {
		for _, a := range s.Actions {
			if ask, ok := a.(phone.AskTVS); ok {
				seen.asked, seen.showed = ask.Server, nil
				c.certificate(w, s.Index)
			}
		}
	}()
	for _, l := range [][2]*itl.List{{before.Lists.CTL, after.Lists.CTL}, {before.Lists.ITL, after.Lists.ITL}} {
		if list := l[1]; list != nil && list != l[0] {
			if err := c.mayStore(s, &list.Signed, itl.SAST); err != nil {
				return fmt.Errorf("%s stores a trust list: %w", s.Phone.Name(), err)
			}
		}
	}
	if after.Config != nil && (after.Config != before.Config || after.ConfigSum != before.ConfigSum) {
		if onFaith(before.Lists) {
			return nil
		}
		// The file is what came last, before a TVS was asked or not.
		file, err := itl.ParseFile(w.last[s.Index])
		if err == nil {
			err = c.mayStore(s, &file.Signed, itl.TFTP, itl.CCMTFTP)
		}
		if err != nil {
			return fmt.Errorf("%s puts a configuration in force: %w", s.Phone.Name(), err)
		}
	}
	return nil
}

// mayStore looks for anybody who vouches for a file.
func (c *vouched) mayStore(s *virtual.Step, file *itl.Signed, roles ...itl.Role) error {
	lists := []*itl.List{s.Before.Lists.CTL, s.Before.Lists.ITL}
	if onFaith(s.Before.Lists) {
		list, err := itl.ParseList(file.Bytes())
		if err != nil {
			return err
		}
		return list.VerifySelf()
	}
	for _, l := range lists {
		if l == nil {
			continue
		}
		for _, rec := range l.Records {
			if slices.Contains(roles, rec.Role) && rec.SameSerial(file.Signer) && file.Verify(rec.Key()) == nil {
				return nil
			}
		}
	}
	for _, a := range c.seen[s.Index].answers {
		cert, err := x509.ParseCertificate(a.Certificate)
		if err != nil || a.Status != tvs.Valid || !s.At.Before(a.expires) || !itl.IdentityOf(cert).SameSerial(file.Signer) {
			continue
		}
		key, _ := cert.PublicKey.(*rsa.PublicKey)
		if slices.ContainsFunc(a.Roles, func(r itl.Role) bool { return slices.Contains(roles, r) }) && file.Verify(key) == nil {
			return nil
		}
	}
	return fmt.Errorf("nobody that it trusts vouches for %s", file.Signer)
}

func holdsTVS(list *itl.List, der []byte) bool {
	if list == nil {
		return false
	}
	for _, rec := range list.With(itl.TVS) {
		if rec.Holds(der) {
			return true
		}
	}
	return false
}

// onFaith is state none of the table: nothing is stored, or the rollback list.
func onFaith(l phone.Lists) bool {
	if l.CTL != nil {
		return false
	}
	return l.ITL == nil || len(l.ITL.With(itl.TFTP)) == 0 && len(l.ITL.With(itl.CCMTFTP)) == 0 && len(l.ITL.With(itl.TVS)) == 0
}

// unchanged: a refused file changes nothing stored.
type unchanged struct{}

func (unchanged) name() string            { return "unchanged" }
func (unchanged) rest(*world, bool) error { return nil }

func (unchanged) step(_ *world, s *virtual.Step) error {
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

// cured: no phone leaves untrusted but by a list that it may store or has
// stored, or by losing its lists.
type cured struct{ listTaken []bool }

func (*cured) name() string            { return "cured" }
func (*cured) rest(*world, bool) error { return nil }

func (c *cured) step(_ *world, s *virtual.Step) error {
	for _, a := range s.Actions {
		switch a := a.(type) {
		case phone.Fetch:
			if strings.HasPrefix(a.Name, "CTL") { // a boot begins
				c.listTaken[s.Index] = false
			}
		case phone.Verdict:
			if a.Kind.IsList() {
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

// alive: after faults end, every phone that holds the current ITLRECOVERY record
// is trusted after `utils itl reset localkey`, if it uses the publisher's TFTP or
// can reach a TVS of its configuration.
type alive struct{ expected map[string]phone.State } // as they were before

func (*alive) name() string                     { return "alive" }
func (*alive) step(*world, *virtual.Step) error { return nil }

// expect notes, while the fleet is healed and the list is reset, which phones
// must come back.
func (c *alive) expect(w *world) {
	c.expected = make(map[string]phone.State)
	recovery := w.cluster.Publisher().Certificate(cucm.ITLRecovery).Certificate
	for i, v := range w.fleet.Phones() {
		if v.Flash.Lists.ITL == nil {
			continue
		}
		rec, ok := v.Flash.Lists.ITL.Find(itl.IdentityOf(recovery), itl.SAST)
		if !ok || !rec.Holds(recovery.Raw) {
			continue
		}
		if w.first[i].Publisher() || v.Flash.Config != nil && len(v.Flash.Config.TVS) > 0 {
			c.expected[v.Name] = v.State
		}
	}
}

func (c *alive) rest(w *world, end bool) error {
	if !end {
		return nil
	}
	for _, v := range w.fleet.Phones() {
		if was, ok := c.expected[v.Name]; ok && v.State != phone.Trusted {
			return fmt.Errorf("%s holds the ITLRECOVERY record and was %s and is %s after the reset: %v", v.Name, was, v.State, v.Refusal)
		}
	}
	return nil
}

// accounted: states add up to the fleet; every list change of a phone that
// reports has its alarm; every alarm's list was served, or held when the trial
// began (none was); and at the end the cluster knows what each phone holds.
type accounted struct{ served map[sip.Checksum]bool }

func (*accounted) name() string { return "accounted" }

func (c *accounted) step(w *world, s *virtual.Step) error {
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
		switch sum := alarm.Alarm.ITL; {
		case sum == nil && after.ITL != nil, sum != nil && (after.ITL == nil || *sum != after.ITL.SHA1()):
			return fmt.Errorf("%s reports another list than it holds", s.Phone.Name())
		case sum != nil && !c.served[*sum]:
			return fmt.Errorf("%s reports a list that nobody served", s.Phone.Name())
		}
		changed = false
	}
	if changed && s.Phone.Profile().ReportsLists() {
		return fmt.Errorf("%s stores another list without an alarm", s.Phone.Name())
	}
	return nil
}

func (c *accounted) rest(w *world, end bool) error {
	var states [4]int
	holds := make(map[string]sip.Checksum)
	for sum, names := range w.cluster.Holders() {
		for _, name := range names {
			holds[name] = sum
		}
	}
	for _, v := range w.fleet.Phones() {
		states[v.State]++
		if end && v.StoredAlarms == 0 && v.Profile.ReportsLists() && v.Flash.Lists.ITL != nil && holds[v.Name] != v.Flash.Lists.ITL.SHA1() {
			return fmt.Errorf("the cluster does not know which list %s holds", v.Name)
		}
	}
	if states != w.fleet.States() {
		return fmt.Errorf("phones are in states %v, and counted as %v", states, w.fleet.States())
	}
	return nil
}

// verifies: nodes serve no list that does not verify.
type verifies struct{ known map[*byte]error }

func (*verifies) name() string                     { return "verifies" }
func (*verifies) step(*world, *virtual.Step) error { return nil }

func (*verifies) rest(w *world, _ bool) error {
	for _, n := range w.cluster.Nodes() {
		if list := n.ITL(); list != nil {
			if err := list.VerifySelf(); err != nil {
				return fmt.Errorf("the list of %s: %w", n.Name(), err)
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
