package scenarios

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// failed is an expectation that does not hold, by the rule that it is made of,
// and what is the case.
type failed struct{ rule, says, is string }

// fails checks that expectations fail, and that they say what is the case.
// Phones are P0 to P3, checksums and keys' owners are cut short.
func fails(t *testing.T, p *Player, covered map[string]bool, all ...failed) {
	t.Helper()
	short := strings.NewReplacer("SEP001BD400000", "P", ".joemar2.lab;OU=tac;O=cisco;L=rtp;ST=nc;C=US", "")
	numbers := regexp.MustCompile(`\b([0-9A-Fa-f]{32,40}|[0-9a-f]{8}|[0-9.]+m?s)\b`)
	for _, f := range all {
		if strings.HasPrefix(f.rule, "(is=") {
			f.rule = "<phones> " + f.rule
		}
		covered[f.rule] = true
		err := p.Expect(f.says)
		require.ErrorIs(t, err, ErrNotSo, f.says)
		require.Equal(t, f.says+": "+f.is, numbers.ReplaceAllString(short.Replace(err.Error()), "#"))
	}
}

// Each sentence that fails says what is the case, in plain words.
func TestEachSentenceSaysWhatIsTheCase(t *testing.T) {
	p := open(t, load(t, `
name: failing
shows: two nodes, and phones of each; one has old firmware
phones:
  - {group: pub, count: 2, models: [8861, 7965 9.3(1)], tftp: [test10pub, test10sub]}
  - {group: sub, count: 2, models: [8861], tftp: [test10sub, test10pub]}
steps: [{step: none}]
`))
	covered := make(map[string]bool)
	fails(t, p, covered, beforeTheyBoot...)
	do(t, p, "phones: power on")
	fails(t, p, covered, whenTheyBooted...)

	p.Remember()
	do(t, p, "wait: 6 minutes", "fault: TVS of test10pub is down", "fault: TVS of test10sub is down")
	regenerate, err := p.ParseAct("on test10pub: set cert regen CallManager", "yes")
	require.NoError(t, err)
	require.NoError(t, p.Do(t.Context(), regenerate))
	fails(t, p, covered, whenThePublishersPhonesAreLocked...)

	// a phone that the cluster has not heard of since, and a rollback list
	do(t, p, "fault: test10pub is down", "fault: test10sub is down")
	do(t, p, "phones: factory reset")
	fails(t, p, covered, whenNothingAnswers...)

	do(t, p, "fault: test10pub is up again", "fault: test10sub is up again")
	reset, err := p.ParseAct("on test10pub: utils itl reset localkey", "ciscocisco")
	require.NoError(t, err)
	require.NoError(t, p.Do(t.Context(), reset))
	fails(t, p, covered, failed{"each node serves a list of its own", "each node serves a list of its own",
		"test10pub and test10sub serve the same, #"})

	mixed, err := p.ParseAct("on test10pub: utils ctl set-cluster mixed-mode", "y")
	require.NoError(t, err)
	require.NoError(t, p.Do(t.Context(), mixed))
	do(t, p, "on test10pub: utils service restart Cisco Tftp", "phones of pub: reset")
	fails(t, p, covered, whenSomePhonesHoldACTL...)
	for _, sentence := range expectations.Sentences() {
		require.Contains(t, covered, strings.TrimSuffix(sentence, "<when>"))
	}
}

// A reset of all phones that are registered is none where none is.
func TestAResetThatReachesNobody(t *testing.T) {
	p := open(t, load(t, `
name: nobody
shows: two clusters, whose phones are reset
other cluster: {nodes: [{name: other}]}
phones: [{group: all, count: 2}]
steps: [{step: none}]
`))
	do(t, p, "phones: power on", "page: System > Enterprise Parameters > Reset")
	do(t, p, "on test10pub: utils service restart Cisco CallManager",
		"on test10sub: utils service restart Cisco CallManager")
	for _, page := range []string{
		"System > Enterprise Parameters > Reset", "Enterprise Parameters > Reset of the other cluster",
	} {
		act, err := p.ParseAct("page: " + page)
		require.NoError(t, err)
		require.NoError(t, p.Do(t.Context(), act))
		failed := p.Failed()
		require.Len(t, failed, 1)
		require.Equal(t, page+" reaches phones", failed[0].Text)
		require.Contains(t, failed[0].Why, "none is registered with the cluster")
	}
}

const registered = "(is=are registered[ with (where=the cluster|the other cluster|{node})])"

const everyone = " (P0, P1, P2, …)"

