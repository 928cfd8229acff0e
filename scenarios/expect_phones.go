package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/internal/cause"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/scenarios/language"
	"itlsim/scenarios/report"
)

// What is the case with phones is said so that it can follow "4 of 8": "are
// locked", "hold none". It names neither the phone nor an address: see
// report.Teller.

// ofPhonesThatKnowITLs has sentences leave out phones that know none.
func ofPhonesThatKnowITLs(rules []language.Rule[predicate]) []language.Rule[predicate] {
	for i := range rules {
		rules[i].Means.leavesOut = func(s *subject) bool { return s.Profile.NoITL }
	}
	return rules
}

var aboutTrust = []language.Rule[predicate]{
	{Sentence: "<phones> (is=are {state})", Means: predicate{
		ofPhone: func(s *subject) string {
			return s.unless(s.State.String() == s.said.Words["state"], (*subject).condition)
		},
		// A phone that knows no ITL has nothing to trust by but a CTL.
		leavesOut: func(s *subject) bool { return s.Profile.NoITL && !s.Flash.Lists.Installed() },
	}, Says: "`locked`: a file was refused, but a TVS may still help; `untrusted`: every trust point is lost"},
	phones("(have no trust list|would take the next list on faith)", func(s *subject) string {
		return s.unless(s.Flash.Lists.OnFaith(), (*subject).condition)
	}).Explained("the two mean the same: they hold none, or the rollback list"),
}

// condition is a phone's state and the refusals that led to it.
func (s *subject) condition() string {
	is := "are " + strings.Replace(s.State.String(), "none", "without a trust list", 1)
	for i, r := range s.refusals() {
		is += []string{": ", "; "}[min(i, 1)] + fmt.Sprintf("%s refused: %v", r.files, r.reason)
	}
	return is
}

// aboutRefusals has a sentence for each reason that a phone has to refuse a file.
func aboutRefusals() (rules []language.Rule[predicate]) {
	for _, why := range phone.Explanations() {
		is := func(r *phone.Refusal) bool { return phone.Explain(r.Reason) == why }
		rules = append(rules, phonesBy(fleet.Verdicts, "refused a file because "+why.Because, func(s *subject) string {
			return s.unless(slices.ContainsFunc(s.Refusals(), is), (*subject).refused)
		}).Explained("in their last boot"))
	}
	return append(rules, phonesBy(fleet.Verdicts, "refused nothing", func(s *subject) string {
		return s.unless(s.Refusal == nil, (*subject).refused)
	}).Explained("in their last boot"))
}

// refused says what a phone refused in its last boot, and why.
func (s *subject) refused() string {
	if s.Refusal == nil {
		return "refused nothing"
	}
	var said []string
	for _, r := range s.refusals() {
		said = append(said, fmt.Sprintf("%s: %v", r.files, r.reason))
	}
	return "refused " + strings.Join(said, "; and ")
}

// A refusal is of one file or more for one reason.
type refusal struct {
	files  string
	reason phone.Reason
}

// refusals are all of a phone's last boot: list and configuration each.
func (s *subject) refusals() (all []refusal) {
	for _, r := range s.Refusals() {
		last := len(all) - 1
		if last >= 0 && all[last].reason.Error() == r.Reason.Error() {
			all[last].files += " and " + r.File.String()
			continue
		}
		all = append(all, refusal{r.File.String(), r.Reason})
	}
	return all
}

var aboutReset = []language.Rule[predicate]{
	phones("would come back by utils itl reset", func(s *subject) string {
		return s.unless(s.teller.HoldsResetSigner(s.View, s.member.Home), func(s *subject) string {
			return "do not hold the present " + report.ResetRecord(s.member.Home.Cluster())
		})
	}).Explained("they hold the record of the key that the command signs with"),
}

var aboutState = []language.Rule[predicate]{
	phones("are (power=on|off)", func(s *subject) string {
		if s.On {
			return unless(s.said.Words["power"] == "on", "are on")
		}
		return unless(s.said.Words["power"] == "off", "are off")
	}).Explained("with or without power"),
	{
		Sentence: "<phones> (is=are registered[ with (where=the cluster|the other cluster|{node})])",
		Means:    predicate{ofPhone: (*subject).registered, possible: namesCluster},
		Says: "as the call managers know it, those of the scenario's own cluster if none is named. A phone without " +
			"power stays registered until that lapses, and one that changed clusters without a word may be with both",
	},
}

// registered says where a phone is registered, by what its call managers know: it
// may be at two clusters, where it went without a word. "" where it is where the
// expectation says, which is the scenario's own cluster if it says nothing.
func (s *subject) registered() string {
	where := s.said.Words["where"]
	var at []string
	for _, c := range s.Clusters() {
		n := s.caller().CallManager(c)
		if n == nil {
			continue
		}
		of, name := theCluster, n.Name()
		if c == s.Other {
			of, name = theOtherCluster, name+" of "+theOtherCluster
		}
		if named, err := s.Node(where); where == of || where == "" && of == theCluster || err == nil && named == n {
			return ""
		}
		at = append(at, name)
	}
	if len(at) == 0 {
		return s.notRegistered()
	}
	return "are registered with " + strings.Join(at, " and ")
}

