package phone

import (
	"itlsim/itl"
	"itlsim/tftp"
)

// step of a boot: the file it is about.
type step uint8

const (
	stepCTL       step = iota // CTLSEP<MAC>.tlv; not found outside mixed mode
	stepITL                   // ITLSEP<MAC>.tlv, by phones that know ITLs
	stepITLFile               // ITLFile.tlv, where that is not found
	stepConfig                // SEP<MAC>.cnf.xml, .sgn where configurations must be signed
	stepDefault               // XMLDefault.cnf.xml, likewise, where that is not found
	stepEncrypted             // SEP<MAC>.cnf.xml.enc.sgn, where that is a stub
)

// boot is what a phone knows while it boots.
type boot struct {
	step    step
	name    tftp.Name // of the file that is asked for
	http    bool      // asked for by HTTP
	servers []string  // the phone's, when the boot began
	server  int       // TFTP server in use
	silent  int       // servers that did not answer for this file

	// list is the state by the trust list: that before the boot, until an ITL is
	// accepted or found missing.
	list State
	// refused is the worst state that refusals led to. None of them improves on
	// before, the state before the boot; a new list ends that.
	refused, before State

	newCTL, newITL, updated bool // for the status messages

	held     bool    // lists, when the boot began
	ctl, itl outcome // of their steps

	offer offer // the file that is being judged
	stub  stub  // the configuration in whose place an encrypted one is asked for
}

// outcome is what came of a step about a trust list.
type outcome uint8

const (
	listSame       outcome = iota // nothing changed: the same again, or none there
	listTaken                     // another list, or a first one
	listRefused                   // what was offered
	listUnanswered                // by any server
)

// came notes what came of a step; only those about lists matter.
func (b *boot) came(o outcome) {
	switch b.step {
	case stepCTL:
		b.ctl = o
	case stepITL, stepITLFile:
		b.itl = o
	}
}

// stub is a configuration that only says that there is an encrypted one.
type stub struct {
	file     tftp.Name   // as it was asked for
	signed   *itl.Signed // nil: it is plain
	certHash string      // of the certificate that the other is encrypted for
}

// startBoot begins with the trust lists, or, where the phone is merely restarted,
// with the configuration: what the last boot made of the lists stays.
func (p *Phone) startBoot(restart bool) {
	p.drop()
	if !restart {
		p.last = nil
		p.boot = p.library.newBoot()
		*p.boot = boot{servers: p.Servers(), before: p.state, list: p.state, held: p.flash.Lists.Installed()}
		p.begin(stepCTL)
		return
	}
	if p.last != nil {
		last := *p.last
		last.ConfigBy, last.Encrypted, last.Refusal = ByNothing, false, last.ListRefusal
		p.last = p.library.lastBoot(last)
	}
	p.boot = p.library.newBoot()
	*p.boot = boot{servers: p.Servers(), before: p.lists, list: p.lists}
	p.begin(stepConfig)
}

// newBoot is room for a boot, that of one which has ended where there is any.
func (l *Library) newBoot() *boot {
	if b, ok := l.boots.Get().(*boot); ok {
		return b
	}
	return &boot{}
}

// endBoot ends a boot that is under way. Nothing of it may be used afterwards.
func (p *Phone) endBoot() {
	if p.boot != nil {
		*p.boot = boot{}
		p.library.boots.Put(p.boot)
		p.boot = nil
	}
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
		b.name = tftp.Name{Kind: p.configKind(), Device: p.name}
	case stepDefault:
		b.name = tftp.Name{Kind: p.configKind()}
	case stepEncrypted:
		b.name = tftp.Name{Kind: tftp.EncryptedConfig, Device: p.name}
	}
	p.fetch()
}

// configKind is the kind of configuration that the phone asks for.
func (p *Phone) configKind() tftp.Kind {
	if p.flash.Lists.SignConfigs() {
		return tftp.SignedConfig
	}
	return tftp.Config
}

func (p *Phone) fetch() {
	b := p.boot
	if len(b.servers) == 0 {
		p.noAnswer()
		return
	}
	f := b.fetch()
	f.Seq = p.await(awaitsFile)
	p.do(f)
}

// fetch is the request for the file that the boot needs now, without its number.
func (b *boot) fetch() Fetch {
	f := Fetch{Server: b.servers[b.server], Name: b.name}
	if b.http {
		f.By = HTTP
	}
	return f
}

// byTFTP asks once more, by TFTP, for a file that HTTP did not give, for whatever
// reason: phones' logs show it after a 404 and after a 503.
func (p *Phone) byTFTP() bool {
	if !p.boot.http {
		return false
	}
	p.boot.http = false
	p.fetch()
	return true
}

// noAnswer turns to the next TFTP server, and stays with it for the rest of the
// boot. No other is asked while one answers.
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
	b.came(listUnanswered)
	if b.step == stepEncrypted {
		p.refuseStub(errNoServer)
		return
	}
	p.proceed()
}

func (p *Phone) notFound() {
	if !p.byTFTP() {
		p.missing()
	}
}

// missing goes on without a file that is not there.
func (p *Phone) missing() {
	switch p.boot.step {
	case stepCTL:
		p.show(MsgNoCTLFile)
		if p.profile.NoITL && p.flash.Lists.OnFaith() {
			p.boot.list = None
		}
	case stepITL:
		p.begin(stepITLFile)
		return
	case stepITLFile:
		if p.flash.Lists.OnFaith() {
			p.boot.list = None
			p.show(MsgNoList)
		}
	case stepConfig:
		p.begin(stepDefault)
		return
	case stepDefault:
		p.show(MsgNoConfig)
	case stepEncrypted:
		p.refuseStub(errNotThere)
		return
	}
	p.proceed()
}

// proceed ends a step and begins the next.
func (p *Phone) proceed() {
	switch b := p.boot; {
	case b.step == stepCTL && !p.profile.NoITL:
		p.begin(stepITL)
	case b.step <= stepITLFile:
		p.listsDone()
		p.begin(stepConfig)
	default:
		p.state = worse(b.list, b.refused)
		p.endBoot()
		if !p.register(true) {
			p.do(Booted{p.state})
		}
	}
}

// listsDone ends the steps about trust lists: status messages and the alarm.
func (p *Phone) listsDone() {
	b := p.boot
	if b.list <= Trusted {
		// The state before may not fit any more: a CTL alone was installed, or the
		// power failed in the boot that changed the lists.
		b.list = p.flash.Lists.best()
	}
	p.lists = worse(b.list, b.refused)
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
		p.storeAlarm(p.library.alarm(p.name, p.IP(), p.flash.Lists, p.tlCode()))
	}
}
