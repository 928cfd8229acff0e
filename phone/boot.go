package phone

import (
	"bytes"
	"crypto/rsa"

	"itlsim/itl"
	"itlsim/tftp"
)

// step of a boot: the file it is about.
type step uint8

const (
	stepCTL     step = iota // CTLSEP<MAC>.tlv; not found outside mixed mode
	stepITL                 // ITLSEP<MAC>.tlv
	stepITLFile             // ITLFile.tlv, where that is not found
	stepConfig              // SEP<MAC>.cnf.xml, .sgn where a trust list is installed
)

// boot is what a phone knows while it boots.
type boot struct {
	step    step
	name    tftp.Name // of the file that is asked for
	file    string    // the same as text
	http    bool      // asked for by HTTP
	servers []string  // the phone's, when the boot began
	server  int       // TFTP server in use
	silent  int       // servers that did not answer for this file

	// list is what the ITL gave: the state before the boot, as long as nothing
	// better is known.
	list State
	// refused is the worst that refusals gave. None of them improves on before:
	// the state before the boot, until a new list begins anew.
	refused, before State

	newCTL, newITL, updated bool // what the status messages tell

	offer offer // the file under judgement
}

// offer is a file that was received and is not yet accepted.
type offer struct {
	signed  *itl.Signed // nil: none; a plain configuration is judged at once
	list    *itl.List   // where it is one
	file    *itl.File   // where it is one
	roles   []itl.Role
	inquiry inquiry // about its signer
}

func (p *Phone) startBoot() {
	p.drop()
	p.last = nil
	p.boot = &boot{servers: p.Servers(), before: p.state, list: p.state}
	p.begin(stepCTL)
}

// begin asks for the file of a step.
func (p *Phone) begin(s step) {
	b := p.boot
	b.step, b.silent, b.http, b.offer = s, 0, p.profile.HTTP, offer{}
	switch s {
	case stepCTL:
		b.name = tftp.Name{Kind: tftp.CTL, Device: p.name}
	case stepITL:
		b.name = tftp.Name{Kind: tftp.ITL, Device: p.name}
	case stepITLFile:
		b.name = tftp.Name{Kind: tftp.ITL}
	case stepConfig:
		b.name = tftp.Name{Kind: tftp.SignedConfig, Device: p.name}
		if p.flash.Lists.OnFaith() {
			b.name.Kind = tftp.Config
		}
	}
	b.file = b.name.String()
	p.fetch()
}

func (p *Phone) fetch() {
	b := p.boot
	if len(b.servers) == 0 {
		p.noAnswer()
		return
	}
	by := TFTP
	if b.http {
		by = HTTP
	}
	p.do(Fetch{Seq: p.next(aFile), Server: b.servers[b.server], By: by, Name: b.file})
}

// byTFTP asks once more, by TFTP, for a file that HTTP did not give, whatever
// the reason was: phones' logs show it of a 404 and of a 503.
func (p *Phone) byTFTP() bool {
	if !p.boot.http {
		return false
	}
	p.boot.http = false
	p.fetch()
	return true
}

// noAnswer turns to the next TFTP server, which is asked only when one does not
// answer, and stays with it for the rest of the boot.
func (p *Phone) noAnswer() {
	b := p.boot
	if p.byTFTP() {
		return
	}
	if b.silent++; b.silent < len(b.servers) {
		b.server = (b.server + 1) % len(b.servers)
		b.http = p.profile.HTTP
		p.fetch()
		return
	}
	// No answer at all: the boot goes on with what is stored.
	p.show(MsgTFTPTimeout)
	p.proceed()
}

func (p *Phone) notFound() {
	if p.byTFTP() {
		return
	}
	switch p.boot.step {
	case stepCTL:
		p.show(MsgNoCTLFile)
	case stepITL:
		p.begin(stepITLFile)
		return
	case stepITLFile:
		if p.flash.Lists.OnFaith() {
			p.boot.list = None
			p.show(MsgNoList)
		}
	case stepConfig:
		p.show(MsgNoConfig)
	}
	p.proceed()
}

// proceed ends a step and begins the next.
func (p *Phone) proceed() {
	switch b := p.boot; b.step {
	case stepCTL:
		p.begin(stepITL)
	case stepITL, stepITLFile:
		p.listsDone()
		p.begin(stepConfig)
	case stepConfig:
		p.state, p.boot = worse(b.list, b.refused), nil
		if !p.register(true) {
			p.do(Booted{p.state})
		}
	}
}

// listsDone ends the trust list step: status messages and the alarm.
func (p *Phone) listsDone() {
	b := p.boot
	if b.list <= Trusted {
		// "As before" may not fit any more: a CTL alone was installed, or the
		// power failed in the boot that changed the lists.
		b.list = p.flash.Lists.best()
	}
	switch {
	case b.updated:
		p.show(MsgListUpdated)
	case b.newCTL && b.newITL:
		p.show(MsgBothInstalled)
	case b.newCTL:
		p.show(MsgCTLInstalled)
	case b.newITL:
		p.show(MsgITLInstalled)
	}
	if p.rules().reportsLists(p) {
		p.storeAlarm(Alarm(p.name, p.ip, p.flash.Lists))
	}
}

