package lab

import (
	"cmp"
	"fmt"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/itl"
	"itlsim/phone"
)

// phoneKey is the key of all phones' certificates in this lab, made when some are to
// have one: by what is done alone, whichever phones are here, since it comes out of the
// source of the clusters' keys. Real phones have one each: to make a thousand would take
// minutes, and nothing here depends on it.
func (l *Lab) phoneKey() (itl.Signer, error) {
	if l.ownKey == nil {
		key, err := l.keys.Key(cmp.Or(l.keyBits, 2048))
		if err != nil {
			return itl.Signer{}, fmt.Errorf("key of the phones: %w", err)
		}
		l.ownKey = key
	}
	return itl.Signer{Key: l.ownKey}, nil
}

// lsc has the CAPF of a phone's cluster issue a certificate for it.
func (l *Lab) lsc(device string, m *Member) (*itl.Signer, error) {
	lsc, err := l.phoneKey()
	if err != nil {
		return nil, err
	}
	lsc.Certificate, err = l.ClusterOf(m.Home).IssueLSC(device, &l.ownKey.PublicKey)
	return &lsc, err
}

// InstallLSCs has the phones that are picked fetch new certificates from the CAPF
// of their cluster, as far as they know it. nil picks all.
func (l *Lab) InstallLSCs(pick func(*Member) bool) error {
	_, failed := l.phoneKey()
	for _, c := range l.Clusters() {
		ofCluster := func(m *Member) bool { return l.ClusterOf(m.Home) == c && (pick == nil || pick(m)) }
		ev := phone.InstallLSC{CAPF: c.CAPF().Certificate.Raw, LSCs: make(map[string]*itl.Signer)}
		l.Each(fleet.Basics, func(_ int, m *Member, v *fleet.View) {
			if failed == nil && ofCluster(m) && v.On && v.Flash.Lists.KnowsCAPF(ev.CAPF) {
				ev.LSCs[v.Name], failed = l.lsc(v.Name, m)
			}
		})
		if failed != nil {
			return failed
		}
		if len(ev.LSCs) > 0 {
			l.Send(ev, ofCluster)
		}
	}
	return nil
}

// SetEncrypted sets TFTP Encrypted Config of the security profile of the phones that
// are picked, like SetSecurityMode.
func (l *Lab) SetEncrypted(on bool, pick func(*Member) bool) {
	l.changeDevices(pick, func(d *cucm.Device) { d.Encrypted = on })
}

// SetSecurityMode gives the phones that are picked another security profile in the
// database of the setup's own cluster. They learn of it by their next configuration.
func (l *Lab) SetSecurityMode(mode cnf.SecurityMode, pick func(*Member) bool) {
	l.changeDevices(pick, func(d *cucm.Device) { d.Security = mode })
}

// changeDevices changes what the database of the setup's own cluster has of the phones
// that are picked. nil picks all.
func (l *Lab) changeDevices(pick func(*Member) bool, change func(*cucm.Device)) {
	l.Each(fleet.Basics, func(_ int, m *Member, v *fleet.View) {
		if d, ok := l.Cluster.Device(v.Name); ok && (pick == nil || pick(m)) {
			change(&d)
			l.Cluster.AddDevice(d)
		}
	})
}
