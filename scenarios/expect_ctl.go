package scenarios

import (
	"errors"
	"fmt"
	"strings"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/internal/cause"
	"itlsim/itl"
	"itlsim/scenarios/language"
)

// aboutCTL is the CTL of a cluster in mixed mode: what nodes serve and phones hold.
var aboutCTL = []language.Rule[predicate]{
	cluster("the cluster is in (mode=mixed|non-secure) mode", func(p *Player, said language.Said) error {
		is := "non-secure"
		if p.Cluster.SecurityMode() == cucm.Mixed {
			is = "mixed"
		}
		if is != said.Words["mode"] {
			return fmt.Errorf("it is in %s mode", is)
		}
		return nil
	}).Explained("the parameter Cluster Security Mode"),
	cluster("all nodes serve the same CTL", func(p *Player, _ language.Said) error {
		publisher := p.Cluster.Publisher()
		for _, n := range p.Cluster.Nodes() {
			if mine, its := checksum(publisher.ServedCTL()), checksum(n.ServedCTL()); mine != its {
				return fmt.Errorf("%s serves %s, and %s serves %s", publisher.Name(), mine, n.Name(), its)
			}
		}
		return nil
	}).Explained("byte for byte, or none at all"),
	node("{node} serves no CTL", func(_ *Player, n *cucm.Node, _ language.Said) error {
		if n.ServedCTL() != nil {
			return errors.New("it serves one")
		}
		return nil
	}).Explained("phones then keep the one they hold"),
	node("{node} serves a CTL signed by the {unit} key of {signer=node}",
		func(p *Player, n *cucm.Node, said language.Said) error {
			signer, err := p.Node(said.Words["signer"])
			if err != nil {
				return err
			}
			if by := p.notSignedBy(n.ServedCTL(), cucm.Unit(said.Words["unit"]), signer); by != "" {
				return errors.New("it serves " + by)
			}
			return nil
		}).Explained("its present key"),
	node("the CTL of {node} (have=has|lacks) the {unit} certificate of {owner=node}",
		func(p *Player, n *cucm.Node, said language.Said) error {
			owner, err := p.Node(said.Words["owner"])
			if err != nil {
				return err
			}
			switch has := holdsCertificate(n.ServedCTL(), owner.Certificate(cucm.Unit(said.Words["unit"]))); {
			case has == (said.Words["have"] == "has"):
				return nil
			case n.ServedCTL() == nil:
				return errors.New("it serves none")
			case has:
				return errors.New("it has it")
			default:
				return errors.New("it lacks it")
			}
		}).Explained("its present one, in whatever role"),
	phones("hold no CTL", func(s *subject) string { return s.unless(s.Flash.Lists.CTL == nil, (*subject).whichCTL) }).
		Explained("as outside mixed mode"),
	phones("hold the CTL of {node}", func(s *subject) string {
		n, err := s.Node(s.said.Words["node"])
		if err != nil {
			return err.Error()
		}
		ctl := s.Flash.Lists.CTL
		return s.unless(ctl != nil && checksum(ctl) == checksum(n.ServedCTL()), (*subject).whichCTL)
	}).Explained("the one it serves now"),
	phones("hold a CTL signed by the {unit} key of {node}", func(s *subject) string {
		n, err := s.Node(s.said.Words["node"])
		if err != nil {
			return err.Error()
		}
		if by := s.notSignedBy(s.Flash.Lists.CTL, cucm.Unit(s.said.Words["unit"]), n); by != "" {
			return "hold " + by
		}
		return ""
	}).Explained("its present key"),
	phones("hold a CTL without certificates of servers", func(s *subject) string {
		ctl := s.Flash.Lists.CTL
		if ctl == nil {
			return "hold none"
		}
		for _, rec := range ctl.With(itl.CCM, itl.CCMTFTP, itl.TFTP) {
			if rec.Certified() {
				return "hold one with such certificates"
			}
		}
		return ""
	}).Explained("as after the return to non-secure mode"),
	phones("(have=hold|lack) the {unit} certificate of {node} in their CTL", func(s *subject) string {
		n, err := s.Node(s.said.Words["node"])
		if err != nil {
			return err.Error()
		}
		is := "lack it"
		if holdsCertificate(s.Flash.Lists.CTL, n.Certificate(cucm.Unit(s.said.Words["unit"]))) {
			is = "hold it"
		}
		return unless(strings.HasPrefix(is, s.said.Words["have"]), is)
	}).Explained("its present one, in whatever role"),
}

// aboutSecurity is what secure phones are: registered by TLS, with an LSC.
var aboutSecurity = []language.Rule[predicate]{
	phonesBy(fleet.Calls, "are registered by TLS", func(s *subject) string {
		if s.View.CallManager == "" {
			return s.notRegistered()
		}
		return unless(s.byTLS(), "are registered over TCP")
	}).Explained("as phones with a secure profile in mixed mode"),
	phonesBy(fleet.Verdicts, "took their configuration encrypted", func(s *subject) string {
		return s.unless(s.Encrypted, (*subject).tookConfiguration)
	}).Explained("in their last boot, by their LSC"),
	phones("hold an LSC of the present CAPF", func(s *subject) string {
		lsc := s.Flash.LSC
		if lsc == nil {
			return "hold none"
		}
		return unless(s.ClusterOf(s.member.Home).IssuedLSC(lsc.Certificate), "hold one of another CAPF")
	}).Explained("or of one that was imported into CAPF-trust"),
}

// byTLS reports whether the configuration that a phone holds has it register by TLS.
func (s *subject) byTLS() bool { return s.Flash.Config != nil && s.Flash.Config.Security.ByTLS() }

// notRegistered is why a phone is not registered, as far as it knows.
func (s *subject) notRegistered() string {
	switch {
	case !s.On || s.View.CallManager != "" || len(s.NotRegistered) == 0:
		return "are not registered"
	case s.byTLS() && s.Flash.LSC == nil:
		return "are not registered, and hold no LSC"
	}
	return "are not registered: " + cause.OfPeer(s.NotRegistered[0])
}

// whichCTL says which CTL a phone holds.
func (s *subject) whichCTL() string {
	ctl := s.Flash.Lists.CTL
	if ctl == nil {
		return "hold none"
	}
	for _, n := range s.Nodes() {
		if checksum(n.ServedCTL()) == checksum(ctl) {
			return "hold that of " + n.Name()
		}
	}
	return "hold one that no node serves, signed by " + ctl.Signer.Name()
}

// notSignedBy says what a CTL is in place of one that a node's present key signed:
// "" where that did.
func (p *Player) notSignedBy(ctl *itl.List, u cucm.Unit, n *cucm.Node) string {
	if ctl == nil {
		return "none"
	}
	if by := p.otherSigner(ctl, u, n); by != "" {
		return "one signed by " + by
	}
	return ""
}

// holdsCertificate reports whether a list has a certificate, in whatever role.
func holdsCertificate(l *itl.List, cert *cucm.Certificate) bool {
	if l == nil {
		return false
	}
	for i := range l.Records {
		if l.Records[i].Holds(cert.Certificate.Raw) {
			return true
		}
	}
	return false
}
