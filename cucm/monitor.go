package cucm

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"itlsim/cucm/ciscolog"
)

// monitor is the Certificate Monitor of OS Administration > Security.
type monitor struct {
	BackupDue bool      // ITLRecovery.p12 has not been fetched under its present password (M16, M17)
	Alerted   time.Time // when that was last said
	Ran       time.Time
	Notify    bool // by e-mail
	To        []string
	SMTP      string // host:port
}

// A Mail is an e-mail of the Certificate Monitor.
type Mail struct {
	From string
	To   []string
	Text string // with its header; lines end in CR LF
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

// SetMailServer sets the mail server, host:port.
func (c *Cluster) SetMailServer(address string) error {
	return c.change(func(d *draft) error {
		d.monitor.SMTP = address
		return nil
	})
}

// SetDate sets the clock by which the five-minute guard and the Certificate
// Monitor go: that of all nodes, since they take their time from the publisher.
func (c *Cluster) SetDate(at time.Time) error {
	return c.change(func(d *draft) error {
		d.ahead = at.Sub(c.config.Clock.Now())
		return nil
	})
}

const day = 24 * time.Hour

// catchUp is how far back the monitor looks when the clock has leapt.
const catchUp = 7 * day

// Tick lets the cluster do what is due on its clock: the Certificate Monitor
// runs once a day, hourly when a certificate has expired or is about to within
// a day. Whoever moves the clock calls it; each missed run of the last week is
// made up for, under the time when it was due.
func (c *Cluster) Tick() error {
	c.admin.Lock()
	defer c.admin.Unlock()
	d, now := c.draft(), c.Now()
	if d.monitor.Ran.After(now) { // the clock was set back
		d.monitor.Ran, d.monitor.Alerted = now, now
		return c.commit(d)
	}
	if c.Publisher().Down() || d.nextRun().After(now) {
		return nil
	}
	if now.Sub(d.monitor.Ran) > catchUp {
		d.monitor.Ran = now.Add(-catchUp)
	}
	for next := d.nextRun(); !next.After(now); next = d.nextRun() {
		d.runMonitor(next)
		d.monitor.Ran = next
	}
	if err := c.commit(d); err != nil {
		return err
	}
	if err := c.notify(d); err != nil {
		c.Publisher().raise(ciscolog.NotificationFailed, ciscolog.Tag{Name: "Message", Value: err.Error()})
	}
	return nil
}

func (d *draft) nextRun() time.Time {
	for i := range d.nodes {
		for _, cert := range d.nodes[i].certs {
			if cert.Certificate.NotAfter.Before(d.monitor.Ran.Add(day)) {
				return d.monitor.Ran.Add(time.Hour)
			}
		}
	}
	return d.monitor.Ran.Add(day)
}

// runMonitor is one run.
func (d *draft) runMonitor(at time.Time) {
	for i, n := range d.cluster.nodes {
		for _, unit := range Units {
			end := d.nodes[i].certs[unit].Certificate.NotAfter
			if end.After(at) {
				continue
			}
			message := fmt.Sprintf("Certificate expiration Notification. Certificate name:%s.der Unit:%s Type:own-cert Expiration:%s",
				unit, unit, end.Format("Mon Jan 02 15:04:05:000 MST"))
			d.eventAt(at, n, ciscolog.CertExpired, ciscolog.Tag{Name: "Message", Value: message})
		}
	}
	if d.monitor.BackupDue && !at.Before(d.monitor.Alerted.Add(day)) {
		d.monitor.Alerted = at
		pub := d.cluster.Publisher()
		alert := ciscolog.RecoveryBackup
		d.eventAt(at, pub, alert)
		d.eventAt(at, pub, ciscolog.RTMTAlert, ciscolog.Tag{Name: "Name", Value: alert.String()}, ciscolog.Tag{Name: "Detail", Value: alert.Text()})
	}
}

// notify sends what a run found by e-mail, where notification is on.
func (c *Cluster) notify(d *draft) error {
	var found []string
	for _, e := range d.events {
		if e.alarm == ciscolog.RecoveryBackup || e.alarm == ciscolog.CertExpired {
			text := e.alarm.Text()
			for _, tag := range e.details.Tags() {
				text = tag.Value + "\r\n" + text
			}
			found = append(found, e.at.UTC().Format(time.RFC1123)+"\r\n"+text+"\r\n")
		}
	}
	if !d.monitor.Notify || len(found) == 0 {
		return nil
	}
	if d.monitor.SMTP == "" {
		return errors.New("no SMTP server is set: set smtp HOST")
	}
	from := "certmon@" + d.nodes[0].fqdn()
	text := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: Certificate Monitor of %s\r\nDate: %s\r\n"+
		"Content-Type: text/plain; charset=utf-8\r\n\r\n%s",
		from, strings.Join(d.monitor.To, ", "), d.nodes[0].fqdn(), c.Now().Format(time.RFC1123Z), strings.Join(found, "\r\n"))
	if c.config.SendMail == nil {
		return errors.New("the cluster has no way to send e-mail")
	}
	return c.config.SendMail(d.monitor.SMTP, Mail{From: from, To: d.monitor.To, Text: text})
}
