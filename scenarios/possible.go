package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/itl"
	"itlsim/scenarios/language"
)

// possible tells why an act can never be done, if so: where it speaks of another
// cluster, or of a node's service, there must be one. Acts that are not made of
// sentences may have numbers and words that no sentence has.
func (v vocabulary) possible(a Act) error {
	for _, check := range []func(Act) error{v.phonesOf, numbersOf, wordOf} {
		if err := check(a); err != nil {
			return err
		}
	}
	nodes, service := []string{a.Node}, a.Service
	if a.Group != "" && !slices.Contains(v.Groups, a.Group) {
		return &language.Error{Says: "there is no group " + a.Group}
	}
	switch a.Verb {
	case MoveToOther, ResetOtherPhones:
		switch {
		case v.other == nil:
			return noOtherCluster(0)
		case a.Verb == MoveToOther && len(v.otherTFTP()) == 0:
			return &language.Error{Says: "no node of the other cluster has TFTP"}
		}
		return nil
	case UseTFTP:
		nodes, service = a.Nodes, "TFTP"
	case ShowWrongTVS:
		service = "TVS"
	case ServeStaleList, CorruptLists, CorruptConfigurations:
		service = "TFTP"
	case StopService, StartService:
	case PartNodes, RejoinNodes:
		return v.pair(a.Nodes)
	case CutOffGroup, ReconnectGroup:
		if service == "" {
			return nil
		}
	default:
		return nil
	}
	for _, n := range nodes {
		if slices.Contains(v.Nodes, n) && !v.has(n, services[service]) {
			return &language.Error{Says: n + " has no " + service}
		}
	}
	return nil
}

// pair tells why two nodes can never be parted, if so.
func (v vocabulary) pair(nodes []string) error {
	if len(nodes) != 2 {
		return &language.Error{Says: "it takes two nodes to be cut off from each other"}
	}
	cluster := v.Nodes[:len(v.Nodes)-len(v.other)]
	if slices.Contains(v.other, nodes[0]) {
		cluster = v.other
	}
	if err := cucm.CheckPair(cluster, nodes[0], nodes[1]); err != nil {
		return &language.Error{Says: err.Error()}
	}
	return nil
}

// phonesOf tells why an act can be for no phones, if so: the group or the phone that it
// names must be there, and a part of them be a part.
func (v vocabulary) phonesOf(a Act) error {
	says := ""
	switch w := a.Phones; {
	case w.Group != "" && !slices.Contains(v.Groups, w.Group):
		says = fmt.Sprintf("there is no group %s of phones", w.Group)
	case w.Name != "" && !v.hasPhone(w.Name):
		return noPhone(w.Name, 0)
	case len(v.Groups) == 0 && a.Verb.toPhones():
		says = "there are no phones here that this can be done to: those that are registered are others'"
	case !(a.Part.Number >= 0): // nor is NaN a number
		says = "a part of the phones is none or more"
	case a.Part.Share && a.Part.Number > 1:
		says = "a share of the phones is at most 100%"
	case a.Part.Turn != "" && a.Part.Turn != language.TheNext && a.Part.Turn != language.TheRest:
		says = fmt.Sprintf("phones have no turn %q", a.Part.Turn)
	default:
		return nil
	}
	return &language.Error{Says: says}
}

// otherTFTP are the nodes of the other cluster that have TFTP: phones that move ask
// them.
func (v vocabulary) otherTFTP() []string {
	return slices.DeleteFunc(slices.Clone(v.other), func(n string) bool { return !v.has(n, cucm.TFTPService) })
}

// numbersOf tells why an act's numbers make no sense, if so.
func numbersOf(a Act) error {
	says := ""
	switch d := a.Duration; {
	case a.Verb == LetTimePass && (d < 0 || d > longest):
		says = "a wait takes nothing to a hundred years"
	case a.Verb == LoseDatagrams && !(a.Share >= 0 && a.Share <= 1): // nor is NaN a share
		says = "0% to 100% of all datagrams can be lost"
	case a.Verb == DelayDatagrams && (d < 0 || d > maxDelay):
		says = "a delay is nothing to a minute"
	case a.Verb == DelayDatagrams && (a.Jitter < 0 || a.Jitter > d):
		says = "a delay varies by at most itself"
	default:
		return nil
	}
	return &language.Error{Says: says}
}

// choices are the words among which an act chooses: its Value, or its Setting.
var choices = map[Verb][]string{
	SetDigest:      {itl.SHA1.String(), itl.SHA512.String()},
	SetInteraction: {"automatic", "manual"},
	SetSecurity:    securityModes(),
	Configure:      settingNames(),
}

// valueOf is the choice of a value in a sentence.
func valueOf(v Verb) string { return "(value=" + strings.Join(choices[v], "|") + ")" }

// wordOf tells why an act chooses a word that is not there, if so.
func wordOf(a Act) error {
	word, words := a.Value, choices[a.Verb]
	if a.Verb == Configure {
		word = a.Setting
	}
	if words == nil || slices.Contains(words, word) {
		return nil
	}
	return &language.Error{Says: fmt.Sprintf("%q is none of %s", word, strings.Join(words, ", "))}
}

// securityModes are those of a security profile, as people say them.
func securityModes() (words []string) {
	for _, mode := range cnf.SecurityModes() {
		words = append(words, mode.String())
	}
	return words
}

// securityMode is the mode that a word means.
func securityMode(word string) cnf.SecurityMode {
	return cnf.SecurityModes()[slices.Index(securityModes(), word)]
}
