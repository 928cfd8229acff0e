package scenarios

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"itlsim/cucm"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios/language"
)

// targets are the keys that say which phones an act is for.
var targets = language.New(
	language.Rule[language.Selection]{Sentence: "[(offline|online) ]phones<which>", Means: func(g language.Given) language.Selection {
		if !g.Which.Offline {
			g.Which.Online = true // offline ones are reached by their name only
		}
		return g.Which
	}},
)

// phoneActs are what happens to phones, or is done at them.
var phoneActs = language.New(
	event("power on", phone.PowerOn{}),
	event("power off", phone.PowerOff{}),
	event("reset", phone.Reset{}),
	event("erase the trust list", phone.EraseLists{}), // refused where settings access is disabled (M20)
	event("factory reset", phone.FactoryReset{}),
	event("open the directory", phone.OpenDirectory{}),
	language.Rule[phoneAct]{Sentence: "use TFTP {node}[ then {node}]", Means: func(g language.Given) phoneAct { return useTFTP(g.Values...) }},
	language.Rule[phoneAct]{Sentence: "move to the other cluster", Means: func(language.Given) phoneAct {
		return func(ctx context.Context, st *Player, who language.Selection) error {
			if st.Other == nil {
				return fmt.Errorf("there is no other cluster")
			}
			var names []string
			for _, n := range st.Other.Nodes() {
				names = append(names, n.Name())
			}
			return useTFTP(names...)(ctx, st, who)
		}
	}},
)

type phoneAct func(context.Context, *Player, language.Selection) error

func event(sentence string, ev phone.Event) language.Rule[phoneAct] {
	return language.Rule[phoneAct]{Sentence: sentence, Means: func(language.Given) phoneAct {
		return func(_ context.Context, st *Player, who language.Selection) error {
			st.Send(ev, pick(&who))
			return nil
		}
	}}
}

// useTFTP gives phones other TFTP servers (DHCP option 150).
func useTFTP(nodes ...string) phoneAct {
	return func(_ context.Context, st *Player, who language.Selection) error {
		return st.UseTFTP(nodes, pick(&who))
	}
}

// pageActs are what is done on the administration page.
var pageActs = language.New(
	language.Rule[Act]{Sentence: "System > Enterprise Parameters > Reset", Means: func(g language.Given) Act {
		return Act{g.Text, func(_ context.Context, st *Player) error {
			st.Cluster.ResetPhones()
			return nil
		}}
	}},
	language.Rule[Act]{Sentence: "Enterprise Parameters > Reset of the other cluster", Means: func(g language.Given) Act {
		return Act{g.Text, func(_ context.Context, st *Player) error {
			st.Other.ResetPhones()
			return nil
		}}
	}},
	language.Rule[Act]{Sentence: "System > Enterprise Parameters > Prepare Cluster for Rollback to pre 8.0 = {truth}", Means: func(g language.Given) Act {
		return Act{g.Text, func(_ context.Context, st *Player) error {
			return st.Cluster.PrepareForRollback(g.Last(1) == "True")
		}}
	}},
	language.Rule[Act]{Sentence: "Common Phone Profile > " + anySetting + " = {changed}", Means: func(g language.Given) Act {
		return Act{g.Text, func(_ context.Context, st *Player) error {
			s := st.Cluster.Settings()
			*settingIn(g.Text, &s) = g.Last(1) == "Enabled"
			return st.Cluster.Configure(s)
		}}
	}},
)

// waits let time pass on the scenario's clock.
var waits = language.New(
	language.Rule[Act]{Sentence: "{number} {timeunit}", Means: func(g language.Given) Act {
		d, err := duration(g.Values[0], g.Values[1])
		return Act{"wait " + g.Text, func(ctx context.Context, st *Player) error {
			if err != nil {
				return err
			}
			return st.Advance(ctx, d)
		}}
	}},
)

