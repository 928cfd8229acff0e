package fuzz

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"itlsim/cucm"
	"itlsim/itl"
	"itlsim/phone"
)

// An Act is one line of a plan.
type Act struct {
	Number int
	Text   string
	do     func(context.Context, *world) error
	then   time.Duration // until the next
}

// pauses between acts: within a boot, after it, past the five-minute guard, past
// a TVS answer's time to live.
var pauses = []time.Duration{0, 300 * time.Millisecond, 3 * time.Second, time.Minute, time.Minute, 6 * time.Minute, 6 * time.Minute, 25 * time.Hour}

// plan draws the acts. What an act draws it draws now, so that it does the same
// whichever others are kept.
func (w *world) plan() []Act {
	acts := make([]Act, 4+w.random.IntN(14))
	for i := range acts {
		a := w.act()
		a.Number = i
		a.then = pauses[w.random.IntN(len(pauses))]
		a.Text += fmt.Sprintf(", then %v", a.then)
		acts[i] = a
	}
	return acts
}

func (w *world) act() Act {
	nodes := w.cluster.Nodes()
	n := nodes[w.random.IntN(len(nodes))]
	from := w.random.IntN(len(w.phones))
	to := from + 1 + w.random.IntN(len(w.phones)-from)
	those := fmt.Sprintf("phones %d to %d", from, to-1)
	switch w.random.IntN(26) {
	case 0, 1, 2:
		return command(n, "set cert regen CallManager", "yes")
	case 3, 4, 5:
		return command(n, "set cert regen TVS", "yes")
	case 6:
		unit := []cucm.Unit{cucm.CAPFUnit, cucm.ITLRecovery, cucm.Tomcat}[w.random.IntN(3)]
		return command(n, "set cert regen "+string(unit), "yes")
	case 7:
		return command(n, "utils service restart Cisco Tftp")
	case 8:
		return command(nodes[0], "utils itl reset localkey", password)
	case 9:
		return Act{Text: "all devices are reset", do: func(_ context.Context, w *world) error {
			w.cluster.ResetPhones()
			return nil
		}}
	case 10, 11:
		return sent(those+" lose their power", from, to, phone.PowerOff{})
	case 12, 13:
		return sent(those+" are switched on", from, to, phone.PowerOn{})
	case 14:
		if w.random.IntN(2) == 0 {
			return sent(those+" are reset to factory settings", from, to, phone.FactoryReset{})
		}
		return sent(those+" have their lists erased", from, to, phone.EraseLists{})
	case 15:
		return Act{Text: "settings access, and web access, are turned over", do: func(_ context.Context, w *world) error {
			s := w.cluster.Settings()
			s.SettingsAccess, s.WebAccess = !s.SettingsAccess, !s.WebAccess
			w.cluster.Configure(s)
			return nil
		}}
	case 16:
		return Act{Text: fmt.Sprintf("%s are cut off from %s", those, n.Name()), do: func(_ context.Context, w *world) error {
			w.fleet.Partition(n, from, to)
			return nil
		}}
	case 17:
		net := w.network
		net.Loss, net.Duplication, net.Reordering = w.random.Float64()*0.5, w.random.Float64()*0.3, w.random.Float64()*0.3
		return Act{Text: fmt.Sprintf("the network loses %.0f %%, doubles %.0f %%, delays %.0f %%", net.Loss*100, net.Duplication*100, net.Reordering*100), do: func(_ context.Context, w *world) error {
			w.fleet.Disturb(net)
			return nil
		}}
	case 18:
		if w.random.IntN(2) == 0 {
			return command(n, "utils service stop "+string(cucm.TVSService))
		}
		return command(n, "utils service start "+string(cucm.TVSService))
	case 19:
		return Act{Text: "TVS of " + n.Name() + " shows the CallManager certificate", do: func(_ context.Context, w *world) error {
			n.SetFaults(&cucm.Faults{TVS: n.Certificate(cucm.CallManager)})
			return nil
		}}
	case 20:
		return Act{Text: n.Name() + " loses its power", do: func(_ context.Context, w *world) error { return w.power(n, false) }}
	case 21:
		return Act{Text: n.Name() + " has power again", do: func(_ context.Context, w *world) error { return w.power(n, true) }}
	case 22:
		return Act{Text: "the network and " + n.Name() + "'s TVS are well again, and nobody is in the middle", do: func(_ context.Context, w *world) error {
			w.temper = nil
			w.fleet.Heal(w.network)
			n.SetFaults(nil)
			return nil
		}}
	}
	return w.intruder(from, to, those, n)
}

func command(n *cucm.Node, line string, answers ...string) Act {
	return Act{Text: n.Name() + ": " + line, do: func(_ context.Context, w *world) error {
		w.types(n, line, answers...) // refusals are part of the game
		return nil
	}}
}

func sent(text string, from, to int, ev phone.Event) Act {
	return Act{Text: text, do: func(_ context.Context, w *world) error {
		those := w.phones[from:to]
		w.fleet.Send(ev, func(p *phone.Phone) bool { return slices.Contains(those, p) })
		return nil
	}}
}

// intruder is somebody between phones and TFTP, who changes files, or signs
// them with a key of the cluster that must not sign such files.
func (w *world) intruder(from, to int, those string, n *cucm.Node) Act {
	unit := []cucm.Unit{cucm.ITLRecovery, cucm.TVSUnit, cucm.CallManager, cucm.Tomcat}[w.random.IntN(4)]
	at := w.random.Float64()
	kind := w.random.IntN(3)
	made := make(map[string][]byte) // the same bytes for all, as long as the original is the same
	text := [...]string{"changes a byte of", "cuts off", "signs anew, with the " + string(unit) + " key of " + n.Name() + ","}[kind]
	return Act{
		Text: fmt.Sprintf("somebody in the middle %s what %s fetch", text, those),
		do: func(_ context.Context, w *world) error {
			w.temper = func(i int, name string, data []byte) []byte {
				if i < from || i >= to || !(strings.HasSuffix(name, ".sgn") || strings.HasSuffix(name, ".tlv")) {
					return data
				}
				key := string(data)
				if forged, ok := made[key]; ok {
					return forged
				}
				made[key] = w.forge(kind, at, n, unit, name, data)
				return made[key]
			}
			return nil
		},
	}
}

func (w *world) forge(kind int, at float64, n *cucm.Node, unit cucm.Unit, name string, data []byte) []byte {
	forged := slices.Clone(data)
	spot := int(at * float64(len(data)))
	switch {
	case kind == 0:
		forged[spot] ^= 1
	case kind == 1:
		forged = forged[:spot]
	case strings.HasSuffix(name, ".sgn"):
		file, err := itl.ParseFile(data)
		if err != nil {
			return data
		}
		payload := []byte(strings.Replace(string(file.Payload), "<sshAccess>1", "<sshAccess>0", 1))
		if forged, err = itl.SignFile(name, payload, file.Digest, w.clock.Now(), n.Certificate(unit).Signer); err != nil {
			return data
		}
	default:
		list, err := itl.ParseList(data)
		if err != nil {
			return data
		}
		again, err := list.Resign(n.Certificate(unit).Signer, w.clock.Now())
		if err != nil {
			return data
		}
		forged = again.Bytes()
	}
	return forged
}
