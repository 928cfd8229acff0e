package phone

import (
	"itlsim/itl"
	"itlsim/tvs"
)

// An inquiry asks TVS about a certificate that the stored lists do not hold: the
// signer of a file, or what an HTTPS service shows. It turns to one TVS member
// of the configuration in force (never of one that is being judged) after the
// other, by priority, until one that the stored ITL authenticates answers. That
// answer is final.
type inquiry struct {
	about       *itl.Identity
	certificate []byte  // DER, where the phone has it
	asked       int     // members so far
	silent      bool    // one of them gave no answer
	tried       []error // what came of each
}

// inquiry is the one under way: a phone that boots does nothing else.
func (p *Phone) inquiry() *inquiry {
	if p.boot != nil {
		return &p.boot.offer.inquiry
	}
	return &p.directory.opening.inquiry
}

// askNextTVS turns to the next member. When none is left, what they did decides
// whether all trust points are known to be lost.
func (p *Phone) askNextTVS() {
	q := p.inquiry()
	var members []string
	if p.flash.Config != nil {
		members = p.flash.Config.TVS
	}
	switch {
	case !p.flash.Lists.Installed():
		p.notVouched(p.library.lost(q, "no list is stored, by which it would know a TVS"))
	case !p.flash.Lists.HasTVS():
		p.notVouched(p.library.lost(q, "the stored list has no TVS record to ask by"))
	case len(members) == 0:
		p.notVouched(p.library.lost(q, "the configuration names no TVS to ask"))
	case q.asked < len(members):
		q.asked++
		p.do(AskTVS{
			Seq: p.await(awaitsTVS), Server: p.tvsServer(), Lists: p.flash.Lists, session: p.session,
			by: &p.profile, name: p.name, about: q.about, certificate: q.certificate, rules: p.library.rules,
		})
		p.session++
	case q.silent:
		p.notVouched(&NoTVSAnswerError{*q.about, q.tried})
	default:
		p.notVouched(p.library.lost(q, "every TVS shows a certificate that is not in the stored ITL"))
	}
}

// tvsServer is the member that was asked last.
func (p *Phone) tvsServer() string { return p.flash.Config.TVS[p.inquiry().asked-1] }

// tvsFailed notes a member that showed a strange certificate, or was silent.
func (p *Phone) tvsFailed(err error, silent bool) {
	q := p.inquiry()
	q.tried, q.silent = append(q.tried, err), q.silent || silent
	p.askNextTVS()
}

// notVouched ends the inquiry without a TVS that vouches.
func (p *Phone) notVouched(why Reason) {
	if p.boot == nil {
		p.display(HostNotFound, why)
		return
	}
	p.refuse(p.boot.offer.signed, why)
}

// tvsAnswered ends the inquiry with the answer of an authenticated TVS.
func (p *Phone) tvsAnswered(a tvs.Answer) {
	server := p.tvsServer() // while it is known: what follows may end the boot's step
	if p.boot == nil {
		p.serviceJudged(server, a)
		return
	}
	b := p.boot
	cert, reason := p.library.vouched(server, a, b.offer.signed.Signer, b.offer.roles)
	if reason != nil {
		p.notVouched(reason)
		return
	}
	flushed := b.name.Kind.IsList() && p.profile.FlushesVouches
	if p.check(cert.key, ByTVS, server) && !flushed {
		p.keepVouch(server, a, cert)
	}
}

// keepVouch keeps an answer for its time to live.
func (p *Phone) keepVouch(server string, a tvs.Answer, cert *certificate) {
	if a.TTL > 0 {
		p.flash.keepVouch(p.library.vouch(server, a, cert), p.now.Add(a.TTL), p.now)
	}
}
