package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/scenarios/language"
)

// The languages of acts: what may follow each key.
var (
	phoneActs = language.New(
		verb("power on", PowerOn).Explained("they boot"),
		verb("power off", PowerOff).Explained("they lose power, whatever they were doing; what they stored stays"),
		verb("reset", Reset).Explained("they boot again; one that is off misses it"),
		verb("erase the trust list", EraseList).
			Explained("at the phone: CTL and ITL are gone, and it boots; nothing happens if settings access is disabled"),
		verb("factory reset", FactoryReset).
			Explained("while the phone starts: it forgets everything it stored, and boots"),
		verb("open the directory", OpenDirectory).
			Explained("the Directories button: an HTTPS service whose certificate a TVS must vouch for"),
		verb("use TFTP {first=node}[ then {second=node}]", UseTFTP).
			Explained("as if DHCP option 150 named these nodes; from the next boot on, so a `reset` must follow"),
		verb("move to the other cluster", MoveToOther).
			Explained("the same with all nodes of the other cluster; from the next boot on, so a `reset` must follow"),
		verb("install a new LSC", InstallLSC).
			Explained("CAPF gives them another certificate, if their lists name it; in use from the next registration on"),
	)
	pageActs = language.New(
		verb("System > Enterprise Parameters > Reset", ResetPhones).
			Explained("the cluster resets all phones that are registered with it; if none is, as between a restart of "+
				"Cisco CallManager and a wait of two minutes, an expectation fails"),
		verb("Enterprise Parameters > Reset of the other cluster", ResetOtherPhones).
			Explained("the other cluster resets its phones"),
		verb("System > Enterprise Parameters > Prepare Cluster for Rollback to pre 8.0 = {truth}[ on {node}]",
			PrepareRollback).Explained("nodes serve the rollback list, or proper lists again, and phones are reset; "+
			"with `on NODE` it is the page of that node's cluster"),
		verb("System > Enterprise Parameters > TFTP File Signature Algorithm = "+valueOf(SetDigest)+"[ on {node}]",
			SetDigest).Explained("takes effect when TFTP next starts"),
		verb("System > Enterprise Parameters > Phone Interaction on Certificate Update = "+
			valueOf(SetInteraction)+"[ on {node}]", SetInteraction).
			Explained("whether a new certificate resets the phones; since release 14, where it is `automatic` at first"),
		verb("Security > Bulk Certificate Management > SFTP server {server=name} user {user=name} "+
			"password {password=name} directory {directory=name}[ on {node}]", setBulkServer).
			Explained("the server on which both clusters leave their certificates; on the publisher's page if no node is named"),
		verb("Security > Bulk Certificate Management > (bulk=Export|Consolidate|Import) "+
			"(type=All|Tomcat|TFTP|CAPF|ITL_Recovery)[ on {node}]", exchangeInBulk).
			Explained("the three steps of a migration, on the publisher's page if no node is named"),
		verb("Security > Certificate Management > upload {unit} of {node} signed by the certificate authority",
			UploadSigned).Explained("the certificate that the authority makes from the CSR of `set csr gen` on the node"),
		verb("Security > Certificate Management > upload the root of the certificate authority as {store}[ on {node}]",
			UploadRoot).Explained("without it, the node refuses certificates that the authority signed"),
		verb("Security > Certificate Management > upload {unit} of {from=node} as {store}[ on {node}]",
			UploadCertificate).Explained("on the publisher's page if no node is named"),
		verb("Device Security Mode of {group} = "+valueOf(SetSecurity), SetSecurity).
			Explained("the phones' security profile; takes effect in mixed mode, at their next boot"),
		verb("TFTP Encrypted Config of {group} = {changed}", SetEncrypted).
			Explained("the phones' security profile; configurations are encrypted for phones that have an LSC"),
		verb("Common Phone Profile > "+anySetting+" = {changed}[ on {node}]", Configure).
			Explained("in the configurations that phones get from now on; with `on NODE` it is the page of that node's "+
				"cluster"),
	)
	waits = language.New(
		verb("{number} {timeunit}", LetTimePass).Explained("on the scenario's clock; costs no real time"),
		verb("until [({weekday}|{date}) ]{clock}", WaitUntil).
			Explained("until the next such time on the scenario's clock, in UTC; `begins` sets the clock. `until 02:00`, "+
				"`until Saturday 02:00`, `until 2027-03-01 02:00`"),
	)
	faults = language.New(
		verb("{service} of {node} is down", StopService).
			Explained("the service no longer answers, and the node does not know"),
		verb("{service} of {node} is up again", StartService).Explained("it answers again"),
		verb("{node} is down", PowerOffNode).Explained("without power"),
		verb("{node} is up again", PowerOnNode).Explained("with power, and its services started"),
		verb("the network[ of {group}] loses {share=percent} of all datagrams", LoseDatagrams).
			Explained("of those that all phones, or those of a group, send and receive"),
		verb("the network[ of {group}] delays[ datagrams] by {milliseconds=number} ms"+
			`[ \(varying by {jitter=number} ms\)]`, DelayDatagrams).
			Explained("each datagram by this much, give or take up to the second number"),
		verb("the network[ of {group}] is sound again", HealNetwork).
			Explained("it no longer loses or delays anything; the network of all phones, or of the group"),
		verb("{group} is cut off from {node}", CutOffGroup).
			Explained("nothing gets through, and nothing says so: the group's phones wait until they give up"),
		verb("{service} of {node} cannot be reached by {group}", CutOffGroup).
			Explained("the same for one service, as behind a firewall"),
		verb("{one=subscriber} is cut off from {node}", PartNodes).
			Explained("a subscriber and its publisher: no change, list or reset reaches the subscriber, where nothing "+
				"in the database can be changed"),
		verb("{group} reaches {node} again", ReconnectGroup).Explained("ends the cut"),
		verb("{one=subscriber} reaches {node} again", RejoinNodes).
			Explained("ends it between nodes: the subscriber learns what has changed"),
		verb("{service} of {node} can be reached by {group} again", ReconnectGroup).Explained("removes the firewall"),
		verb("TVS of {node} shows a wrong certificate", ShowWrongTVS).Explained("so that phones do not ask it"),
		verb("TFTP of {node} serves a stale list", ServeStaleList).Explained("the one from the beginning of the step"),
		verb("TFTP of {node} serves corrupted lists", CorruptLists).
			Explained("one bit is wrong, and so the signature is too"),
		verb("TFTP of {node} serves corrupted configurations", CorruptConfigurations).
			Explained("the same with signed configurations"),
		verb("{node} serves what it should again", HealFiles).Explained("ends the four above"),
	)
)

