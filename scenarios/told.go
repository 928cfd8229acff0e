package scenarios

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxTold is how many acts of a step are told in words: more than can be followed.
const maxTold = 8

// Told is what a step says; where it says nothing, what it does, in words.
func (s Step) Told() string {
	if s.Says != "" {
		return s.Says
	}
	var all []string
	for _, a := range s.Do {
		all = append(all, a.told())
	}
	switch more := len(all) - maxTold; {
	case len(all) == 0:
		return "Nothing is done. What is expected is looked at."
	case more > 1: // one more takes no more room than to say so
		all = append(all[:maxTold], fmt.Sprintf("%d things more", more))
	}
	told := strings.Join(all, "; then ") + "."
	if s.Repeat.Text != "" {
		told += " This is done " + s.Repeat.Text + "."
	}
	first, size := utf8.DecodeRuneInString(told)
	return string(unicode.ToUpper(first)) + told[size:]
}

// atPhones are what happens to phones, in words.
var atPhones = map[Verb]string{
	PowerOn: "are switched on", PowerOff: "lose their power", Reset: "are reset",
	EraseList: "have their trust list erased, by somebody at the phone", FactoryReset: "are reset to factory settings",
	OpenDirectory: "are asked for their directory", MoveToOther: "get the other cluster's servers",
	InstallLSC: "get another certificate of their own",
}

var onOrOff = map[bool]string{true: "on", false: "off"}

// told is what an act does, in words.
func (a Act) told() string {
	who, what, _ := strings.Cut(a.Text, ": ")
	switch {
	case a.Verb == TypeCommand && a.Refused != "":
		return fmt.Sprintf("“%s” is tried on %s, and refused", a.Command, a.Node)
	case a.Verb == TypeCommand:
		return a.toldCommand()
	case atPhones[a.Verb] != "":
		return who + " " + atPhones[a.Verb]
	case a.Verb == UseTFTP:
		return who + " " + strings.Replace(what, "use TFTP", "get as servers", 1)
	case a.Verb == LetTimePass:
		return "time passes: " + strings.TrimPrefix(a.Text, "wait ")
	case a.Verb == WaitUntil:
		return "time passes " + strings.TrimPrefix(a.Text, "wait ")
	case a.Verb == ResetPhones:
		return "all phones are reset"
	case a.Verb == ResetOtherPhones:
		return "all phones of the other cluster are reset"
	case a.Verb == Configure:
		return fmt.Sprintf("%s is switched %s in the phones' configurations", a.Setting, onOrOff[a.On])
	case strings.ContainsAny(a.Text, ">="):
		return "on the administration page: " + a.Text
	}
	return a.Text // a fault says what is the case
}

// toldCommand is what a command does, in words.
func (a Act) toldCommand() string {
	words := strings.Fields(a.Command)
	is := func(begin string) bool { return strings.HasPrefix(a.Command+" ", begin+" ") }
	switch last := words[len(words)-1]; {
	case is("set cert regen") && len(words) == 4:
		return fmt.Sprintf("the %s certificate of %s is made anew", last, a.Node)
	case is("utils itl reset"):
		return fmt.Sprintf("“%s” has %s sign its list with the recovery key", a.Command, a.Node)
	case is("utils service restart"):
		return fmt.Sprintf("%s is restarted on %s", strings.Join(words[3:], " "), a.Node)
	}
	return fmt.Sprintf("“%s” is typed on %s", a.Command, a.Node)
}