// faults are what goes wrong, and what is put right again.
var faults = language.New(
	service("{service} of {node} is down", func(st *Player, n *cucm.Node, s cucm.Service) error {
		return st.Stop(n, s)
	}),
	service("{service} of {node} is up again", func(st *Player, n *cucm.Node, s cucm.Service) error {
		return st.Start(n, s)
	}),
	node("{node} is down", func(_ *Player, n *cucm.Node) error { return n.PowerOff() }),
	node("{node} is up again", func(_ *Player, n *cucm.Node) error { return n.PowerOn() }),
	network("the network loses {percent} of all datagrams", func(d *lab.Disturbance, g language.Given) {
		share, _ := strconv.ParseFloat(strings.TrimSuffix(g.Last(1), "%"), 64)
		d.Loss = share / 100
	}),
	network("the network delays datagrams by {number} ms", func(d *lab.Disturbance, g language.Given) {
		n, _ := strconv.Atoi(g.Last(1))
		d.Delay = time.Duration(min(n, 60_000)) * time.Millisecond
	}),
	network("the network is sound again", func(d *lab.Disturbance, _ language.Given) { *d = lab.Disturbance{} }),
	node("TVS of {node} shows a wrong certificate", func(st *Player, n *cucm.Node) error {
		n.SetFaults(&cucm.Faults{TVS: n.Certificate(cucm.CallManager)})
		return nil
	}),
	node("TFTP of {node} serves a stale list", func(st *Player, n *cucm.Node) error {
		old := st.before.lists[n].Bytes() // as of the step's beginning
		n.SetFaults(&cucm.Faults{File: func(name string, data []byte) []byte {
			if strings.HasSuffix(name, ".tlv") {
				return old
			}
			return data
		}})
		return nil
	}),
	node("TFTP of {node} serves corrupted lists", func(_ *Player, n *cucm.Node) error {
		n.SetFaults(&cucm.Faults{File: corrupt(".tlv")})
		return nil
	}),
	node("TFTP of {node} serves corrupted configurations", func(_ *Player, n *cucm.Node) error {
		n.SetFaults(&cucm.Faults{File: corrupt(".sgn")})
		return nil
	}),
	node("{node} serves what it should again", func(_ *Player, n *cucm.Node) error {
		n.SetFaults(nil)
		return nil
	}),
)

// corrupt flips the last bit of files with an ending: their format stays whole,
// their signature does not hold any more.
func corrupt(ending string) func(string, []byte) []byte {
	return func(name string, data []byte) []byte {
		if !strings.HasSuffix(name, ending) || len(data) == 0 {
			return data
		}
		data = append([]byte(nil), data...)
		data[len(data)-1] ^= 1
		return data
	}
}

func node(sentence string, do func(*Player, *cucm.Node) error) language.Rule[Act] {
	return language.Rule[Act]{Sentence: sentence, Means: func(g language.Given) Act {
		return Act{g.Text, func(_ context.Context, st *Player) error {
			n, err := st.Node(g.Last(1))
			if err != nil {
				return err
			}
			return do(st, n)
		}}
	}}
}

func service(sentence string, do func(*Player, *cucm.Node, cucm.Service) error) language.Rule[Act] {
	return language.Rule[Act]{Sentence: sentence, Means: func(g language.Given) Act {
		return Act{g.Text, func(_ context.Context, st *Player) error {
			n, err := st.Node(g.Last(1))
			if err != nil {
				return err
			}
			s := cucm.TVSService
			if g.Last(2) == "TFTP" {
				s = cucm.TFTPService
			}
			return do(st, n, s)
		}}
	}}
}

func network(sentence string, change func(*lab.Disturbance, language.Given)) language.Rule[Act] {
	return language.Rule[Act]{Sentence: sentence, Means: func(g language.Given) Act {
		return Act{g.Text, func(_ context.Context, st *Player) error {
			d := st.Disturbance()
			change(&d, g)
			return st.Disturb(d)
		}}
	}}
}

// A typed command and what is expected of it.
type typed struct {
	node, line string
	answers    []string
	refused    string   // words that it is refused with; "": it is not
	prints     []string // each to be found in what it prints
}

// act types the command. That it is done, or refused, is an expectation.
func (c typed) act() Act {
	text := fmt.Sprintf("on %s: %s", c.node, c.line)
	return Act{text, func(_ context.Context, st *Player) error {
		n, err := st.Node(c.node)
		if err != nil {
			return err
		}
		printed, err := st.Type(n, c.line, c.answers...)
		switch {
		case c.refused != "" && err == nil:
			st.judge(text+" is refused", fmt.Errorf("it was done"))
		case c.refused != "":
			st.judge(fmt.Sprintf("%s is refused: %s", text, c.refused), contains(printed, c.refused))
		case err != nil:
			st.judge(text+" is done", err)
		}
		for _, words := range c.prints {
			st.judge(fmt.Sprintf("%s prints %q", text, words), contains(printed, words))
		}
		return nil
	}}
}

// contains looks for words, however they are broken into lines.
func contains(printed, words string) error {
	fold := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	if strings.Contains(fold(printed), fold(words)) {
		return nil
	}
	return fmt.Errorf("it printed %q", fold(printed))
}

// judge adds an expectation that an act itself found held or failed.
func (st *Player) judge(text string, err error) { st.judged = append(st.judged, judged(text, err)) }
