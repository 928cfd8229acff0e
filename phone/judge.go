package phone

import (
	"bytes"
	"crypto/md5"
	"crypto/rsa"
	"encoding/hex"
	"errors"

	"itlsim/itl"
	"itlsim/tftp"
)

// offer is a file that was received, and has been neither accepted nor refused.
type offer struct {
	signed    *itl.Signed    // nil: none; a plain configuration is judged at once
	list      *itl.List      // where it is one
	file      *itl.File      // where it is one
	encrypted *itl.Encrypted // where it is one
	roles     []itl.Role     // that may sign it
	inquiry   inquiry        // about its signer
}

// received judges a file by the table in the package's documentation: the same
// bytes once more, trust on first use, a known signer, a TVS that vouches.
func (p *Phone) received(data []byte) {
	b, onFaith := p.boot, p.flash.Lists.OnFaith()
	switch {
	case len(data) == 0 && onFaith:
		// People put such files there for phones that are to find none.
		p.missing()
		return
	case len(data) == 0:
		p.refuse(nil, &MalformedError{errEmpty})
		return
	case len(data) > limit(b.name.Kind): // whatever the driver let through
		p.refuse(nil, &MalformedError{tooLarge(b.name.Kind)})
		return
	case b.name.Kind == tftp.Config:
		by := Unsigned
		if onFaith {
			by = ByFaith
		}
		p.acceptConfig(data, by, "")
		return
	}
	if err := p.read(data); err != nil {
		p.refuse(nil, &MalformedError{err})
		return
	}
	o := &b.offer
	if stored := p.stored(); o.list != nil && stored != nil && bytes.Equal(stored.Bytes(), data) {
		p.accept(BySameFile, "")
		return
	}
	if o.signed.Digest == itl.SHA512 && !p.profile.SHA512 {
		p.refuse(o.signed, &DigestError{itl.SHA512})
		return
	}
	if o.list != nil && onFaith {
		if err := p.library.verifySelf(o.list); err != nil {
			p.refuse(o.signed, &ForgedError{Err: err})
			return
		}
		p.accept(ByFaith, "")
		return
	}
	p.judge()
}

// read makes an offer of a signed file.
func (p *Phone) read(data []byte) error {
	switch p.boot.name.Kind {
	case tftp.SignedConfig:
		file, err := p.library.file(data)
		if err == nil {
			p.boot.offer = offer{signed: &file.Signed, file: file, roles: configRoles}
		}
		return err
	case tftp.EncryptedConfig:
		file, err := itl.ParseEncrypted(data)
		if err == nil {
			p.boot.offer = offer{signed: &file.Signed, encrypted: file, roles: configRoles}
		}
		return err
	}
	list, err := p.library.list(data)
	if err == nil {
		p.boot.offer = offer{signed: &list.Signed, list: list, roles: p.listSigners()}
	}
	return err
}

// listSigners are the roles that may sign the list that is asked for.
func (p *Phone) listSigners() []itl.Role {
	if lists := p.flash.Lists; p.boot.step != stepCTL && lists.ITL == nil && lists.CTL != nil {
		return firstITLRoles
	}
	return listRoles
}

// stored is the list that the offered one would replace.
func (p *Phone) stored() *itl.List {
	if p.boot.step == stepCTL {
		return p.flash.Lists.CTL
	}
	return p.flash.Lists.ITL
}

// judge authenticates the offer's signer: by the stored lists first, then by what
// TVS said before, then by TVS.
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

// check verifies the offer under the signer's key, and accepts or refuses it.
func (p *Phone) check(key *rsa.PublicKey, by TrustPoint, server string) (accepted bool) {
	o := &p.boot.offer
	if err := p.rules().verify(p, o.signed, key); err != nil {
		p.refuse(o.signed, &ForgedError{by.String(), err})
		return false
	}
	return p.accept(by, server)
}

