package wire

import (
	"net/url"

	"itlsim/fleet"
	"itlsim/fleet/network"
	"itlsim/phone"
	"itlsim/tftp"
)

// fetch asks a server for a file, from the phone's own address.
func (f *Fleet) fetch(s *slot, a phone.Fetch) phone.Event {
	ask := f.fetchTFTP
	if a.By == phone.HTTP {
		ask = f.fetchHTTP
	}
	var data []byte
	err := f.patiently(func() (err error) {
		data, err = ask(s, a)
		return err
	})
	answer := fleet.FileAnswer(a, data, err)
	switch answer.(type) {
	case phone.FileNotFound:
		if a.By == phone.TFTP { // what HTTP does not have, the phone asks TFTP for
			f.failures.add("TFTP", a.Server, s.phone.Name(), a.Name.String()+" not found")
		}
	case phone.NoAnswer:
		f.failures.add(a.By.String(), a.Address(), s.phone.Name(), reason(err))
	}
	return answer
}

func (f *Fleet) fetchTFTP(s *slot, a phone.Fetch) ([]byte, error) {
	client := tftp.Client{
		Local: f.local(s.phone), Sockets: f.files,
		Timeout: f.config.Limits.TFTPTimeout, Retries: f.config.Limits.TFTPRetries,
		MaxSize: a.Limit(), Retransmits: &f.tally.Retransmits,
	}
	if way := s.path.To(a.Server); way.Disturbance() != (network.Disturbance{}) {
		client.Path = way
	}
	server, err := f.config.Network.Target(f.ctx, a.Server)
	if err != nil {
		return nil, err
	}
	return client.Get(f.ctx, server, a.Name.String())
}

func (f *Fleet) fetchHTTP(s *slot, a phone.Fetch) ([]byte, error) {
	defer f.place()()
	conn, err := f.dial(s, a.Address())
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer f.endsWith(conn)()
	return get(conn, a.Address(), "/"+url.PathEscape(a.Name.String()), s.phone.Profile().UserAgent(), a.Limit())
}
