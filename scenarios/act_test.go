package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/scenarios/language"
	"itlsim/scenarios/report"
)

// open opens a simulated lab on which a test plays.
func open(t *testing.T, s Scenario, change ...func(*lab.Options)) *Player {
	opt := lab.Options{Mode: lab.Virtual, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024}
	for _, c := range change {
		c(&opt)
	}
	p, err := Open(s, opt)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

// do carries acts out, as a step in a file does.
func do(t *testing.T, p *Player, acts ...string) {
	t.Helper()
	for _, text := range acts {
		act, err := p.ParseAct(text)
		require.NoError(t, err)
		require.NoError(t, p.Do(t.Context(), act), text)
		require.Empty(t, p.Failed(), text)
	}
}

const twoPhones = `name: two
shows: two phones
phones:
  - {group: floor-1, count: 2}
steps:
  - do: [%s]
`

const twoClusters = `name: two
shows: two phones that may move
cluster: {nodes: [{name: test10pub}, {name: test10sub}]}
other cluster: {nodes: [{name: next10pub}, {name: next10sub}]}
certificate authority: Example CA
phones:
  - {group: floor-1, count: 2}
steps:
  - do: [%s]
`

const untilMarch = "until 2027-03-01 02:00"

// acts are all that can be said, one of each verb and more.
func acts() (all [][2]string) {
	for key, examples := range map[string][]string{
		"phones":                              phoneActs.Examples(),
		"SEP001BD4000001":                     {"reset"},
		"10% of the phones of model 8861":     {"power off"},
		"the next 12 offline phones":          {"power off"},
		"the rest of the phones of floor-1":   {"power off"},
		"phones picked last":                  {"power on"},
		"offline phones of floor-1":           {"power on"},
		"phones with firmware older than 9.4": {"use TFTP test10pub then next10pub"},
		"page":                                append(pageActs.Examples(), "Common Phone Profile > web access = Enabled"),
		"wait":                                append(waits.Examples(), "100 years", "until Saturday 02:00", untilMarch),
		"fault": append(faults.Examples(), "the network of floor-1 delays datagrams by 20 ms (varying by 5 ms)",
			"the network of floor-1 is sound again", "TFTP of test10pub cannot be reached by floor-1",
			"next10pub is cut off from next10sub"),
		"on test10pub": {"show itl", "set cert regen TVS"},
	} {
		for _, value := range examples {
			all = append(all, [2]string{key, value})
		}
	}
	return all
}

// A file and a person who plays steps say the same with the same words.
func TestActsMeanTheSameInAFileAndAlone(t *testing.T) {
	p := open(t, load(t, fmt.Sprintf(twoClusters, "{wait: 1 s}")))
	verbs := make(map[Verb]bool)
	for _, a := range acts() {
		inFile := load(t, fmt.Sprintf(twoClusters, fmt.Sprintf("{%s: '%s'}", a[0], a[1]))).Steps[0].Do[0]
		alone, err := p.ParseAct(a[0] + ": " + a[1])
		require.NoError(t, err)
		require.Equal(t, inFile, alone)
		verbs[alone.Verb] = true
	}
	require.Len(t, verbs, 39, "all but InGo")
}

// What makes no sense is refused with the same words in a file and alone.
func TestActsAreCheckedTheSameInAFileAndAlone(t *testing.T) {
	p := open(t, load(t, fmt.Sprintf(twoPhones, "{wait: 1 s}")))
	for _, c := range [][2]string{
		{"on test10pub: shwo itl", `"shwo" is not understood here (did you mean "show"?)`},
		{"on test10pup: show itl", `"test10pup" is not understood here (did you mean "test10pub"?)`},
		{"phones: move to the other cluster", "the scenario has no other cluster"},
		{"page: Enterprise Parameters > Reset of the other cluster", "the scenario has no other cluster"},
		{"page: Security > Certificate Management > upload TVS of test10pub signed by the certificate authority",
			"the scenario has no certificate authority"},
		{"page: Security > Certificate Management > upload TVS of test10pub as Phone-SASTtrust",
			`"Phone-SASTtrust" is not a trust store (did you mean "Phone-SAST-trust"?)`},
		{"phones: use TFTP next10pub", `"next10pub" is not understood here`},
		{"phones of floor-2: power on", `"floor-2" is not understood here (did you mean "floor-1"?)`},
		{"wait: 101 years", "101 years are more than a hundred years"},
		{"wait: a minute", `"a" is not understood here`},
		{"fault: TVS of nobody is down", `"nobody" is not understood here`},
		{"fault: floor-2 is cut off from test10pub", `"floor-2" is not understood here (did you mean "floor-1"?)`},
		{"fault: the network delays by 5 ms (varying by 6 ms)", "a delay varies by at most itself"},
		{"fault: test10sub is cut off from test10sub", "only the publisher and a subscriber can be cut off from each other"},
		{"fault: test10pub reaches test10pub again", "only the publisher and a subscriber can be cut off from each other"},
		{"telephones: power on", `"telephones" is not understood here`},
		{"on test10pub: utils itl reset", `the command is not complete: it goes on with "localkey", "remotekey"`},
		{"sep001bd4000002: reset", "there is no phone SEP001BD4000002"},
		{"phones named SEP001BD4000002: reset", "there is no phone SEP001BD4000002"},
		{"phones of model 8862: reset", `"8862" is not understood here (did you mean "8861"?)`},
		{"10% phones: reset", `"phones" is not understood here`},
		{"wait: until Satuday 02:00", `"Satuday" is not understood here (did you mean "Saturday"?)`},
		{"wait: until 25:00", `"25:00" is not a time of a day`},
		{"wait: until 2027-02-30 02:00", `"2027-02-30 02:00" is not a moment from 2010 to 2110 such as 2027-03-01 02:00`},
		{"do: nothing", `"do" is not understood here; it can be a number such as 12, a share such as 25%, a phone such as`},
	} {
		act, want := c[0], c[1]
		_, err := p.ParseAct(act)
		require.ErrorContains(t, err, want)
		require.ErrorIs(t, err, language.ErrInvalid)
		key, value, _ := strings.Cut(act, ": ")
		file := fmt.Sprintf(twoPhones, fmt.Sprintf("{%s: %s}", key, value))
		_, err = Load("test.yaml", []byte(file), fstest.MapFS{})
		require.ErrorContains(t, err, want)
		require.ErrorIs(t, err, language.ErrInvalid)
	}
	_, err := p.ParseAct("wait: 6 minutes", "yes")
	require.ErrorContains(t, err, "only a command asks questions")
	_, err = p.ParseAct("power on")
	require.ErrorContains(t, err, "an act is a key and a value")
	for sentence, want := range map[string]string{
		"2 to 1 phones are trusted":                        "13: a range ends before it begins",
		"60% to 40% of the phones are on":                  "13: a range ends before it begins",
		"all phones sent 3 to 1 alarms":                    "13: a range ends before it begins",
		"all phones are trusted within 0 ms":               "13: a time that something takes is more than 0",
		"99% of boots took less than 2000 years":           "13: 2000 years are more than a hundred years",
		"all phones are registered with the other cluster": "48: the scenario has no other cluster",
	} {
		err := p.Expect(sentence)
		require.ErrorContains(t, err, want[len("13: "):])
		require.ErrorIs(t, err, language.ErrInvalid)
		require.NotErrorIs(t, err, ErrNotSo)
		_, err = Load("test.yaml", []byte(fmt.Sprintf(twoPhones, "{wait: 1 s}")+"    expect: "+sentence), nil)
		require.ErrorContains(t, err, "test.yaml:7:"+want)
	}
}

// Acts can be sent elsewhere: their JSON says all of them.
func TestActsAsJSON(t *testing.T) {
	p := open(t, load(t, fmt.Sprintf(twoClusters, "{wait: 1 s}")))
	all := []Act{Wait(3)}
	for _, a := range acts() {
		act, err := p.ParseAct(a[0] + ": " + a[1])
		require.NoError(t, err)
		all = append(all, act)
	}
	command, err := p.ParseTyped("on test10pub: set cert regen TVS",
		Typed{Answers: []string{"yes"}, Refused: "in vain", Prints: []string{"this", "and that"}})
	require.NoError(t, err)
	for _, act := range append(all, command) {
		text, err := json.Marshal(act)
		require.NoError(t, err)
		var again Act
		require.NoError(t, json.Unmarshal(text, &again))
		require.Equal(t, act, again, string(text))
	}
	command.Verb = "dance"
	require.ErrorContains(t, p.Do(t.Context(), command), `there is no verb "dance"`)
	require.ErrorContains(t, p.Do(t.Context(), Act{Verb: InGo}), "written in Go")
	require.NoError(t, p.Do(t.Context(), Act{Verb: InGo, Func: func(context.Context, *Player) error { return nil }}))
}

// An act on what is not there fails, however it was made.
func TestActsOnWhatIsNotThere(t *testing.T) {
	p := open(t, load(t, fmt.Sprintf(twoPhones, "{wait: 1 s}")))
	for _, act := range []Act{
		{Verb: MoveToOther}, {Verb: ResetOtherPhones}, {Verb: UseTFTP, Nodes: []string{"nobody"}},
		{Verb: TypeCommand, Node: "nobody", Command: "show itl"}, {Verb: PowerOffNode, Node: "nobody"},
		{Verb: ServeStaleList, Node: "nobody"}, {Verb: Reset, Phones: language.Which{Group: "nobody"}},
		{Verb: Reset, Phones: language.Which{Name: "SEP000000000000"}}, {Verb: Reset, Phones: language.Which{Picked: true}},
		{Verb: Reset, Part: language.Part{Number: -1}}, {Verb: Reset, Part: language.Part{Number: math.NaN(), Share: true}},
		{Verb: Reset, Part: language.Part{Turn: "the last"}}, {Verb: WaitUntil, Until: "tomorrow"},
		{Verb: CutOffGroup, Group: "floor-1", Node: "nobody"},
		{Verb: HealNetwork, Group: "floor-2"}, {Verb: PartNodes, Nodes: []string{"test10pub", "nobody"}},
		{Verb: PartNodes, Nodes: []string{"test10pub"}}, {Verb: PartNodes, Nodes: []string{"test10pub", "test10pub"}},
	} {
		require.Error(t, p.Do(t.Context(), act), act.Verb)
	}
}

// Whoever makes acts elsewhere is told which numbers and words make no sense, and
// nothing is done.
func TestActsThatNoSentenceSays(t *testing.T) {
	p := open(t, load(t, fmt.Sprintf(twoPhones, "{wait: 1 s}")))
	const lost, delay = "0% to 100% of all datagrams", "a delay is nothing to a minute"
	before := p.Now()
	for _, c := range []struct{ act, says string }{
		{`{"verb": "wait", "duration": -1}`, "a wait takes nothing to a hundred years"},
		{`{"verb": "wait", "duration": 9223372036854775807}`, "nothing to a hundred years"},
		{`{"verb": "lose datagrams", "share": 1.01}`, lost},
		{`{"verb": "lose datagrams", "share": -0.1, "group": "floor-1"}`, lost},
		{`{"verb": "delay datagrams", "duration": -1}`, delay},
		{`{"verb": "delay datagrams", "duration": 60000000001}`, delay},
		{`{"verb": "delay datagrams", "duration": 5, "jitter": 6}`, "a delay varies by at most itself"},
		{`{"verb": "delay datagrams", "duration": 5, "jitter": -1}`, "a delay varies by at most itself"},
		{`{"verb": "reset", "part": {"Number": 1.5, "Share": true}}`, "a share of the phones is at most 100%"},
		{`{"verb": "set the signature algorithm", "value": "MD5"}`, `"MD5" is none of SHA-1, SHA-512`},
		{`{"verb": "set the phone interaction"}`, `"" is none of automatic, manual`},
		{`{"verb": "set the security profile", "value": "secret"}`, `"secret" is none of non secure, `},
		{`{"verb": "configure", "setting": "Web Access"}`, `"Web Access" is none of settings access, web access, `},
	} {
		var act Act
		require.NoError(t, json.Unmarshal([]byte(c.act), &act))
		err := p.Do(t.Context(), act)
		require.ErrorContains(t, err, c.says, c.act)
		require.ErrorIs(t, err, language.ErrInvalid)
	}
	require.Equal(t, before, p.Now())
	require.Zero(t, p.Disturbance())
}

// A group that is called like a node is meant before the node, in the end of a fault as
// in its beginning.
func TestGroupCalledLikeANode(t *testing.T) {
	s := load(t, "name: a\nshows: b\nphones: [{group: test10sub, count: 1}]\nsteps:\n"+
		"  - do: [{fault: test10sub is cut off from test10pub}, {fault: test10sub reaches test10pub again}]\n")
	for i, verb := range []Verb{CutOffGroup, ReconnectGroup} {
		require.Equal(t, verb, s.Steps[0].Do[i].Verb)
		require.Equal(t, "test10sub", s.Steps[0].Do[i].Group)
	}
}

// Which two nodes can be parted a file is told at its place.
func TestOnlyAPublisherAndItsSubscriberArePartedInAFile(t *testing.T) {
	const cluster = "name: a\nshows: b\ncluster: {nodes: [{name: pub}, {name: sub1}, {name: sub2}]}\n" +
		"other cluster: {nodes: [{name: far-pub}, {name: far-sub}]}\nphones: [{group: g, count: 1}]\n" +
		"steps: [{do: [{fault: %s}]}]\n"
	for sentence, possible := range map[string]bool{
		"sub1 is cut off from pub": true, "pub is cut off from sub2": true, "far-sub reaches far-pub again": true,
		"sub1 is cut off from sub2": false, "far-sub is cut off from pub": false, "pub is cut off from far-sub": false,
		"pub is cut off from far-pub": false, "far-pub reaches far-pub again": false, "sub1 is cut off from sub1": false,
	} {
		_, err := Load("test.yaml", []byte(fmt.Sprintf(cluster, sentence)), nil)
		if possible {
			require.NoError(t, err, sentence)
			continue
		}
		require.ErrorContains(t, err, "test.yaml:6:23: only the publisher and a subscriber can be cut off", sentence)
	}
}

// Phones move to the nodes of the other cluster by whatever name these have by
// now, and their own node's key is found as well.
func TestRenamedNodes(t *testing.T) {
	p := open(t, load(t, fmt.Sprintf(twoClusters, "{wait: 1 s}")))
	for _, node := range []string{"next10pub", "test10pub"} {
		act, err := p.ParseAct("on "+node+": set network hostname new-"+node, "y", "y", "y")
		require.NoError(t, err)
		require.NoError(t, p.Do(t.Context(), act))
		require.Empty(t, p.Failed())
	}
	do(t, p, "wait: 6 minutes", "phones: power on")
	require.NoError(t, p.Expect("all phones hold a list signed by their own node's CallManager key"))
	do(t, p, "phones: move to the other cluster", "phones: factory reset")
	require.NoError(t, p.Expect("all phones hold the list of next10pub"))
	require.NoError(t, p.Expect("all phones hold their own node's list"))
}

var errOther = errors.New("another")

// What fails an expectation can be told from what makes no sense.
func TestFamiliesOfErrors(t *testing.T) {
	p := open(t, load(t, fmt.Sprintf(twoPhones, "{wait: 1 s}")))
	require.ErrorIs(t, p.Expect("all phones are trusted"), ErrNotSo)
	require.NotErrorIs(t, p.Expect("all phones are trusted"), language.ErrInvalid)
	require.ErrorIs(t, p.Expect("all phones are trustd"), language.ErrInvalid)
	require.NotErrorIs(t, &notSo{"this", errOther}, language.ErrInvalid)
	require.ErrorIs(t, &notSo{"this", errOther}, errOther)
}

// A command whose question is answered with no was not done, which an expectation says
// unless it was meant.
func TestDeclinedCommand(t *testing.T) {
	p := open(t, load(t, fmt.Sprintf(twoPhones, "{wait: 1 s}")))
	declined := Act{
		Text: "regenerate", Verb: TypeCommand, Node: "test10pub", Command: "set cert regen TVS", Answers: []string{"no"},
	}
	judged := func() report.Expectation {
		require.NoError(t, p.Do(t.Context(), declined))
		judged := p.judge(p.acts)
		require.Len(t, judged, 1)
		p.acts = nil
		return judged[0]
	}
	require.Equal(t, report.Expectation{Text: "regenerate is done", Why: "its question was answered with no"}, judged())
	declined.Refused = "answered with no"
	require.True(t, judged().Passed)
	declined.Refused = "modified in the last 5 minutes"
	require.Contains(t, judged().Why, "it printed")
	declined.Refused, declined.Answers = "answered with no", []string{"yes"}
	require.Equal(t, "it was done", judged().Why)
}

// Setting a parameter that the release does not have is an expectation that fails,
// with words that say so.
func TestAParameterThatTheReleaseLacks(t *testing.T) {
	report := played(t, load(t, `
name: parameters
shows: what there is
cluster: {release: 12.5}
phones: [{group: a, count: 1}]
steps:
  - do:
      - page: System > Enterprise Parameters > Phone Interaction on Certificate Update = manual
`), lab.Options{Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024})
	require.Contains(t, report, `release 12.5 has no enterprise parameter \"Phone Interaction on Certificate Update\"`)
	require.Contains(t, report, `"passed": false`)
}

// What a node has not got can be neither used nor broken: a file says so before
// anything is done, and so does an act that Go makes.
func TestServicesThatAreNotThere(t *testing.T) {
	const file = `name: bare
shows: nodes that have not got everything
cluster: {nodes: [{name: pub}, {name: sub, services: [tvs]}, {name: last, services: [tftp]}]}
other cluster: {domain: other.lab, nodes: [{name: opub, services: [tvs]}%s]}
phones: [{group: g, count: 1%s}]
steps:
  - do: [{%s}]
`
	const oneMore = ", {name: osub, services: [tftp]}"
	p := open(t, load(t, fmt.Sprintf(file, "", "", "wait: 1 s")))
	for act, tc := range map[string]struct {
		want string
		same Act
	}{
		"phones: use TFTP sub": {"sub has no TFTP", Act{Verb: UseTFTP, Nodes: []string{"sub"}}},
		"phones: use TFTP pub then sub": {"sub has no TFTP",
			Act{Verb: UseTFTP, Nodes: []string{"pub", "sub"}}},
		"fault: TFTP of sub is down": {"sub has no TFTP",
			Act{Verb: StopService, Node: "sub", Service: "TFTP"}},
		"fault: TVS of last is up again": {"last has no TVS",
			Act{Verb: StartService, Node: "last", Service: "TVS"}},
		"fault: TFTP of sub serves a stale list":       {"sub has no TFTP", Act{Verb: ServeStaleList, Node: "sub"}},
		"fault: TFTP of sub serves corrupted lists":    {"sub has no TFTP", Act{Verb: CorruptLists, Node: "sub"}},
		"fault: TVS of last shows a wrong certificate": {"last has no TVS", Act{Verb: ShowWrongTVS, Node: "last"}},
		"phones: move to the other cluster":            {"no node of the other cluster has TFTP", Act{Verb: MoveToOther}},
	} {
		_, err := p.ParseAct(act)
		require.ErrorContains(t, err, tc.want)
		require.ErrorIs(t, err, language.ErrInvalid)
		require.ErrorContains(t, p.Do(t.Context(), tc.same), tc.want, "an act that Go makes")
		_, err = Load("test.yaml", []byte(fmt.Sprintf(file, "", "", act)), nil)
		require.ErrorContains(t, err, tc.want)
	}
	_, err := Load("test.yaml", []byte(fmt.Sprintf(file, "", ", tftp: [pub, sub]", "wait: 1 s")), nil)
	require.EqualError(t, err, "test.yaml:5:43: sub has no TFTP")
	_, err = Load("test.yaml", []byte(strings.ReplaceAll(fmt.Sprintf(twoPhones, "{wait: 1 s}"), "phones:",
		"cluster: {nodes: [{name: pub, services: tvs}]}\nphones:")), nil)
	require.ErrorContains(t, err, "no node of the cluster has TFTP, which phones need")

	// Phones that move ask those nodes of the other cluster that have TFTP.
	q := open(t, load(t, fmt.Sprintf(file, oneMore, "", "wait: 1 s")))
	do(t, q, "phones: move to the other cluster", "phones: power on")
	require.NoError(t, q.Expect("all phones hold the list of osub"))
}

// A cluster that its release does not allow is told where it is written.
func TestAClusterThatItsReleaseForbids(t *testing.T) {
	for cluster, says := range map[string]string{
		"{release: 9.1, digest: SHA-512}": `release 9.1 has no enterprise parameter "TFTP File Signature Algorithm"`,
		"{release: 12.5, key size: 3072}": "release 12.5 has no keys of 3072 bits, as CallManager of test10pub would be",
		"{release: 12, digest: SHA-512}":  `"12" is not a release`,
	} {
		text := "name: a\nshows: b\ncluster: " + cluster + "\nphones: [{group: a, count: 1}]\nsteps: [{step: none}]\n"
		_, err := Load("a.yaml", []byte(text), nil)
		require.ErrorContains(t, err, "a.yaml:3:")
		require.ErrorContains(t, err, says)
	}
}

// A panic in an act is an error of the run, which ends with its report.
func TestPanicInAnAct(t *testing.T) {
	p := open(t, load(t, fmt.Sprintf(twoPhones, "{wait: 1 s}")))
	fleet := p.Fleet
	p.Fleet = nil
	act, err := p.ParseAct("phones: reset")
	require.NoError(t, err)
	require.ErrorContains(t, p.Do(t.Context(), act), "fault of the program itself: runtime error")
	p.Fleet = fleet
	require.Contains(t, strings.Join(p.Cluster.Publisher().Log(), "\n"), "ProgramFault")
	do(t, p, "phones: reset")
}

// A setting of phones is changed in the cluster of the node that is named, and in no other.
func TestSettingsOfTheOtherCluster(t *testing.T) {
	p := open(t, load(t, fmt.Sprintf(twoClusters, "phones: power on")))
	was := p.Cluster.Settings()
	do(t, p, "page: Common Phone Profile > settings access = Disabled on next10sub")
	require.Equal(t, was, p.Cluster.Settings())
	require.False(t, p.Other.Settings().SettingsAccess)
	do(t, p, "page: Common Phone Profile > settings access = Enabled on next10pub",
		"page: Common Phone Profile > settings access = Disabled")
	require.True(t, p.Other.Settings().SettingsAccess)
	require.False(t, p.Cluster.Settings().SettingsAccess)
}
