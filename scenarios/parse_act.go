package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"itlsim/cucm/cli"
	"itlsim/scenarios/language"
)

// targets are the keys that say which phones an act is for.
var targets = language.New(verb("[(reach=offline|online) ]phones<which>", ""))

// The languages of acts: what may follow each key.
var (
	phoneActs = language.New(
		verb("power on", PowerOn),
		verb("power off", PowerOff),
		verb("reset", Reset),
		verb("erase the trust list", EraseList),
		verb("factory reset", FactoryReset),
		verb("open the directory", OpenDirectory),
		verb("use TFTP {first=node}[ then {second=node}]", UseTFTP),
		verb("move to the other cluster", MoveToOther),
	)
	pageActs = language.New(
		verb("System > Enterprise Parameters > Reset", ResetPhones),
		verb("Enterprise Parameters > Reset of the other cluster", ResetOtherPhones),
		verb("System > Enterprise Parameters > Prepare Cluster for Rollback to pre 8.0 = {truth}", PrepareRollback),
		verb("Common Phone Profile > "+anySetting+" = {changed}", Configure),
	)
	waits  = language.New(verb("{number} {timeunit}", LetTimePass))
	faults = language.New(
		verb("{service} of {node} is down", StopService),
		verb("{service} of {node} is up again", StartService),
		verb("{node} is down", PowerOffNode),
		verb("{node} is up again", PowerOnNode),
		verb("the network loses {share=percent} of all datagrams", LoseDatagrams),
		verb("the network delays datagrams by {milliseconds=number} ms", DelayDatagrams),
		verb("the network is sound again", HealNetwork),
		verb("TVS of {node} shows a wrong certificate", ShowWrongTVS),
		verb("TFTP of {node} serves a stale list", ServeStaleList),
		verb("TFTP of {node} serves corrupted lists", CorruptLists),
		verb("TFTP of {node} serves corrupted configurations", CorruptConfigurations),
		verb("{node} serves what it should again", HealFiles),
	)
)

func verb(sentence string, v Verb) language.Rule[Verb] {
	return language.Rule[Verb]{Sentence: sentence, Means: v}
}

// vocabulary is what acts and expectations may name.
type vocabulary struct {
	language.Vocabulary
	otherCluster bool // there is one
}

// An actError tells in which part of an act it stops making sense.
type actError struct {
	inKey bool // else in the value
	err   *language.Error
}

func (e *actError) Error() string { return e.err.Error() }
func (e *actError) Unwrap() error { return e.err }

// act understands an act: the key says of which kind it is, the value what is
// done. It is the one place in which acts are made and checked. The error is an
// [*actError].
func (v vocabulary) act(key, value string) (Act, error) {
	if node, ok := strings.CutPrefix(key, "on "); ok {
		return v.command(node, value)
	}
	var which language.Which
	said, text := waits, "wait "+value
	switch {
	case key == "wait":
	case key == "page":
		said, text = pageActs, value
	case key == "fault":
		said, text = faults, value
	case strings.Contains(key, "phones"):
		_, target, err := targets.Parse(key, v.Vocabulary)
		if err != nil {
			return Act{}, misunderstood(true, err)
		}
		if which = target.Which(); which.Reach == language.Anyhow {
			which.Reach = language.Online // offline phones are reached by this word only
		}
		said, text = phoneActs, key+": "+value
	default:
		return Act{}, v.unknown(key)
	}
	a, err := v.sentence(said, value)
	a.Text, a.Phones = text, which
	return a, err
}

// sentence makes an act of what one of the languages says.
func (v vocabulary) sentence(l *language.Language[Verb], value string) (Act, error) {
	verb, said, err := l.Parse(value, v.Vocabulary)
	if err != nil {
		return Act{}, misunderstood(false, err)
	}
	a := Act{
		Verb: verb, Node: said.Words["node"], Service: said.Words["service"], Setting: said.Words["setting"],
		Share: said.Share("share"), On: said.Words["changed"] == "Enabled" || said.Words["truth"] == "True",
	}
	switch verb {
	case UseTFTP:
		a.Nodes = []string{said.Words["first"]}
		if second := said.Words["second"]; second != "" {
			a.Nodes = append(a.Nodes, second)
		}
	case MoveToOther, ResetOtherPhones:
		if !v.otherCluster {
			return Act{}, &actError{false, &language.Error{Says: "the scenario has no other cluster"}}
		}
	case LetTimePass:
		if a.Duration, err = duration(said); err != nil {
			return Act{}, misunderstood(false, err)
		}
	case DelayDatagrams:
		a.Duration = time.Duration(min(said.Number("milliseconds"), maxDelay)) * time.Millisecond
	}
	return a, nil
}

// maxDelay is the longest delay of datagrams, in milliseconds: a minute.
const maxDelay = 60_000

// command makes the act of a command typed on a node.
func (v vocabulary) command(node, line string) (Act, error) {
	if !slices.Contains(v.Nodes, node) {
		says := fmt.Sprintf("the cluster has no node %q%s", node, language.DidYouMean(node, v.Nodes))
		return Act{}, &actError{true, &language.Error{At: len("on "), Says: says}}
	}
	if !cli.Knows(line) {
		says := fmt.Sprintf("%q is no command of a node%s", line, language.DidYouMean(line, cli.CommandWords()))
		return Act{}, &actError{false, &language.Error{Says: says}}
	}
	return Act{Text: fmt.Sprintf("on %s: %s", node, line), Verb: TypeCommand, Node: node, Command: line}, nil
}

// unknown is the error of a key that no act has.
func (v vocabulary) unknown(key string) error {
	keys := []string{"phones", "wait", "page", "fault"}
	for _, n := range v.Nodes {
		keys = append(keys, "on "+n)
	}
	says := fmt.Sprintf("%q is no act%s; there is %s", key, language.DidYouMean(key, keys), strings.Join(keys, ", "))
	return &actError{true, &language.Error{Says: says}}
}

// misunderstood is an error of a language, as that of an act.
func misunderstood(inKey bool, err error) error {
	e, ok := err.(*language.Error)
	if !ok {
		e = &language.Error{Says: err.Error()}
	}
	return &actError{inKey, e}
}

// longest is the longest time that a sentence may name.
const longest = 100 * 365 * 24 * time.Hour

// duration is what "{number} {timeunit}" was filled in with.
func duration(said language.Said) (time.Duration, error) {
	unit := map[string]time.Duration{
		"ms": time.Millisecond, "s": time.Second, "second": time.Second, "minute": time.Minute, "hour": time.Hour,
		"day": 24 * time.Hour, "year": 365 * 24 * time.Hour,
	}
	name := said.Words["timeunit"]
	each, ok := unit[name]
	if !ok {
		each = unit[strings.TrimSuffix(name, "s")]
	}
	n := said.Number("number")
	if int64(n) > int64(longest/each) {
		says := fmt.Sprintf("%s %s are more than a hundred years", said.Words["number"], name)
		return 0, &language.Error{Says: says}
	}
	return time.Duration(n) * each, nil
}
