package fuzz

import (
	"context"
	"fmt"
	"slices"
	"time"

	"itlsim/cucm"
	"itlsim/itl"
	"itlsim/phone"
)

// An Act is one line of a plan.
type Act struct {
	Number int // its place in the plan, from 0, also where others are left out
	Text   string
	do     func(context.Context, *trial) error
	then   time.Duration // until the next act
}

// pauses between acts: within a boot, after it, past the five-minute guard, past
// the time to live of a TVS answer.
var pauses = []time.Duration{
	0, 300 * time.Millisecond, 3 * time.Second, time.Minute, time.Minute,
	6 * time.Minute, 6 * time.Minute, 25 * time.Hour,
}

// plan draws the acts. Whatever an act needs is drawn now, so that it does the
// same whichever others are kept.
func (t *trial) plan() []Act {
	acts := make([]Act, 4+t.random.IntN(14))
	for i := range acts {
		a := t.act()
		a.Number = i
		a.then = pauses[t.random.IntN(len(pauses))]
		a.Text += fmt.Sprintf(", then %v", a.then)
		acts[i] = a
	}
	return acts
}

// targets are what an act is about.
type targets struct {
	node     *cucm.Node
	from, to int // phones, from one index to before another
}

func (t targets) phones() string { return fmt.Sprintf("phones %d to %d", t.from, t.to-1) }

// act draws an act.
func (t *trial) act() Act {
	nodes := t.cluster.Nodes()
	on := targets{node: nodes[t.random.IntN(len(nodes))], from: t.random.IntN(len(t.phones))}
	on.to = on.from + 1 + t.random.IntN(len(t.phones)-on.from)
	total := 0
	for _, d := range draws {
		total += d.odds
	}
	n := t.random.IntN(total)
	for _, d := range draws {
		if n -= d.odds; n < 0 {
			return d.act(t, on)
		}
	}
	panic("unreachable")
}

// draws are the acts that a plan is drawn from, and how often.
var draws = []struct {
	odds int
	act  func(*trial, targets) Act
}{
	{3, regenerates(cucm.CallManager)},
	{3, regenerates(cucm.TVSUnit)},
	{1, regenerates(cucm.CAPFUnit, cucm.ITLRecovery, cucm.Tomcat)},
	{1, func(_ *trial, on targets) Act { return typed(on.node, "utils service restart Cisco Tftp") }},
	{1, func(t *trial, _ targets) Act {
		return typed(t.cluster.Publisher(), "utils itl reset localkey", password)
	}},
	{1, resetAll},
	{1, upgrades},
	{4, changeCTL},
	{1, changeFIPS},
	{3, shareCertificate},
	{3, secure},
	{3, installLSCs},
	{1, part},
	{1, rejoin},
	{2, func(_ *trial, on targets) Act { return sent(on, "lose their power", phone.PowerOff{}) }},
	{2, func(_ *trial, on targets) Act { return sent(on, "are switched on", phone.PowerOn{}) }},
	{1, erase},
	{1, switchSettings},
	{1, cutOff},
	{1, disturb},
	{1, stopTVS},
	{1, confuseTVS},
	{1, func(_ *trial, on targets) Act { return power(on.node, false, "loses its power") }},
	{1, func(_ *trial, on targets) Act { return power(on.node, true, "has power again") }},
	{1, endFaults},
	{3, intrude},
}

func regenerates(units ...cucm.Unit) func(*trial, targets) Act {
	return func(t *trial, on targets) Act {
		unit := units[0]
		if len(units) > 1 {
			unit = units[t.random.IntN(len(units))]
		}
		return typed(on.node, "set cert regen "+string(unit), "yes")
	}
}

// upgrades is an upgrade of the publisher to any build, which is refused unless it is
// later, or of a subscriber to what the publisher runs.
func upgrades(t *trial, on targets) Act {
	builds := cucm.UpgradesFrom("0")
	build := builds[t.random.IntN(len(builds))]
	if on.node.Publisher() {
		a := typed(on.node, "utils system upgrade initiate", build, "yes", "yes")
		a.Text += ", to " + build
		return a
	}
	text := on.node.Name() + " is upgraded to the publisher's version"
	return Act{Text: text, do: func(_ context.Context, t *trial) error {
		t.follow(on.node)
		return nil
	}}
}

// changeCTL takes the cluster into mixed mode or out of it, or renews, resets or
// deletes the CTL. What the mode or the release does not allow is refused.
func changeCTL(t *trial, on targets) Act {
	lines := []string{
		"utils ctl set-cluster mixed-mode", "utils ctl set-cluster mixed-mode", "utils ctl set-cluster non-secure-mode",
		"utils ctl update CTLFile", "utils ctl reset localkey", "file delete tftp " + itl.CTLFilename,
	}
	n := t.random.IntN(len(lines))
	if n == len(lines)-1 {
		return typed(on.node, lines[n], "y")
	}
	return typed(t.cluster.Publisher(), lines[n], "y")
}