// accept takes the offer, a list or a configuration, and ends the step. A
// configuration may yet prove to be none, and is refused.
func (p *Phone) accept(by TrustPoint, server string) (accepted bool) {
	b, list := p.boot, p.boot.offer.list
	switch {
	case b.offer.file != nil:
		return p.acceptConfig(b.offer.file.Payload, by, server)
	case b.offer.encrypted != nil:
		plain, err := p.decrypt(b.offer.encrypted)
		if err != nil {
			p.refuse(b.offer.signed, &EncryptedError{b.name.String(), b.stub.certHash, b.offer.encrypted.Scheme(), err})
			return false
		}
		return p.acceptConfig(plain, by, server)
	}
	p.verdict(by, server, nil)
	first := p.stored() == nil || by == ByFaith
	if b.step == stepCTL {
		b.newCTL = first
		p.flash.Lists.CTL = list
	} else {
		b.newITL = first
		p.flash.Lists.ITL = list
	}
	if b.step != stepCTL || p.profile.NoITL { // the last list that the phone asks for
		b.list = p.flash.Lists.best()
	}
	if by != BySameFile {
		b.came(listTaken)
		b.updated = b.updated || !first
		b.before = None
		if p.profile.FlushesVouches {
			p.flash.Vouches = nil
		}
	}
	p.proceed()
	return true
}

// acceptConfig puts a plain configuration in force and ends the step, or refuses
// what is none. In place of a stub it asks for the encrypted one.
func (p *Phone) acceptConfig(payload []byte, by TrustPoint, server string) (accepted bool) {
	b, read := p.boot, p.library.payload(payload, p.flash.Config, p.flash.ConfigSum)
	if p.flash.Config == nil || p.flash.ConfigSum != read.sum {
		switch {
		case read.err != nil:
			p.refuse(b.offer.signed, &MalformedError{read.err})
			return false
		case read.config.Stub && b.step == stepEncrypted:
			p.refuse(b.offer.signed, &MalformedError{errStubInside})
			return false
		case read.config.Stub:
			b.stub = stub{b.name, b.offer.signed, read.config.CertHash}
			p.begin(stepEncrypted)
			return false
		}
		p.flash.Config, p.flash.ConfigSum, p.flash.ConfigStamp = read.config, read.sum, read.stamp
	}
	p.verdict(by, server, nil)
	if b.step == stepDefault {
		p.show(MsgDefaultUsed)
	} else {
		p.show(MsgConfigUsed)
	}
	p.proceed()
	return true
}

// decrypt reads an encrypted configuration by the phone's LSC, if it is for that one.
func (p *Phone) decrypt(f *itl.Encrypted) ([]byte, error) {
	lsc := p.flash.LSC
	if lsc == nil {
		return nil, errNoLSC
	}
	sum := md5.Sum(lsc.Certificate.Raw)
	if hash := p.boot.stub.certHash; hash != "" && hash != hex.EncodeToString(sum[:]) {
		return nil, errOtherLSC
	}
	key, ok := lsc.Key.(*rsa.PrivateKey)
	if !ok {
		return nil, errNoLSC
	}
	return f.Decrypt(key)
}

// Why an encrypted configuration cannot be read.
var (
	errNoLSC      = errors.New("the phone has no key to read it")
	errOtherLSC   = errors.New("the phone has another certificate")
	errStubInside = errors.New("the encrypted configuration says that it is encrypted")
)

// refuseStub turns a stub down whose encrypted configuration the phone did not
// get.
func (p *Phone) refuseStub(why error) {
	b := p.boot
	missing := b.name.String()
	b.name, b.offer = b.stub.file, offer{signed: b.stub.signed}
	p.refuse(b.stub.signed, &EncryptedError{missing, b.stub.certHash, "", why})
}

// refuse turns the offered file down, which changes nothing stored and never
// improves the state, and goes on with the boot.
func (p *Phone) refuse(signed *itl.Signed, reason Reason) {
	b := p.boot
	r := &Refusal{File: b.name, Reason: reason}
	if signed != nil {
		r.Signer = signed.Signer
	}
	b.refused = worse(b.refused, worse(b.before, Explain(reason).State))
	b.came(listRefused)
	switch b.name.Kind {
	case tftp.CTL:
		p.show(MsgCTLFailed)
	case tftp.ITL:
		p.show(MsgListFailed)
	default:
		p.show(MsgConfigFailed)
	}
	p.verdict(ByNothing, "", r)
	p.proceed()
}

func (p *Phone) verdict(by TrustPoint, server string, r *Refusal) {
	v := Verdict{File: p.boot.name, By: by, Server: server, Refusal: r}
	if s := p.boot.offer.signed; s != nil {
		v.SHA1, v.Signer = s.SHA1(), s.Signer
	}
	p.note(v)
	p.do(v)
}
