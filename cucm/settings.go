package cucm

import (
	"bytes"
	"crypto/subtle"
	"maps"
	"time"

	"itlsim/cnf"
)

// Settings are the phones' settings as configured; a phone takes them with its
// next configuration.
func (c *Cluster) Settings() cnf.Settings {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.settings
}

// Configure changes the phones' settings, as on the administration page of
// the common phone profile. Configurations are signed anew when asked for.
func (c *Cluster) Configure(s cnf.Settings) error {
	return c.change(func(d *draft) error {
		d.settings = s
		return nil
	})
}

// maxOwn bounds the phones with settings of their own, those that are not in the database
// any more included: a cluster's phones.
const maxOwn = MaxDevices

// ConfigureDevice changes which settings are a phone's own, as on its page in CCM
// Administration; the others are those of [Cluster.Configure]. The phone takes them with
// its next configuration. A phone that is not in the database is refused with
// [ErrNoDevice]; who leaves it and comes back by auto-registration finds them again.
func (n *Node) ConfigureDevice(device string, o cnf.Override) error {
	return n.change(func(d *draft) error {
		if _, known := n.cluster.Device(device); !known {
			return ErrNoDevice
		}
		own := maps.Clone(d.own)
		switch {
		case o == cnf.Override{}:
			delete(own, device)
		case own == nil:
			own = map[string]cnf.Override{device: o}
		default:
			own[device] = o
		}
		if len(own) > maxOwn {
			return ErrTooManyOwn
		}
		d.own = own
		return nil
	})
}

// DeviceSettings are those settings of a phone that are its own.
func (n *Node) DeviceSettings(device string) cnf.Override {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.sees().own[device]
}

// CheckPassword reports whether the password is the administrator's: the
// login's and the CCM Administrator's in one.
func (c *Cluster) CheckPassword(password string) bool {
	c.mu.RLock()
	l := c.login
	c.mu.RUnlock()
	return l.is(password)
}

// SetPassword changes the administrator's password.
func (c *Cluster) SetPassword(password string) error {
	l, err := newLogin(password, c.config.Random)
	if err != nil {
		return err
	}
	return c.change(func(d *draft) error {
		d.login = l
		return nil
	})
}

// SetSecurityPassword changes the cluster security password: the publisher's
// ITLRecovery.p12 is protected by the new one's, copies elsewhere stay as they
// are, so that the daily alert is due again (M17).
func (c *Cluster) SetSecurityPassword(old, password string) error {
	return c.change(func(d *draft) error {
		if subtle.ConstantTimeCompare([]byte(P12Password(old)), []byte(d.p12Password)) == 0 {
			return ErrOldPassword
		}
		return d.secure(password)
	})
}

// secure protects the recovery key by another cluster security password.
func (d *draft) secure(password string) error {
	d.p12Password = P12Password(password)
	d.monitor.Alerted = time.Time{}
	return d.protect()
}

// SetDate sets the clock by which the five-minute guard and the Certificate
// Monitor go: that of all nodes, since they take their time from the publisher.
func (c *Cluster) SetDate(at time.Time) error {
	return c.change(func(d *draft) error {
		d.ahead = at.Sub(c.config.Clock.Now())
		return nil
	})
}

// SetMailServer sets the mail server, host:port.
func (c *Cluster) SetMailServer(address string) error {
	return c.change(func(d *draft) error {
		d.monitor.SMTP = address
		return nil
	})
}

// SetNotification switches the Certificate Monitor's e-mails on or off. Without
// addresses it keeps those it has; [ErrNoAddress] refuses to notify nobody.
func (c *Cluster) SetNotification(on bool, to []string) error {
	return c.change(func(d *draft) error {
		d.monitor.Notify = on
		if len(to) > 0 {
			d.monitor.To = to
		}
		if on && len(d.monitor.To) == 0 {
			return ErrNoAddress
		}
		return nil
	})
}

// RememberServer has the node remember the key of a server with which all went well.
func (n *Node) RememberServer(key ServerKey) error {
	return n.cluster.change(func(d *draft) error {
		d.nodes[n.index].trust(key)
		return nil
	})
}

// Saved records that a file of the node's TFTP directory has been copied to a
// server. The node remembers the server's key. A saved recovery key has its
// backup: the daily alert ends (M16).
func (n *Node) Saved(name string, data []byte, on ServerKey) error {
	return n.cluster.change(func(d *draft) error {
		d.nodes[n.index].trust(on)
		if name == RecoveryFile && bytes.Equal(d.nodes[0].p12, data) {
			d.monitor.BackupDue = false
		}
		return nil
	})
}
