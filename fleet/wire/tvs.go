package wire

import (
	"itlsim/fleet"
	"itlsim/phone"
	"itlsim/tvs"
)

// ask asks a TVS, from the phone's own address.
func (f *Fleet) ask(s *slot, a phone.AskTVS) phone.Event {
	p := s.phone
	client := tvs.Client{
		Local: f.local(p), MaxVersion: p.Profile().NewestTLS(), Timeout: f.config.Limits.TVSTimeout, Path: s.path,
	}
	var said tvs.Answer
	err := f.patiently(func() (err error) {
		defer f.place()()
		said, err = client.Ask(f.ctx, a.Server, a.Authenticate, a.Request())
		return err
	})
	answer := fleet.TVSAnswer(a, said, err)
	switch answer.(type) {
	case phone.TVSStrange:
		f.failures.add("TVS", a.Server, p.Name(), "shows a certificate that is not in the phone's list")
	case phone.TVSSilent:
		f.failures.add("TVS", a.Server, p.Name(), a.Request().Command.String()+": "+reason(err))
	}
	return answer
}
