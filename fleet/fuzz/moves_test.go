package fuzz

import (
	"context"
	"errors"
	"slices"
	"time"

	"itlsim/cucm"
	"itlsim/phone"
)

// inBoot is when a phone has judged its list and not its configuration.
const inBoot = 400 * time.Millisecond

// A move is an act of the exploration.
type move struct {
	name string
	// changes tells whether the act is possible, and changes anything.
	changes func(*situation) bool
	do      func(context.Context, *situation) error
}

// moves are all acts that are tried in every situation.
func moves() []move { return slices.Concat(clusterMoves(), phoneMoves(), faultMoves()) }

func always(*situation) bool { return true }

// clusterMoves are the administrator's.
func clusterMoves() []move {
	var all []move
	for i, name := range []string{"pub", "sub"} {
		node := func(p *situation) *cucm.Node { return p.cluster.Nodes()[i] }
		for _, unit := range []cucm.Unit{cucm.CallManager, cucm.TVSUnit} {
			all = append(all, move{
				name + ": " + string(unit) + " regenerated",
				// two generations are enough
				func(p *situation) bool { return node(p).Certificate(unit).Modified.IsZero() },
				func(_ context.Context, p *situation) error { return node(p).Regenerate(unit) },
			})
		}
		all = append(all, move{name + ": TFTP restarted", always, func(_ context.Context, p *situation) error {
			return node(p).Restart(cucm.TFTPService)
		}})
	}
	return append(all, move{"utils itl reset localkey", always, reset})
}

// phoneMoves happen to the phone.
func phoneMoves() []move {
	on := func(p *situation) bool { return p.phones[0].On() }
	off := func(p *situation) bool { return !on(p) }
	sent := func(name string, when func(*situation) bool, ev phone.Event) move {
		return move{name, when, func(_ context.Context, p *situation) error {
			p.fleet.Send(ev, nil)
			return nil
		}}
	}
	return []move{
		sent("phone switched on", off, phone.PowerOn{}),
		sent("phone switched off", on, phone.PowerOff{}),
		sent("phone reset", on, phone.Reset{}),
		sent("lists erased", on, phone.EraseLists{}),
		sent("factory reset", off, phone.FactoryReset{}),
		{"power lost during a boot", on, func(ctx context.Context, p *situation) error {
			p.fleet.Send(phone.Reset{}, nil)
			if err := p.fleet.Advance(ctx, inBoot); err != nil {
				return err
			}
			p.fleet.Send(phone.PowerOff{}, nil)
			return nil
		}},
	}
}

// faultMoves befall the network and the nodes.
func faultMoves() []move {
	fault := func(name string, put func(*faults)) move {
		after := func(p *situation) faults {
			f := p.faults
			put(&f)
			return f
		}
		changes := func(p *situation) bool { return after(p) != p.faults }
		return move{name, changes, func(_ context.Context, p *situation) error {
			p.setFaults(after(p))
			return nil
		}}
	}
	between := func(does string, m middle) move {
		return fault("somebody between phone and TFTP "+does, func(f *faults) { f.middle = m })
	}
	return []move{
		fault("phone cut off from pub", func(f *faults) { f.pubCut = true }),
		fault("phone cut off from sub", func(f *faults) { f.subCut = true }),
		fault("TVS down on both", func(f *faults) { f.tvsDown, f.tvsStrange = true, false }),
		fault("TVS shows a wrong certificate on both", func(f *faults) { f.tvsDown, f.tvsStrange = false, true }),
		between("changes a bit of lists", middle{".tlv", changeByte, ""}),
		between("cuts lists short", middle{".tlv", cutShort, ""}),
		between("signs lists with a TVS key", middle{".tlv", signAnew, cucm.TVSUnit}),
		between("changes a bit of configurations", middle{".sgn", changeByte, ""}),
		between("signs configurations with the ITLRECOVERY key", middle{".sgn", signAnew, cucm.ITLRecovery}),
		fault("all faults end", func(f *faults) { *f = faults{} }),
	}
}

// reset is `utils itl reset localkey` without the question for the password, which
// costs more than all the rest.
func reset(_ context.Context, p *situation) error {
	r, err := p.cluster.Publisher().BeginReset()
	if err != nil {
		return err
	}
	defer r.End()
	if err := r.Generate(nil); err != nil {
		return err
	}
	if err := r.Transfer(); err != nil {
		return err
	}
	for _, n := range r.Active {
		err = errors.Join(err, r.Restart(n))
	}
	return err
}
