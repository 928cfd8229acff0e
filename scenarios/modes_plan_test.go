package scenarios

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A drawing is a plan that is being drawn from a seed.
//
// Two things keep apart what the modes do not promise to do alike:
//
//   - Time. On the wire what phones do takes hardly any of the scenario's time, in
//     virtual time a boot may take minutes. So that no rule about minutes depends on
//     it (the five-minute guard, the lapse of a registration), each act of a plan is
//     followed by a wait that is longer. (Nor on seconds: what a list says of its time
//     is by the second.) And phones that are not registered try again
//     every 30 s of the wall clock, in virtual time during waits: what may let
//     them succeed has its wait in the same step.
//   - Chance. Both modes draw what is lost from one model, but not the same draws, as
//     they do not send the same datagrams. So either everything is lost, or little
//     enough that TFTP and TCP make up for it: of 3% a flight of TCP misses ten seconds
//     in less than one of a million cases. Delays keep away from
//     all limits, too.
type drawing struct {
	*rand.Rand
	plan
	nodes     []string // of the phones' cluster
	tftp, tvs []string // of them, that have the service
	other     string   // the other cluster's node, "" where there is none
	groups    []string
	faults    []fault // at present
}

// A fault is how it is said, and what ends it.
type fault struct{ begin, end string }

// drawPlan draws a scenario.
func drawPlan(seed uint64) plan {
	d := &drawing{Rand: rand.New(rand.NewPCG(seed, 0))}
	d.setUp(seed)
	d.step("phones: power on", d.wait())
	for range 4 + d.IntN(5) {
		switch {
		case len(d.faults) > 0 && d.IntN(3) == 0:
			d.heal(d.IntN(len(d.faults)))
		case d.IntN(2) == 0:
			d.breakSomething()
		}
		d.step(d.act())
		d.step(d.wait())
	}
	for len(d.faults) > 0 {
		d.heal(0)
	}
	d.step("page: System > Enterprise Parameters > Reset", d.wait())
	return d.plan
}

// step adds a step; an act that begins with "on " has the answers to its questions
// behind a bar.
func (d *drawing) step(acts ...string) {
	var b strings.Builder
	b.WriteString("  - do:\n")
	for _, act := range acts {
		act, answers, asked := strings.Cut(act, " | ")
		fmt.Fprintf(&b, "      - %s\n", act)
		if asked {
			fmt.Fprintf(&b, "        answers: [%s]\n", answers)
		}
	}
	d.steps = append(d.steps, b.String())
}

func (d *drawing) one(of ...string) string { return of[d.IntN(len(of))] }

// some are one to so many of some words, in any order.
func (d *drawing) some(most int, of []string) string {
	of = slices.Clone(of)
	d.Shuffle(len(of), func(i, j int) { of[i], of[j] = of[j], of[i] })
	return "[" + strings.Join(of[:1+d.IntN(min(most, len(of)))], ", ") + "]"
}

// setUp draws clusters and phones.
func (d *drawing) setUp(seed uint64) {
	var b strings.Builder
	fmt.Fprintf(&b, "name: seed-%d\nshows: a random plan\ncluster:\n  release: %s\n  nodes:\n",
		seed, d.one("9.1", "10.0", "10.5", "11.5", "12.0", "12.5", "14", "15"))
	for i := range 1 + d.IntN(3) {
		node, services := fmt.Sprintf("node-%d", i+1), "[tftp, tvs]"
		if i > 0 {
			services = d.one(services, services, "[tftp]", "[tvs]")
		}
		d.nodes = append(d.nodes, node)
		if strings.Contains(services, "tftp") {
			d.tftp = append(d.tftp, node)
		}
		if strings.Contains(services, "tvs") {
			d.tvs = append(d.tvs, node)
		}
		fmt.Fprintf(&b, "    - {name: %s, services: %s}\n", node, services)
	}
	if d.IntN(3) == 0 {
		d.other = "elsewhere"
		b.WriteString("other cluster:\n  domain: elsewhere.lab\n  nodes:\n    - {name: elsewhere, services: [tftp, tvs]}\n")
	}
	b.WriteString("phones:\n")
	for i := range 1 + d.IntN(3) {
		d.groups = append(d.groups, fmt.Sprintf("group-%d", i+1))
		fmt.Fprintf(&b, "  - {group: group-%d, count: %d, tftp: %s, call managers: %s, offline: %s, "+
			"models: %s, security profile: %s, holds: %s}\n",
			i+1, 2+d.IntN(4), d.some(2, d.tftp), d.some(3, d.nodes), d.one("0%", "0%", "50%"),
			d.some(3, []string{"8861", "7821", "9971", "7962", "7940", "8875"}),
			d.one("non secure", "non secure", "authenticated", "encrypted"),
			d.one("nothing", "nothing", "the present list", "a list without the ITLRECOVERY record"))
	}
	d.head = b.String()
}

func (d *drawing) wait() string {
	return "wait: " + d.one("10 minutes", "10 minutes", "1 hour", "25 hours")
}

const sound = " is sound again"

// heal ends a fault.
func (d *drawing) heal(i int) {
	d.step("fault: "+d.faults[i].end, d.wait())
	d.faults = slices.Delete(d.faults, i, i+1)
}