func verb(sentence string, v Verb) language.Rule[Verb] {
	return language.Rule[Verb]{Sentence: sentence, Means: v}
}

// An actSort is what the key of an act says of it.
type actSort struct {
	key  string
	says *language.Language[Verb] // what may follow; nil: a command
	text string                   // that stands before what follows in Act.Text, where the key is no matter of choice
	// types: some of them type commands, which may have more keys in a file.
	types bool
}

// plainActs are the acts with a key that is the same in every scenario.
var plainActs = []actSort{
	{key: "wait", says: waits, text: "wait "},
	{key: "page", says: pageActs, types: true},
	{key: "fault", says: faults},
}

// phoneKeys are the keys that say which phones an act is for.
var phoneKeys = []language.Rule[actSort]{
	sort("[(reach=offline|online) ]phones<which>", actSort{says: phoneActs}).
		Explained("these phones; offline ones only if this word is there, or the phone's name"),
	sort("<part> [(reach=offline|online) ]phones<which>", actSort{says: phoneActs}).
		Explained("a part of them"),
	sort("{phone}", actSort{says: phoneActs}).Explained("this phone, offline or not"),
}

func sort(sentence string, s actSort) language.Rule[actSort] {
	return language.Rule[actSort]{Sentence: sentence, Means: s}
}

// actKeys are the keys of all acts.
var actKeys = language.New(slices.Concat(plainKeys(), phoneKeys)...)

func plainKeys() []language.Rule[actSort] {
	rules := []language.Rule[actSort]{sort("on {node}", actSort{})}
	for _, s := range plainActs {
		rules = append(rules, sort(s.key, s))
	}
	return rules
}

// vocabulary is what acts and expectations may name.
type vocabulary struct {
	language.Vocabulary
	other     []string // its nodes that are the other cluster's; nil: there is none
	authority bool     // there is a certificate authority
	hasPhone  func(name string) bool
	// has reports whether a node has a service: TFTP or TVS.
	has func(node string, s cucm.Service) bool
}

// services are the services that sentences name.
var services = map[string]cucm.Service{"TFTP": cucm.TFTPService, "TVS": cucm.TVSService}

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
	actSort
	typed  string // the key, with what is between it and what follows
	node   string // of a command
	phones language.Which
	part   language.Part
}