// The clusters, as sentences name them.
const (
	theCluster      = "the cluster"
	theOtherCluster = "the other cluster"
)

// namesCluster refuses to speak of a cluster that is not there.
func namesCluster(v vocabulary, said language.Said) error {
	if said.Words["where"] == theOtherCluster && v.other == nil {
		return noOtherCluster(said.At("where") + len("the "))
	}
	return nil
}

var aboutLists = []language.Rule[predicate]{
	phones("hold the list of {node}", func(s *subject) string {
		n, err := s.Node(s.said.Words["node"])
		if err != nil {
			return err.Error()
		}
		return s.unless(held(s).SHA1() == served(n).SHA1(), (*subject).which)
	}).Explained("the one it serves now"),
	phones("hold their own node's list", func(s *subject) string {
		return s.unless(held(s).SHA1() == served(s.member.Home).SHA1(), (*subject).which)
	}).Explained("the one of their first TFTP server"),
	phones("hold the list that they held before", func(s *subject) string {
		was, is := s.before.held[s.number], s.Flash.Lists.ITL
		return s.unless(was == is || was != nil && was.SHA1() == held(s).SHA1(), (*subject).which)
	}).Explained("when the step began"),
	phones("hold a list signed by the {unit} key of {node}", func(s *subject) string {
		n, err := s.Node(s.said.Words["node"])
		if err != nil {
			return err.Error()
		}
		return s.holdSigned(cucm.Unit(s.said.Words["unit"]), n)
	}).Explained("its present key"),
	phones("hold a list signed by their own node's CallManager key", func(s *subject) string {
		return s.holdSigned(cucm.CallManager, s.member.Home)
	}).Explained("the present key of their first TFTP server"),
	phones("hold a list without TFTP and TVS entries", func(s *subject) string {
		switch n := len(held(s).With(itl.TFTP, itl.CCMTFTP, itl.TVS)); {
		case s.Flash.Lists.ITL == nil:
			return "hold none"
		case n > 0:
			return fmt.Sprintf("hold one with %d such entries", n)
		}
		return ""
	}).Explained("the rollback list is such a list"),
	phones("hold the rollback list", func(s *subject) string {
		rollback := s.Flash.Lists.ITL != nil && phone.Lists{ITL: s.Flash.Lists.ITL}.OnFaith()
		return s.unless(rollback, (*subject).which)
	}).Explained("nothing but SAST and CAPF entries"),
	phones("(have=hold|lack) the record {name}", func(s *subject) string {
		is := "lack it"
		switch {
		case len(records(held(s), s.said.Words["name"])) > 0:
			is = "hold it"
		case s.Flash.Lists.ITL == nil:
			is = "lack it, since they hold no list"
		}
		return unless(strings.HasPrefix(is, s.said.Words["have"]), is)
	}).Explained("one whose common name begins with it"),
	phones("hold one ITLRECOVERY record, that of {node}", func(s *subject) string {
		var names []string
		for _, r := range records(held(s), cucm.RecoveryPrefix) {
			names = append(names, itl.CommonName(r.Subject))
		}
		switch {
		case len(names) == 0:
			return "hold none"
		case len(names) > 1 || !itl.Named(names[0], cucm.RecoveryPrefix+s.said.Words["node"]):
			return "hold " + strings.Join(names, " and ")
		}
		return ""
	}).Explained("and no other of that kind"),
	tookList("on faith", phone.ByFaith),
	tookList("by TVS", phone.ByTVS, phone.ByCache),
	tookList("by a signer in their list", phone.ByITL, phone.ByCTL),
	phonesBy(fleet.Verdicts, "kept their list", func(s *subject) string {
		return s.unless(s.ListBy == phone.BySameFile, (*subject).tookList)
	}).Explained("the node served the one they already held"),
}

var aboutConfigurations = []language.Rule[predicate]{
	tookConfiguration("by TVS", phone.ByTVS, phone.ByCache),
	tookConfiguration("by a signer in their list", phone.ByITL, phone.ByCTL),
	tookConfiguration("unsigned", phone.ByFaith, phone.Unsigned),
	phones("have "+anySetting+" {onoff}", func(s *subject) string {
		if s.Flash.Config == nil {
			return "have no configuration"
		}
		is := "disabled"
		if *setting(s.said.Words["setting"], &s.Flash.Config.Settings) {
			is = "enabled"
		}
		if is == s.said.Words["onoff"] {
			return ""
		}
		return "have it " + is
	}).Explained("in the configuration that they hold"),
}

func tookList(how string, by ...phone.TrustPoint) language.Rule[predicate] {
	return phonesBy(fleet.Verdicts, "took their list "+how, func(s *subject) string {
		return s.unless(slices.Contains(by, s.ListBy), (*subject).tookList)
	}).Explained("in their last boot")
}

func tookConfiguration(how string, by ...phone.TrustPoint) language.Rule[predicate] {
	return phonesBy(fleet.Verdicts, "took their configuration "+how, func(s *subject) string {
		return s.unless(slices.Contains(by, s.ConfigBy), (*subject).tookConfiguration)
	}).Explained("in their last boot")
}

