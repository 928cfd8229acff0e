package fuzz

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"itlsim/cucm"
	"itlsim/fleet/virtual"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/tvs"
)

// vouched: a phone stores a list or a configuration only if its lists vouch for the
// signer, or a TVS that its lists authenticate does, or on faith.
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

func (*vouched) name() string              { return "vouched" }
func (*vouched) atRest(*trial, bool) error { return nil }
func (c *vouched) certificate(t *trial, i int) {
	for _, n := range t.cluster.Nodes() {
		if n.Address(cucm.TVSService) == c.seen[i].asked {
			c.seen[i].showed = append(c.seen[i].showed, n.Shown(cucm.TVSUnit).Certificate.Raw)
		}
	}
}

func (c *vouched) step(t *trial, s *virtual.Step) error {
	seen, before, after := &c.seen[s.Index], s.Before, s.Phone.Flash()
	if a, ok := s.Event.(phone.TVSAnswered); ok {
		c.certificate(t, s.Index)
		if slices.ContainsFunc(seen.showed, func(der []byte) bool { return holdsTVS(before.Lists.ITL, der) }) {
			seen.answers = append(seen.answers, answer{a.Answer, s.At.Add(a.Answer.TTL)})
		}
	}
	defer func() {
		for _, a := range s.Actions {
			if ask, ok := a.(phone.AskTVS); ok {
				seen.asked, seen.showed = ask.Server, nil
				c.certificate(t, s.Index)
			}
		}
	}()
	for _, l := range [][2]*itl.List{{before.Lists.CTL, after.Lists.CTL}, {before.Lists.ITL, after.Lists.ITL}} {
		if list := l[1]; list != nil && list != l[0] {
			roles := []itl.Role{itl.SAST}
			if list.Kind() == "ITL" && l[0] == nil && before.Lists.CTL != nil {
				roles = append(roles, itl.CCMTFTP)
			}
			if err := c.mayStore(s, &list.Signed, roles...); err != nil {
				return fmt.Errorf("%s stores a trust list: %w", s.Phone.Name(), err)
			}
		}
	}
	if after.Config != nil && (after.Config != before.Config || after.ConfigSum != before.ConfigSum) {
		if !signsConfigs(before.Lists) {
			return nil
		}
		// The file is what came last, before a TVS was asked or not.
		file, err := itl.ParseFile(t.lastFile[s.Index])
		if err == nil {
			err = c.mayStore(s, &file.Signed, itl.TFTP, itl.CCMTFTP)
		}
		if err != nil {
			return fmt.Errorf("%s puts a configuration in force: %w", s.Phone.Name(), err)
		}
	}
	return nil
}

// mayStore returns an error if nobody vouches for a file.
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
			if slices.Contains(roles, rec.Role) && sameSigner(rec.Identity, file.Signer) && file.Verify(rec.Key()) == nil {
				return nil
			}
		}
	}
	for _, a := range c.seen[s.Index].answers {
		cert, err := x509.ParseCertificate(a.Certificate)
		if err != nil || a.Status != tvs.Valid || !s.At.Before(a.expires) || !sameSigner(itl.IdentityOf(cert), file.Signer) {
			continue
		}
		key, _ := cert.PublicKey.(*rsa.PublicKey)
		may := slices.ContainsFunc(a.Roles, func(r itl.Role) bool { return slices.Contains(roles, r) })
		if may && file.Verify(key) == nil {
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

// sameSigner reports whether two identities have the issuer and the serial number
// in common.
func sameSigner(a, b itl.Identity) bool {
	return a.Issuer == b.Issuer && bytes.Equal(a.Serial, b.Serial)
}

// onFaith reports whether a phone takes any list: it stores none, or one of nothing
// but SAST and CAPF entries, that of a rollback.
func onFaith(l phone.Lists) bool {
	return l.CTL == nil && (l.ITL == nil || len(l.ITL.With(itl.SAST, itl.CAPF)) == len(l.ITL.Records))
}

// signsConfigs reports whether a phone wants its configuration signed: by an entry
// of its lists that may do so. A CTL of non-secure mode names servers without their
// certificates.
func signsConfigs(l phone.Lists) bool {
	for _, list := range []*itl.List{l.CTL, l.ITL} {
		if list != nil && slices.ContainsFunc(list.With(itl.TFTP, itl.CCMTFTP), (*itl.Record).Certified) {
			return true
		}
	}
	return false
}