// actKey understands the key of an act.
func (v vocabulary) actKey(key string) (actKey, error) {
	sort, said, err := actKeys.Parse(key, v.Vocabulary)
	if err == nil {
		err = v.named(said)
	}
	if err != nil {
		return actKey{}, err
	}
	k := actKey{vocabulary: v, actSort: sort, typed: key + ": ", node: said.Words["node"], phones: said.Which(),
		part: said.Part()}
	if sort.key == "" {
		k.text = k.typed
	}
	if w := &k.phones; sort.says == phoneActs && w.Reach == language.Anyhow && w.Name == "" && !w.Picked {
		w.Reach = language.Online // offline phones are reached by this word, or their names, only
	}
	return k, nil
}

// named checks that the phone that is named is there.
func (v vocabulary) named(said language.Said) error {
	if name := said.Which().Name; name != "" && !v.hasPhone(name) {
		return noPhone(name, said.At("phone"))
	}
	return nil
}

// noPhone is the error of a sentence that names one that is not there.
func noPhone(name string, at int) error {
	return &language.Error{At: at, Says: "there is no phone " + name}
}

// act makes an act of what follows the key.
func (k actKey) act(value string) (Act, error) {
	if k.says == nil {
		if err := knows(value); err != nil {
			return Act{}, err
		}
		return Act{Text: k.text + value, Typed: k.typed + value, Verb: TypeCommand, Node: k.node, Command: value}, nil
	}
	verb, said, err := k.says.Parse(value, k.Vocabulary)
	if err != nil {
		return Act{}, err
	}
	a := Act{
		Text: k.text + value, Typed: k.typed + value, Verb: verb, Phones: k.phones, Part: k.part,
		Node: said.Words["node"], Group: said.Words["group"], Service: said.Words["service"], Setting: said.Words["setting"],
		Value: said.Words["value"], Share: said.Share("share"),
		On: said.Words["changed"] == "Enabled" || said.Words["truth"] == "True",
	}
	switch verb {
	case UseTFTP:
		a.Nodes = []string{said.Words["first"]}
		if second := said.Words["second"]; second != "" {
			a.Nodes = append(a.Nodes, second)
		}
	case setBulkServer, exchangeInBulk, UploadCertificate, UploadSigned, UploadRoot:
		return k.certificates(a, said)
	case SetSecurity, SetEncrypted:
		a.Phones = language.Which{Group: said.Words["group"]}
	case PartNodes, RejoinNodes:
		a.Node, a.Nodes = "", []string{said.Words["one"], said.Words["node"]}
	case LetTimePass:
		a.Duration, err = duration(said, "number", "timeunit")
	case WaitUntil:
		a.Until = strings.TrimPrefix(said.Text, "until ")
		_, err = nextTime(a.Until, time.Time{})
	case DelayDatagrams:
		a.Duration, a.Jitter = milliseconds(said, "milliseconds"), milliseconds(said, "jitter")
	}
	if err == nil {
		err = k.possible(a)
	}
	return a, err
}

// knows checks that the command line has such a command, whatever its arguments.
func knows(line string) error {
	before, at := "", 0
	for !cli.Knows(before) {
		rest := strings.TrimLeftFunc(line[at:], unicode.IsSpace)
		at = len(line) - len(rest)
		word, _, _ := strings.Cut(rest, " ")
		known := cli.Complete(before)
		switch says := language.Wants(word, known); {
		case word == "":
			return &language.Error{At: len([]rune(line[:at])), Says: "the command is not complete: " + says}
		case !slices.Contains(known, word):
			return &language.Error{At: len([]rune(line[:at])), Says: says}
		}
		before, at = before+word+" ", at+len(word)
	}
	return nil
}

// noOtherCluster is the error of a sentence that speaks of one at a place.
func noOtherCluster(at int) error {
	return &language.Error{At: at, Says: "the scenario has no other cluster"}
}

// maxDelay is the longest delay of datagrams.
const maxDelay = time.Minute

func milliseconds(said language.Said, name string) time.Duration {
	return min(time.Duration(said.Number(name)), maxDelay/time.Millisecond) * time.Millisecond
}

// longest is the longest time that a sentence may name.
const longest = 100 * 365 * 24 * time.Hour

// duration is what a number and a unit of time were filled in with.
func duration(said language.Said, number, timeunit string) (time.Duration, error) {
	unit := map[string]time.Duration{
		"ms": time.Millisecond, "s": time.Second, "second": time.Second, "minute": time.Minute, "hour": time.Hour,
		"day": 24 * time.Hour, "year": 365 * 24 * time.Hour,
	}
	name := said.Words[timeunit]
	each, ok := unit[name]
	if !ok {
		each = unit[strings.TrimSuffix(name, "s")]
	}
	n := said.Number(number)
	if int64(n) > int64(longest/each) {
		says := fmt.Sprintf("%s %s are more than a hundred years", said.Words[number], name)
		return 0, &language.Error{Says: says}
	}
	return time.Duration(n) * each, nil
}