func (s *subject) tookList() string          { return took(s.ListBy, "on faith") }
func (s *subject) tookConfiguration() string { return took(s.ConfigBy, "unsigned") }

// took says what authenticated a file; onFaith is how one is taken that nothing
// did.
func took(by phone.TrustPoint, onFaith string) string {
	switch by {
	case phone.ByNothing:
		return "took none"
	case phone.BySameFile:
		return "kept the one that they held"
	case phone.ByFaith:
		return "took it " + onFaith
	}
	return "took it by " + by.String()
}

var aboutWhatIsSeen = []language.Rule[predicate]{
	phonesBy(fleet.Messages, "show {text}", func(s *subject) string {
		text := s.said.Words["text"]
		return s.unless(slices.ContainsFunc(s.Status(), func(line phone.StatusLine) bool {
			return strings.EqualFold(line.Text, text)
		}), (*subject).messages)
	}).Explained("among their status messages"),
	phonesBy(fleet.Display, "have {text} on their screen", func(s *subject) string {
		return s.unless(s.Screen == s.said.Words["text"], (*subject).screen)
	}).Explained("this and nothing else"),
	phones("sent <many> alarms", func(s *subject) string {
		n := 0
		for _, c := range s.Clusters() {
			n += s.caller().Alarms(c)
		}
		if least, most := s.said.Many().Range(n); least <= n && n <= most {
			return ""
		}
		return fmt.Sprintf("sent %d", n)
	}).Explained("DeviceTLInfo, to any cluster, since the beginning"),
}

// messages are the phone's status messages, the newest first, each once.
func (s *subject) messages() string {
	var texts []string
	for _, line := range slices.Backward(s.Status()) {
		if quoted := strconv.Quote(line.Text); !slices.Contains(texts, quoted) {
			texts = append(texts, quoted)
		}
	}
	if len(texts) == 0 {
		return "show no status message"
	}
	return "show " + strings.Join(texts, ", ")
}

// screen is what stands on the phone's screen, and why.
func (s *subject) screen() string {
	is := fmt.Sprintf("have %q there", s.Screen)
	if s.Screen == "" {
		is = "have nothing there"
	}
	if s.ScreenReason != nil {
		is += ": " + cause.OfPeer(s.ScreenReason)
	}
	return is
}

// settings that a phone takes from its configuration (M5).
var settings = []struct {
	name string
	of   func(*cnf.Settings) *bool
}{
	{"settings access", func(s *cnf.Settings) *bool { return &s.SettingsAccess }},
	{"web access", func(s *cnf.Settings) *bool { return &s.WebAccess }},
	{"SSH access", func(s *cnf.Settings) *bool { return &s.SSHAccess }},
	{"SPAN to PC port", func(s *cnf.Settings) *bool { return &s.SpanToPCPort }},
}

// anySetting is the choice of one of them.
var anySetting = "(setting=" + strings.Join(settingNames(), "|") + ")"

func settingNames() (names []string) {
	for _, one := range settings {
		names = append(names, one.name)
	}
	return names
}

// setting finds one by its name.
func setting(name string, s *cnf.Settings) *bool {
	for _, one := range settings {
		if one.name == name {
			return one.of(s)
		}
	}
	return new(bool) // no act or sentence names another
}

// held is the list that a phone holds, an empty one where it has none.
func held(s *subject) *itl.List {
	if s.Flash.Lists.ITL == nil {
		return &itl.List{}
	}
	return s.Flash.Lists.ITL
}

// which says which list a phone holds.
func (s *subject) which() string {
	if s.Flash.Lists.ITL == nil {
		return "hold none"
	}
	for _, n := range s.Nodes() {
		if served(n).SHA1() == held(s).SHA1() {
			return "hold that of " + n.Name()
		}
	}
	return "hold one that no node serves, signed by " + held(s).Signer.Name()
}

// holdSigned says who signed the list that a phone holds, "" where a node's
// present key did.
func (s *subject) holdSigned(u cucm.Unit, n *cucm.Node) string {
	if s.Flash.Lists.ITL == nil {
		return "hold none"
	}
	if by := s.otherSigner(held(s), u, n); by != "" {
		return "hold one signed by " + by
	}
	return ""
}

// otherSigner is who signed a list, "" where a node's present key did.
func (p *Player) otherSigner(l *itl.List, u cucm.Unit, n *cucm.Node) string {
	cert := n.Certificate(u)
	if cert == nil {
		return l.Signer.Name() + ", and " + n.Name() + " has no " + string(u)
	}
	want := p.teller.Identity(cert)
	switch got := l.Signer; {
	case got.Same(want):
		return ""
	case got.Name() == want.Name():
		return "an earlier key of " + got.Name()
	default:
		return got.Name()
	}
}

// records are those whose common name begins with a name.
func records(l *itl.List, name string) []*itl.Record {
	var all []*itl.Record
	for i := range l.Records {
		if strings.HasPrefix(itl.CommonName(l.Records[i].Subject), name) {
			all = append(all, &l.Records[i])
		}
	}
	return all
}