var beforeTheyBoot = []failed{
	{"(is=are {state})", "all phones are trusted", "4 of 4 are without a trust list" + everyone},
	{"(is=are {state})", "2 phones are trusted",
		"0 of 4 are trusted; of the others, 4 of 4 are without a trust list" + everyone},
	{"(is=are (power=on|off))", "all phones are on", "4 of 4 are off" + everyone},
	{"(is=would come back by utils itl reset)", "all phones would come back by utils itl reset",
		"4 of 4 do not hold the present ITLRECOVERY record" + everyone},
	{"(is=hold the list of {node})", "all phones hold the list of test10pub", "4 of 4 hold none" + everyone},
	{"(is=hold their own node's list)", "all phones hold their own node's list", "4 of 4 hold none" + everyone},
	{"(is=hold a list signed by the {unit} key of {node})",
		"all phones hold a list signed by the TVS key of test10pub", "4 of 4 hold none" + everyone},
	{"(is=hold a list signed by their own node's CallManager key)",
		"all phones hold a list signed by their own node's CallManager key", "4 of 4 hold none" + everyone},
	{"(is=hold a list without TFTP and TVS entries)", "all phones hold a list without TFTP and TVS entries",
		"4 of 4 hold none" + everyone},
	{"(is=hold the rollback list)", "all phones hold the rollback list", "4 of 4 hold none" + everyone},
	{"(is=(have=hold|lack) the record {name})", "all phones hold the record ITLRECOVERY_test10pub",
		"4 of 4 lack it, since they hold no list" + everyone},
	{"(is=hold one ITLRECOVERY record, that of {node})", "all phones hold one ITLRECOVERY record, that of test10pub",
		"4 of 4 hold none" + everyone},
	{"(is=took their list on faith)", "all phones took their list on faith", "4 of 4 took none" + everyone},
	{"(is=have " + anySetting + " {onoff})", "all phones have settings access disabled",
		"4 of 4 have no configuration" + everyone},
	{"(is=show {text})", `all phones show "ITL installed"`, "4 of 4 show no status message" + everyone},
	{"(is=have {text} on their screen)", `all phones have "Host Not Found" on their screen`,
		"4 of 4 have nothing there" + everyone},
	{"(is=sent <many> alarms)", "all phones sent 2 alarms", "4 of 4 sent 0" + everyone},
	{"(is=are found stale by DeviceTLInfo)", "all phones are found stale by DeviceTLInfo",
		"4 of 4 reported no list" + everyone},
	{registered, "all phones are registered", "4 of 4 are not registered" + everyone},
	{registered, "2 phones are registered", "0 of 4 are registered; of the others, 4 of 4 are not registered" + everyone},
	{registered, "all phones are registered with test10pub", "4 of 4 are not registered" + everyone},
	{"the application log of {node} (have=has|lacks) {text}", `the application log of test10pub has "nothing"`,
		"none of its 0 lines has it"},
	{"less than {percent} of transfers failed", "less than 0% of transfers failed", "0 of 0 transfers failed"},
}

