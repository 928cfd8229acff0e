package wire

import (
	"context"
	"net/url"
	"time"

	"itlsim/fleet"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/tftp"
)

// fetch asks a server for a file, from the phone's own address.
func (f *Fleet) fetch(p *phone.Phone, a phone.Fetch) phone.Event {
	ask := f.fetchTFTP
	if a.By == phone.HTTP {
		ask = f.fetchHTTP
	}
	var data []byte
	err := f.patiently(func() (err error) {
		data, err = ask(p, a)
		return err
	})
	answer := fleet.FileAnswer(a, data, err)
	switch answer.(type) {
	case phone.FileNotFound:
		if a.By == phone.TFTP { // what HTTP does not have, the phone asks TFTP for
			f.failures.add("TFTP", a.Server, p.Name(), a.Name+" not found")
		}
	case phone.NoAnswer:
		f.failures.add(a.By.String(), a.Address(), p.Name(), reason(err))
	}
	return answer
}

func (f *Fleet) fetchTFTP(p *phone.Phone, a phone.Fetch) ([]byte, error) {
	client := tftp.Client{
		Local: f.local(p), Timeout: f.config.Limits.TFTPTimeout, Retries: f.config.Limits.TFTPRetries,
		MaxSize: itl.MaxFile, Retransmits: &f.tally.Retransmits,
	}
	return client.Get(f.ctx, a.Server, a.Name)
}

func (f *Fleet) fetchHTTP(p *phone.Phone, a phone.Fetch) ([]byte, error) {
	conn, err := f.dial(p, a.Address())
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(f.ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	return get(conn, a.Address(), "/"+url.PathEscape(a.Name), p.Profile().UserAgent())
}
