package fuzz

import (
	"context"
	"errors"
	"fmt"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/itl"
	"itlsim/phone"
)

// secure gives phones another security profile, of which they learn by their next
// configuration.
func secure(t *trial, on targets) Act {
	modes := cnf.SecurityModes()
	mode := modes[t.random.IntN(len(modes))]
	text := fmt.Sprintf("%s have the device security mode %v", on.phones(), mode)
	return Act{Text: text, do: func(_ context.Context, t *trial) error {
		for _, p := range t.phones[on.from:on.to] {
			d, _ := t.cluster.Device(p.Name()) // all are in the database
			d.Security = mode
			t.cluster.AddDevice(d)
		}
		return nil
	}}
}

// installLSCs has phones that know CAPF fetch new certificates from it, for one key.
func installLSCs(_ *trial, on targets) Act {
	return Act{Text: on.phones() + " install new LSCs", do: func(_ context.Context, t *trial) error {
		key, err := t.keys.Key(keyBits)
		if err != nil {
			return err
		}
		ev := phone.InstallLSC{CAPF: t.cluster.CAPF().Certificate.Raw, LSCs: make(map[string]*itl.Signer)}
		for _, p := range t.phones[on.from:on.to] {
			if !p.On() || !p.Flash().Lists.KnowsCAPF(ev.CAPF) {
				continue
			}
			lsc, err := t.cluster.IssueLSC(p.Name(), &key.PublicKey)
			if errors.Is(err, cucm.ErrNoCAPF) { // the publisher has no power
				return nil
			}
			if err != nil {
				return err
			}
			ev.LSCs[p.Name()] = &itl.Signer{Certificate: lsc, Key: key}
		}
		t.fleet.Send(ev, func(p *phone.Phone) bool { return ev.LSCs[p.Name()] != nil })
		return nil
	}}
}