var whenTheyBooted = []failed{
	{"(is=are {state})", "no phones are trusted", "4 of 4 are trusted" + everyone},
	{"(is=are {state})", "at most 25% of the phones are trusted", "4 of 4 are trusted" + everyone},
	{"(is=are {state})", "all phones with firmware older than 8.0 are trusted", "there is no such phone"},
	{"(is=(have no trust list|would take the next list on faith))", "all phones would take the next list on faith",
		"4 of 4 are trusted" + everyone},
	{"(is=are (power=on|off))", "all phones are off", "4 of 4 are on" + everyone},
	{registered, "all phones are registered with test10pub", "2 of 4 are registered with test10sub (P1, P3)"},
	{registered, "no phones are registered with the cluster", "4 of 4 are registered with the cluster" + everyone},
	{"(is=hold the list of {node})", "all phones hold the list of test10pub", "2 of 4 hold that of test10sub (P1, P3)"},
	{"(is=hold the list that they held before)", "all phones hold the list that they held before",
		"2 of 4 hold that of test10pub (P0, P2); 2 of 4 hold that of test10sub (P1, P3)"},
	{"(is=hold a list without TFTP and TVS entries)", "all phones hold a list without TFTP and TVS entries",
		"4 of 4 hold one with 3 such entries" + everyone},
	{"(is=(have=hold|lack) the record {name})", "all phones hold the record test11pub", "4 of 4 lack it" + everyone},
	{"(is=(have=hold|lack) the record {name})", "all phones lack the record ITLRECOVERY_", "4 of 4 hold it" + everyone},
	{"(is=hold one ITLRECOVERY record, that of {node})", "all phones hold one ITLRECOVERY record, that of test10sub",
		"4 of 4 hold ITLRECOVERY_test10pub.joemar2.lab" + everyone},
	{"(is=took their list by TVS)", "all phones took their list by TVS", "4 of 4 took it on faith" + everyone},
	{"(is=took their list by a signer in their list)", "all phones took their list by a signer in their list",
		"4 of 4 took it on faith" + everyone},
	{"(is=kept their list)", "all phones kept their list", "4 of 4 took it on faith" + everyone},
	{"(is=took their configuration by TVS)", "all phones took their configuration by TVS",
		"4 of 4 took it by the stored ITL" + everyone},
	{"(is=took their configuration unsigned)", "all phones took their configuration unsigned",
		"4 of 4 took it by the stored ITL" + everyone},
	{"(is=have " + anySetting + " {onoff})", "all phones have settings access disabled",
		"4 of 4 have it enabled" + everyone},
	{"(is=show {text})", `all phones show "TFTP Error"`,
		`3 of 4 show "SEP<MAC>.cnf.xml", "ITL installed", "File Not Found <CTLFile.tlv>" (P0, P1, P3); ` +
			`1 of 4 show "SEP<MAC>.cnf.xml", "ITL Installed", "File Not Found <CTLFile.tlv>" (P2)`},
	{"(is=sent <many> alarms)", "all phones sent 1 alarms", "1 of 4 sent 0 (P2)"},
	{"(is=are found stale by DeviceTLInfo)", "all phones are found stale by DeviceTLInfo",
		"3 of 4 reported a list that a node serves (P0, P1, P3); 1 of 4 reported no list (P2)"},
	{"all nodes serve the same list", "all nodes serve the same list",
		"test10pub serves #, and test10sub serves #"},
	{"{node} serves a list signed by the {unit} key of {signer=node}",
		"test10pub serves a list signed by the CallManager key of test10sub", "it is signed by CN=test10pub"},
	{"the list of {node} (change=has changed|has not changed)", "the list of test10pub has changed", "it is still #"},
	{"the list of {node} (have=has|lacks) the record {name}", "the list of test10pub has the record test11pub",
		"it has the records test10pub.joemar2.lab, CAPF-#, ITLRECOVERY_test10pub.joemar2.lab, test10sub.joemar2.lab"},
	{"the list of {node} (have=has|lacks) the record {name}", "the list of test10pub lacks the record test10pub",
		"it has it"},
	{"the {unit} certificate of {node} (change=has changed|has not changed)",
		"the TVS certificate of test10pub has changed", "it is still the one with which the step began"},
	{"the application log of {node} (have=has|lacks) {text}", `the application log of test10pub lacks "DeviceTLInfo"`,
		"3 of its 5 lines have it"},
	{"the application log of {node} has {text} <many> times",
		`the application log of test10pub has "DeviceTLInfo" 7 times`, "3 of its 5 lines have it, not 7"},
	{"{percent} of[ the] boots took less than {number} {timeunit}",
		"99% of boots took less than 2 ms", "99% took up to #"},
	{"half of the boots took less than {number} {timeunit}",
		"half of the boots took less than 2 ms", "50% took up to #"},
	{"the median boot took (than=less than|more than) {number} {timeunit}",
		"the median boot took more than 2 hours", "50% took up to #"},
}

const unasked = "unknown signer (CN=test10pub, serial #), and no TVS could be asked: " +
	"TVS of test10pub unreachable, connecting: connection refused; " +
	"TVS of test10sub unreachable, connecting: connection refused"

const refusedBoth = "refused ITLSEP<MAC>.tlv and SEP<MAC>.cnf.xml.sgn: " + unasked

var whenThePublishersPhonesAreLocked = []failed{
	{"(is=are {state})", "all phones of pub are trusted",
		"2 of 2 are locked: ITLSEP<MAC>.tlv and SEP<MAC>.cnf.xml.sgn refused: " + unasked + " (P0, P2)"},
	{"(is=refused nothing)", "all phones of pub refused nothing", "2 of 2 " + refusedBoth + " (P0, P2)"},
	{"(is=refused a file because no TVS answers)", "all phones refused a file because no TVS answers",
		"2 of 4 refused nothing (P1, P3)"},
	{"(is=refused a file because every trust point is lost)",
		"all phones of pub refused a file because every trust point is lost", "2 of 2 " + refusedBoth + " (P0, P2)"},
	{"(is=refused a file because the configuration is encrypted)",
		"all phones of pub refused a file because the configuration is encrypted", "2 of 2 " + refusedBoth + " (P0, P2)"},
	{"(is=refused a file because a TVS denies the signer)",
		"all phones of sub refused a file because a TVS denies the signer", "2 of 2 refused nothing (P1, P3)"},
	{"(is=refused a file because the signature is wrong)",
		"half of the phones refused a file because the signature is wrong",
		"0 of 4 refused a file because the signature is wrong; of the others, " +
			"2 of 4 " + refusedBoth + " (P0, P2); 2 of 4 refused nothing (P1, P3)"},
	{"(is=refused a file because the file is malformed)",
		"all phones of sub refused a file because the file is malformed", "2 of 2 refused nothing (P1, P3)"},
	{"(is=refused a file because the firmware lacks the digest)",
		"all phones of sub refused a file because the firmware lacks the digest", "2 of 2 refused nothing (P1, P3)"},
	{"(is=hold their own node's list)", "all phones hold their own node's list",
		"2 of 4 hold one that no node serves, signed by CN=test10pub (P0, P2)"},
	{"(is=hold a list signed by the {unit} key of {node})",
		"all phones hold a list signed by the CallManager key of test10pub",
		"2 of 4 hold one signed by CN=test10sub (P1, P3); " +
			"2 of 4 hold one signed by an earlier key of CN=test10pub (P0, P2)"},
	{"(is=hold a list signed by their own node's CallManager key)",
		"all phones hold a list signed by their own node's CallManager key",
		"2 of 4 hold one signed by an earlier key of CN=test10pub (P0, P2)"},
	{"(is=took their list by TVS)", "all phones took their list by TVS",
		"2 of 4 kept the one that they held (P1, P3); 2 of 4 took none (P0, P2)"},
	{"(is=took their configuration by a signer in their list)",
		"all phones took their configuration by a signer in their list", "2 of 4 took none (P0, P2)"},
	{"the list of {node} (change=has changed|has not changed)", "the list of test10pub has not changed",
		"it was # and is #"},
	{"the {unit} certificate of {node} (change=has changed|has not changed)",
		"the CallManager certificate of test10pub has not changed",
		"it is another than the one with which the step began"},
	{"less than {percent} of files were refused", "less than 5% of files were refused", "4 of 4 files were refused"},
}