// received judges a file by the table of trust states: same bytes, faith, a
// known signer, a TVS that vouches.
func (p *Phone) received(data []byte) {
	b, lists := p.boot, p.flash.Lists
	if b.step == stepConfig && lists.OnFaith() {
		p.acceptConfig(data, ByFaith, "")
		return
	}
	if b.step == stepConfig {
		file, err := p.library.file(data)
		if err != nil {
			p.refuse(nil, &MalformedError{err})
			return
		}
		b.offer = offer{signed: &file.Signed, file: file, roles: configRoles}
	} else {
		list, err := p.library.list(data)
		if err != nil {
			p.refuse(nil, &MalformedError{err})
			return
		}
		b.offer = offer{signed: &list.Signed, list: list, roles: listRoles}
		if stored := p.stored(); stored != nil && bytes.Equal(stored.Bytes(), data) {
			p.accept(BySameFile, "")
			return
		}
	}
	if b.offer.signed.Digest == itl.SHA512 && !p.profile.SHA512 {
		p.refuse(b.offer.signed, &DigestError{itl.SHA512})
		return
	}
	if b.offer.list != nil && lists.OnFaith() {
		if err := p.library.verifySelf(b.offer.list); err != nil {
			p.refuse(b.offer.signed, &ForgedError{Err: err})
			return
		}
		p.accept(ByFaith, "")
		return
	}
	p.judge()
}

// stored is the list that the offered one would replace.
func (p *Phone) stored() *itl.List {
	if p.boot.step == stepCTL {
		return p.flash.Lists.CTL
	}
	return p.flash.Lists.ITL
}

// judge authenticates the offer's signer: the stored lists first, then what TVS
// said before, then TVS.
func (p *Phone) judge() {
	o := &p.boot.offer
	if rec, by := p.rules().signer(p.flash.Lists, o.signed.Signer, o.roles); by != ByNothing {
		p.check(rec.Key(), by, "")
		return
	}
	if v := p.flash.vouchFor(o.signed.Signer, o.roles, p.now); v != nil {
		p.check(v.Key, ByCache, v.Server)
		return
	}
	o.inquiry.about = &o.signed.Signer
	p.askNextTVS()
}

// check verifies the offer under the signer's key.
func (p *Phone) check(key *rsa.PublicKey, by TrustPoint, server string) bool {
	o := &p.boot.offer
	if err := p.rules().verify(p, o.signed, key); err != nil {
		p.refuse(o.signed, &ForgedError{by.String(), err})
		return false
	}
	return p.accept(by, server)
}

// accept takes the offer, a list or a configuration, and ends the step. It
// reports whether it did: a configuration may prove to be none.
func (p *Phone) accept(by TrustPoint, server string) bool {
	if p.boot.step == stepConfig {
		return p.acceptConfig(p.boot.offer.file.Payload, by, server)
	}
	b, list := p.boot, p.boot.offer.list
	p.verdict(by, server, nil)
	first := p.stored() == nil || by == ByFaith
	if b.step == stepCTL {
		b.newCTL = first
		p.flash.Lists.CTL = list
	} else {
		b.newITL = first
		p.flash.Lists.ITL = list
		b.list = p.flash.Lists.best()
	}
	if by != BySameFile {
		b.updated = b.updated || !first
		b.before = None
		if p.profile.FlushesVouches {
			p.flash.Vouches = nil
		}
	}
	p.proceed()
	return true
}

// acceptConfig puts a configuration in force.
func (p *Phone) acceptConfig(payload []byte, by TrustPoint, server string) bool {
	read := p.library.payload(payload, p.flash.Config, p.flash.ConfigSum)
	if p.flash.Config == nil || p.flash.ConfigSum != read.sum {
		if read.err != nil {
			p.refuse(p.boot.offer.signed, &MalformedError{read.err})
			return false
		}
		p.flash.Config, p.flash.ConfigSum = read.config, read.sum
	}
	p.verdict(by, server, nil)
	p.show(MsgConfigUsed)
	p.proceed()
	return true
}

// refuse turns the offered file down, which changes nothing stored and never
// improves the state, and goes on with the boot.
func (p *Phone) refuse(signed *itl.Signed, reason Reason) {
	b := p.boot
	r := &Refusal{File: b.file, Reason: reason}
	if signed != nil {
		r.Signer = signed.Signer
	}
	b.refused = worse(b.refused, worse(b.before, Explain(reason).State))
	switch b.step {
	case stepCTL:
		p.show(MsgCTLFailed)
	case stepConfig:
		p.show(MsgConfigFailed)
	default:
		p.show(MsgListFailed)
	}
	p.verdict(ByNothing, "", r)
	p.proceed()
}

func (p *Phone) verdict(by TrustPoint, server string, r *Refusal) {
	v := Verdict{File: p.boot.file, Kind: p.boot.name.Kind, By: by, Server: server, Refusal: r}
	if s := p.boot.offer.signed; s != nil {
		v.SHA1, v.Signer = s.SHA1(), s.Signer
	}
	p.note(v)
	p.do(v)
}
