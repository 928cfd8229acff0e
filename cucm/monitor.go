package cucm

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"itlsim/cucm/ciscolog"
	"itlsim/internal/cause"
)

const day = 24 * time.Hour

// catchUp is how far back the Certificate Monitor looks when the clock has leapt.
const catchUp = 7 * day

// Tick lets the cluster do what is due on its clock: the Certificate Monitor
// runs once a day, hourly when a certificate has expired or is about to within
// a day. Whoever moves the clock calls it; each missed run of the last week is
// made up for, under the time when it was due.
func (c *Cluster) Tick() (err error) {
	if fault := c.Publisher().Contain("Certificate Monitor", func() { err = c.tick() }); fault != nil {
		err = fault
	}
	return err
}

func (c *Cluster) tick() error {
	c.resetNewcomers()
	c.admin.Lock()
	defer c.admin.Unlock()
	d, now := c.draft(), c.Now()
	if d.monitor.Ran.After(now) { // the clock was set back
		d.monitor.Ran, d.monitor.Alerted = now, now
		return c.commit(d)
	}
	if d.off[0] || d.nextRun().After(now) {
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
		message := ciscolog.Tags{{Name: "Message", Value: err.Error()}}
		c.raise(occurrence{0, ciscolog.NotificationFailed, c.Now(), message})
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
	for i := range d.nodes {
		for _, unit := range d.nodes[i].facts().Units() {
			end := d.nodes[i].certs[unit].Certificate.NotAfter
			if end.After(at) {
				continue
			}
			message := fmt.Sprintf("Certificate expiration Notification. "+
				"Certificate name:%s.der Unit:%s Type:own-cert Expiration:%s",
				unit, unit, end.Format("Mon Jan 02 15:04:05:000 MST"))
			d.raiseAt(at, i, ciscolog.CertExpired, ciscolog.Tag{Name: "Message", Value: message})
		}
	}
	if d.monitor.BackupDue && !at.Before(d.monitor.Alerted.Add(day)) {
		d.monitor.Alerted = at
		alert := ciscolog.RecoveryBackup
		d.raiseAt(at, 0, alert)
		d.raiseAt(at, 0, ciscolog.RTMTAlert,
			ciscolog.Tag{Name: "Name", Value: alert.String()}, ciscolog.Tag{Name: "Detail", Value: alert.Text()})
	}
}

// notify sends what runs found by e-mail, where notification is on.
func (c *Cluster) notify(d *draft) error {
	found := d.found()
	switch {
	case !d.monitor.Notify || found == "":
		return nil
	case d.monitor.SMTP == "":
		return errors.New("no SMTP server is set: set smtp HOST")
	case c.config.SendMail == nil:
		return errors.New("the cluster has no way to send e-mail")
	}
	fqdn := d.nodes[0].fqdn()
	m := Mail{From: "certmon@" + fqdn, To: d.monitor.To}
	m.Text = fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: Certificate Monitor of %s\r\nDate: %s\r\n"+
		"Content-Type: text/plain; charset=utf-8\r\n\r\n%s",
		m.From, strings.Join(m.To, ", "), fqdn, c.Now().Format(time.RFC1123Z), found)
	if err := c.config.SendMail(d.monitor.SMTP, m); err != nil {
		return fmt.Errorf("the mail server %s took no e-mail: %s", d.monitor.SMTP, cause.OfPeer(err))
	}
	return nil
}

// found is what the monitor's runs found, as an e-mail says it.
func (d *draft) found() string {
	var found []string
	for _, e := range d.raised {
		if e.alarm != ciscolog.RecoveryBackup && e.alarm != ciscolog.CertExpired {
			continue
		}
		text := e.alarm.Text()
		for _, tag := range e.details.Tags() {
			text = tag.Value + "\r\n" + text
		}
		found = append(found, e.at.UTC().Format(time.RFC1123)+"\r\n"+text+"\r\n")
	}
	return strings.Join(found, "\r\n")
}