var whenSomePhonesHoldACTL = []failed{
	{"the cluster is in (mode=mixed|non-secure) mode", "the cluster is in non-secure mode", "it is in mixed mode"},
	{"all nodes serve the same CTL", "all nodes serve the same CTL", "test10pub serves #, and test10sub serves none"},
	{"{node} serves no CTL", "test10pub serves no CTL", "it serves one"},
	{"{node} serves a CTL signed by the {unit} key of {signer=node}",
		"test10sub serves a CTL signed by the CallManager key of test10pub", "it serves none"},
	{"{node} serves a CTL signed by the {unit} key of {signer=node}",
		"test10pub serves a CTL signed by the CallManager key of test10sub", "it serves one signed by CN=test10pub"},
	{"the CTL of {node} (have=has|lacks) the {unit} certificate of {owner=node}",
		"the CTL of test10sub has the CAPF certificate of test10pub", "it serves none"},
	{"the CTL of {node} (have=has|lacks) the {unit} certificate of {owner=node}",
		"the CTL of test10pub has the CAPF certificate of test10sub", "it lacks it"},
	{"the CTL of {node} (have=has|lacks) the {unit} certificate of {owner=node}",
		"the CTL of test10pub lacks the CAPF certificate of test10pub", "it has it"},
	{"(is=hold no CTL)", "all phones hold no CTL", "2 of 4 hold that of test10pub (P0, P2)"},
	{"(is=hold the CTL of {node})", "all phones hold the CTL of test10pub", "2 of 4 hold none (P1, P3)"},
	{"(is=hold a CTL signed by the {unit} key of {node})",
		"all phones hold a CTL signed by the CallManager key of test10sub",
		"2 of 4 hold none (P1, P3); 2 of 4 hold one signed by CN=test10pub (P0, P2)"},
	{"(is=are registered by TLS)", "all phones of pub are registered by TLS", "2 of 2 are registered over TCP (P0, P2)"},
	{"(is=took their configuration encrypted)", "all phones of pub took their configuration encrypted",
		"2 of 2 took it by the stored CTL (P0, P2)"},
	{"(is=hold an LSC of the present CAPF)", "all phones of pub hold an LSC of the present CAPF",
		"2 of 2 hold none (P0, P2)"},
	{"(is=hold a CTL without certificates of servers)", "all phones hold a CTL without certificates of servers",
		"2 of 4 hold none (P1, P3); 2 of 4 hold one with such certificates (P0, P2)"},
	{"(is=(have=hold|lack) the {unit} certificate of {node} in their CTL)",
		"all phones hold the CAPF certificate of test10pub in their CTL", "2 of 4 lack it (P1, P3)"},
	{"(is=(have=hold|lack) the {unit} certificate of {node} in their CTL)",
		"all phones of pub lack the CAPF certificate of test10pub in their CTL", "2 of 2 hold it (P0, P2)"},
}

var whenNothingAnswers = []failed{
	{"the cluster knows by DeviceTLInfo which list each phone holds",
		"the cluster knows by DeviceTLInfo which list each phone holds",
		"3 of 4 hold another list than the one that they reported (P0, P1, P3)"},
	{"DeviceTLInfo finds the phones whose list no node serves",
		"DeviceTLInfo finds the phones whose list no node serves",
		"2 of 4 are not found, and hold a list that no node serves (P1, P3)"},
}