// breakSomething begins a fault. There is one of what networks lose and delay at a
// time, since two of them might come close to phones' limits.
func (d *drawing) breakSomething() {
	node, tftp, tvs, group := d.one(d.nodes...), d.one(d.tftp...), d.one(d.tvs...), d.one(d.groups...)
	const right = " serves what it should again"
	service := d.one("TVS of "+tvs, "TFTP of "+tftp)
	of := d.one("", " of "+group)
	f := []fault{
		{service + " is down", service + " is up again"},
		{node + " is down", node + " is up again"},
		{"TVS of " + tvs + " shows a wrong certificate", tvs + right},
		{"TFTP of " + tftp + " serves " + d.one("corrupted lists", "corrupted configurations", "a stale list"), tftp + right},
		{group + " is cut off from " + node, group + " reaches " + node + " again"},
		{d.nodes[0] + " is cut off from " + node, d.nodes[0] + " reaches " + node + " again"},
		{service + " cannot be reached by " + group, service + " can be reached by " + group + " again"},
		{"the network" + of + " loses " + d.one("3%", "100%") + " of all datagrams", "the network" + of + sound},
		{"the network" + of + " delays by " + d.one("20", "3500", "7000") + " ms", "the network" + of + sound},
		{"the network" + of + " delays by " + d.one("1400", "1900") + " ms (varying by 50 ms)", "the network" + of + sound},
	}[d.IntN(10)]
	ofNetwork := strings.HasSuffix(f.end, sound)
	publisher := d.nodes[0]
	if f.begin == publisher+" is cut off from "+publisher || slices.ContainsFunc(d.faults, func(has fault) bool {
		return has.end == f.end || ofNetwork && strings.HasSuffix(has.end, sound)
	}) {
		return
	}
	d.step("fault: " + f.begin)
	d.faults = append(d.faults, f)
}

// act draws what administrators and users do.
func (d *drawing) act() string {
	node := d.one(d.nodes...)
	phones := d.one("phones: ", "phones of "+d.one(d.groups...)+": ", "offline phones: ")
	if d.IntN(2) == 0 {
		return d.command(node)
	}
	switch d.IntN(8) {
	case 6:
		return "page: " + d.one(
			"Device Security Mode of "+d.one(d.groups...)+" = "+d.one("non secure", "authenticated", "encrypted"),
			"System > Enterprise Parameters > TFTP File Signature Algorithm = "+d.one("SHA-1", "SHA-512"),
			"System > Enterprise Parameters > Prepare Cluster for Rollback to pre 8.0 = "+d.one("True", "False"),
			"System > Enterprise Parameters > Phone Interaction on Certificate Update = "+d.one("automatic", "manual"),
		)
	case 7:
		return phones + "install a new LSC"
	case 0, 1:
		return d.one("page: System > Enterprise Parameters > Reset", phones+"reset")
	case 2:
		return phones + d.one("power on", "power off")
	case 3:
		return phones + d.one("erase the trust list", "factory reset", "open the directory")
	case 4:
		if d.other != "" {
			return phones + "move to the other cluster"
		}
		return phones + "use TFTP " + d.one(d.tftp...)
	}
	return "page: " + d.one("Common Phone Profile > settings access = ", "Common Phone Profile > web access = ") +
		d.one("Enabled", "Disabled")
}

// command draws a command and its answers.
func (d *drawing) command(node string) string {
	if d.other != "" && d.IntN(4) == 0 {
		node = d.other
	}
	if d.IntN(2) == 0 {
		return "on " + node + ": " + d.one(
			"utils ctl set-cluster mixed-mode | y", "utils ctl set-cluster mixed-mode | y",
			"utils ctl update CTLFile | y", "utils ctl update CTLFile | y", "utils ctl reset localkey | y",
			"utils ctl set-cluster non-secure-mode | y", "file delete activelog cm/tftpdata/CTLFile.tlv | y",
			"set tls min-version "+d.one("1.0", "1.2")+" | \"yes\"", "utils fips "+d.one("enable", "disable")+" | \"yes\"",
			"utils system upgrade initiate | "+d.one("1", "2", "15")+", \"yes\", \"yes\"",
			"utils system switch-version | \"yes\"", "utils disaster_recovery backup one",
			"utils disaster_recovery restore one | \"yes\"", "set cert multi-server "+d.one("TVS", "tomcat", "CallManager"),
			"set cert reuse", "utils system restart | \"yes\"",
		)
	}
	return "on " + node + ": " + d.one(
		"set cert regen CallManager | \"yes\"", "set cert regen CallManager | \"yes\"",
		"set cert regen TVS | \"yes\"", "set cert regen TVS | \"yes\"",
		"set cert regen "+d.one("ITLRecovery", "CAPF", "tomcat")+" | \"yes\"",
		"utils service restart Cisco Tftp", "utils itl reset localkey | ciscocisco",
		"utils service "+d.one("stop", "start", "restart")+" Cisco Trust Verification Service",
		"utils service "+d.one("stop", "start", "restart")+" Cisco CallManager",
		fmt.Sprintf("set network hostname renamed-%d | y, y, y", len(d.steps)),
	)
}

// A seed draws one plan, which is a scenario.
func TestPlansAreScenarios(t *testing.T) {
	for seed := range uint64(200) {
		p := drawPlan(seed)
		require.Equal(t, p, drawPlan(seed))
		load(t, p.yaml())
	}
}