func changeFIPS(t *trial, on targets) Act {
	return typed(on.node, "utils fips "+[]string{"enable", "disable"}[t.random.IntN(2)], "yes")
}

// shareCertificate makes a multi-server certificate, which releases before 14 refuse,
// or has tomcat's reused, which all refuse where it is none.
func shareCertificate(t *trial, _ targets) Act {
	lines := []string{
		"set cert multi-server CallManager", "set cert multi-server TVS", "set cert multi-server tomcat", "set cert reuse",
	}
	return typed(t.cluster.Publisher(), lines[t.random.IntN(len(lines))])
}

func resetAll(*trial, targets) Act {
	return Act{Text: "all devices are reset", do: func(_ context.Context, t *trial) error {
		t.cluster.ResetPhones()
		return nil
	}}
}

func erase(t *trial, on targets) Act {
	if t.random.IntN(2) == 0 {
		return sent(on, "are reset to factory settings", phone.FactoryReset{})
	}
	return sent(on, "have their lists erased", phone.EraseLists{})
}

func switchSettings(*trial, targets) Act {
	return Act{Text: "settings access, and web access, are turned over", do: func(_ context.Context, t *trial) error {
		s := t.cluster.Settings()
		s.SettingsAccess, s.WebAccess = !s.SettingsAccess, !s.WebAccess
		t.cluster.Configure(s)
		return nil
	}}
}

func cutOff(_ *trial, on targets) Act {
	text := fmt.Sprintf("%s are cut off from %s", on.phones(), on.node.Name())
	return Act{Text: text, do: func(_ context.Context, t *trial) error {
		t.fleet.Partition(on.node, on.from, on.to)
		return nil
	}}
}

// part cuts a subscriber off from the publisher; rejoin ends that. Nothing happens at
// the publisher.
func part(_ *trial, on targets) Act {
	return Act{Text: on.node.Name() + " is cut off from the publisher", do: func(_ context.Context, t *trial) error {
		if on.node.Publisher() {
			return nil
		}
		return on.node.Part(t.cluster.Publisher())
	}}
}

func rejoin(_ *trial, on targets) Act {
	return Act{Text: on.node.Name() + " reaches the publisher again", do: func(_ context.Context, t *trial) error {
		if on.node.Publisher() {
			return nil
		}
		return on.node.Rejoin(t.cluster.Publisher())
	}}
}

func disturb(t *trial, _ targets) Act {
	net := t.network
	net.Loss, net.Duplication, net.Reordering = t.random.Float64()*0.5, t.random.Float64()*0.3, t.random.Float64()*0.3
	text := fmt.Sprintf("the network loses %.0f %%, doubles %.0f %%, delays %.0f %%",
		net.Loss*100, net.Duplication*100, net.Reordering*100)
	return Act{Text: text, do: func(_ context.Context, t *trial) error {
		t.fleet.Disturb(net)
		return nil
	}}
}

func stopTVS(t *trial, on targets) Act {
	if t.random.IntN(2) == 0 {
		return typed(on.node, "utils service stop "+string(cucm.TVSService))
	}
	return typed(on.node, "utils service start "+string(cucm.TVSService))
}

func confuseTVS(_ *trial, on targets) Act {
	text := "TVS of " + on.node.Name() + " shows the CallManager certificate"
	return Act{Text: text, do: func(_ context.Context, t *trial) error {
		on.node.SetFaults(&cucm.Faults{TVS: on.node.Certificate(cucm.CallManager)})
		return nil
	}}
}

func power(n *cucm.Node, on bool, text string) Act {
	return Act{Text: n.Name() + " " + text, do: func(_ context.Context, t *trial) error { return t.power(n, on) }}
}

func endFaults(_ *trial, on targets) Act {
	text := "the network and " + on.node.Name() + "'s TVS are well again, and nobody is in the middle"
	return Act{Text: text, do: func(_ context.Context, t *trial) error {
		t.tamper = nil
		t.fleet.Heal(t.network)
		on.node.SetFaults(nil)
		return nil
	}}
}

// typed is a command at a node. That the node refuses it is no fault of the
// trial.
func typed(n *cucm.Node, line string, answers ...string) Act {
	return Act{Text: n.Name() + ": " + line, do: func(_ context.Context, t *trial) error {
		t.command(n, line, answers...)
		return nil
	}}
}

// sent is an event that happens to phones.
func sent(on targets, text string, ev phone.Event) Act {
	return Act{Text: on.phones() + " " + text, do: func(_ context.Context, t *trial) error {
		those := t.phones[on.from:on.to]
		t.fleet.Send(ev, func(p *phone.Phone) bool { return slices.Contains(those, p) })
		return nil
	}}
}
