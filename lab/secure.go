package lab

import (
	"cmp"
	"errors"
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

// issue has the CAPF of a cluster issue a certificate for a phone.
func (l *Lab) issue(c *cucm.Cluster, device string) (*itl.Signer, error) {
	lsc, err := l.phoneKey()
	if err != nil {
		return nil, err
	}
	lsc.Certificate, err = c.IssueLSC(device, &l.ownKey.PublicKey)
	return &lsc, err
}

// InstallLSCs has the phones that are picked fetch new certificates from the CAPF
// of their cluster, as far as they know it. nil picks all. told is called for each, as by
// IssueLSCs.
func (l *Lab) InstallLSCs(pick func(*Member) bool, told func(device string, refused error)) error {
	for i := range l.Clusters() {
		lscs, err := l.IssueLSCs(i, l.KnowCAPF(i, pick), told)
		if err != nil {
			return err
		}
		l.TakeLSCs(i, lscs, pick)
	}
	return nil
}

// IssueLSCs has the CAPF of the i-th cluster issue certificates for phones. told is called for
// each: with the refusal, of [cucm.ErrRefused], where it gets none.
func (l *Lab) IssueLSCs(
	i int, devices []string, told func(device string, refused error),
) (map[string]*itl.Signer, error) {
	if _, err := l.phoneKey(); err != nil {
		return nil, err
	}
	lscs := make(map[string]*itl.Signer)
	for _, device := range devices {
		lsc, err := l.issue(l.Clusters()[i], device)
		switch {
		case err == nil:
			lscs[device] = lsc
		case !errors.Is(err, cucm.ErrRefused):
			return nil, err
		}
		told(device, err)
	}
	return lscs, nil
}

// KnowCAPF are those of the phones of the i-th cluster that are picked and on, and know its CAPF.
func (l *Lab) KnowCAPF(i int, pick func(*Member) bool) (devices []string) {
	capf, of := l.Clusters()[i].CAPF().Certificate.Raw, l.ofCluster(i, pick)
	l.Each(fleet.Basics, func(_ int, m *Member, v *fleet.View) {
		if of(m) && v.On && v.Flash.Lists.KnowsCAPF(capf) {
			devices = append(devices, v.Name)
		}
	})
	return devices
}

// TakeLSCs gives certificates to the phones of the i-th cluster that they are for.
func (l *Lab) TakeLSCs(i int, lscs map[string]*itl.Signer, pick func(*Member) bool) {
	if len(lscs) > 0 {
		l.Send(phone.InstallLSC{CAPF: l.Clusters()[i].CAPF().Certificate.Raw, LSCs: lscs}, l.ofCluster(i, pick))
	}
}

// ofCluster picks those of the i-th cluster.
func (l *Lab) ofCluster(i int, pick func(*Member) bool) func(*Member) bool {
	c := l.Clusters()[i]
	return func(m *Member) bool { return l.ClusterOf(m.Home) == c && (pick == nil || pick(m)) }
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
	for at, m := range l.dealt(l.known()) {
		if d, ok := l.Cluster.Device(l.name(at)); ok && (pick == nil || pick(m)) {
			change(&d)
			l.Cluster.AddDevice(d)
		}
	}
}
