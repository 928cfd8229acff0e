package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"itlsim/cucm"
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
		verb("System > Enterprise Parameters > TFTP File Signature Algorithm = (value=SHA-1|SHA-512)", SetDigest),
		verb("System > Enterprise Parameters > Phone Interaction on Certificate Update = (value=automatic|manual)",
			SetInteraction),
		verb("Security > Bulk Certificate Management > SFTP server {server=name} user {user=name} "+
			"password {password=name} directory {directory=name}[ on {node}]", setBulkServer),
		verb("Security > Bulk Certificate Management > (bulk=Export|Consolidate|Import) "+
			"(type=All|Tomcat|TFTP|CAPF|ITL_Recovery)[ on {node}]", exchangeInBulk),
		verb("Security > Certificate Management > upload {unit} of {from=node} as {store}[ on {node}]",
			UploadCertificate),
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

// plainActs are the acts with a key that is the same in every scenario.
var plainActs = []struct {
	key  string
	says *language.Language[Verb]
	text string // that stands before the sentence in reports
	// types: some of them type commands, which may have more keys in a file.
	types bool
}{
	{key: "wait", says: waits, text: "wait "},
	{key: "page", says: pageActs, types: true},
	{key: "fault", says: faults},
}

// isCommand reports whether a key is of a command on a node.
func isCommand(key string) bool { return strings.HasPrefix(key, "on ") }

// vocabulary is what acts and expectations may name.
type vocabulary struct {
	language.Vocabulary
	other []string // its nodes that are the other cluster's; nil: there is none
	// has reports whether a node has a service: TFTP or TVS.
	has func(node string, s cucm.Service) bool
}

// services are the services that sentences name.
var services = map[string]cucm.Service{"TFTP": cucm.TFTPService, "TVS": cucm.TVSService}

// possible tells why an act can never be done, if so: where it speaks of another
// cluster, or of a node's service, there must be one.
func (v vocabulary) possible(a Act) error {
	nodes, service := []string{a.Node}, a.Service
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

// otherTFTP are the nodes of the other cluster that have TFTP: phones that move ask
// them.
func (v vocabulary) otherTFTP() []string {
	return slices.DeleteFunc(slices.Clone(v.other), func(n string) bool { return !v.has(n, cucm.TFTPService) })
}

// act understands an act: the key says what sort of act it is, the value what is
// done. Files and people who play steps of their own get their acts here, so that
// the same is checked for both. The error is a [*language.Error].
func (v vocabulary) act(key, value string) (Act, error) {
	k, err := v.actKey(key)
	if err != nil {
		return Act{}, err
	}
	return k.act(value)
}

// An actKey is a key of an act that was understood.
type actKey struct {
	vocabulary
	node   string                   // of a command
	says   *language.Language[Verb] // what may follow where it is no command
	text   string                   // that stands before what follows in reports
	phones language.Which
}

// actKey understands the key of an act.
func (v vocabulary) actKey(key string) (actKey, error) {
	if isCommand(key) {
		node := strings.TrimPrefix(key, "on ")
		if !slices.Contains(v.Nodes, node) {
			says := fmt.Sprintf("the cluster has no node %q%s", node, language.DidYouMean(node, v.Nodes))
			return actKey{}, &language.Error{At: len("on "), Says: says}
		}
		return actKey{vocabulary: v, node: node, text: key + ": "}, nil
	}
	for _, plain := range plainActs {
		if plain.key == key {
			return actKey{vocabulary: v, says: plain.says, text: plain.text}, nil
		}
	}
	if !strings.Contains(key, "phones") {
		return actKey{}, v.unknown(key)
	}
	_, said, err := targets.Parse(key, v.Vocabulary)
	if err != nil {
		return actKey{}, err
	}
	which := said.Which()
	if which.Reach == language.Anyhow {
		which.Reach = language.Online // offline phones are reached by this word only
	}
	return actKey{vocabulary: v, says: phoneActs, text: key + ": ", phones: which}, nil
}

// act makes an act of what follows the key.
func (k actKey) act(value string) (Act, error) {
	if k.says == nil {
		if !cli.Knows(value) {
			says := fmt.Sprintf("%q is no command of a node%s", value, language.DidYouMean(value, cli.CommandWords()))
			return Act{}, &language.Error{Says: says}
		}
		return Act{Text: k.text + value, Verb: TypeCommand, Node: k.node, Command: value}, nil
	}
	verb, said, err := k.says.Parse(value, k.Vocabulary)
	if err != nil {
		return Act{}, err
	}
	a := Act{
		Text: k.text + value, Verb: verb, Phones: k.phones,
		Node: said.Words["node"], Service: said.Words["service"], Setting: said.Words["setting"],
		Value: said.Words["value"], Share: said.Share("share"), On: said.Words["changed"] == "Enabled" || said.Words["truth"] == "True",
	}
	switch verb {
	case UseTFTP:
		a.Nodes = []string{said.Words["first"]}
		if second := said.Words["second"]; second != "" {
			a.Nodes = append(a.Nodes, second)
		}
	case setBulkServer, exchangeInBulk, UploadCertificate:
		return k.certificates(a, said)
	case LetTimePass:
		if a.Duration, err = duration(said); err != nil {
			return Act{}, err
		}
	case DelayDatagrams:
		a.Duration = time.Duration(min(said.Number("milliseconds"), maxDelay)) * time.Millisecond
	}
	return a, k.possible(a)
}

// noOtherCluster is the error of a sentence that speaks of one at a place.
func noOtherCluster(at int) error {
	return &language.Error{At: at, Says: "the scenario has no other cluster"}
}

// maxDelay is the longest delay of datagrams, in milliseconds: a minute.
const maxDelay = 60_000

// unknown is the error of a key that no act has.
func (v vocabulary) unknown(key string) error {
	keys := []string{"phones"}
	for _, plain := range plainActs {
		keys = append(keys, plain.key)
	}
	for _, n := range v.Nodes {
		keys = append(keys, "on "+n)
	}
	says := fmt.Sprintf("%q is no act%s; there is %s", key, language.DidYouMean(key, keys), strings.Join(keys, ", "))
	return &language.Error{Says: says}
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
