package phone

import (
	"slices"

	"itlsim/itl"
	"itlsim/tftp"
)

// A LastBoot is what came of the files that a phone was offered in its last
// boot, or so far in the one under way. It is zero before the first.
type LastBoot struct {
	// ListBy and ConfigBy are what authenticated the trust list and the
	// configuration that it took; ByNothing where it took none.
	ListBy, ConfigBy TrustPoint
	// Encrypted: the configuration was.
	Encrypted bool
	// Refusal is the last refusal, ListRefusal the last one of a trust list,
	// CTLRefusal that of the CTL; nil where there was none. Refusals are all.
	Refusal, ListRefusal, CTLRefusal *Refusal
}

// Refusals are those of all files that were refused: CTL, ITL, configuration.
func (b LastBoot) Refusals() []*Refusal {
	var all []*Refusal
	for _, r := range []*Refusal{b.CTLRefusal, b.ListRefusal, b.Refusal} {
		if r != nil && !slices.ContainsFunc(all, func(other *Refusal) bool { return other.File == r.File }) {
			all = append(all, r)
		}
	}
	return all
}

// LastBoot is what the last boot took, from whom, and what it refused.
func (p *Phone) LastBoot() LastBoot {
	if p.last == nil {
		return LastBoot{}
	}
	last := *p.last
	for _, r := range []**Refusal{&last.Refusal, &last.ListRefusal, &last.CTLRefusal} {
		*r = (*r).of(p.name)
	}
	return last
}

// note adds a verdict to what is known of the boot.
func (p *Phone) note(v Verdict) {
	var last LastBoot
	if p.last != nil {
		last = *p.last
	}
	switch {
	case v.Refusal != nil:
		last.Refusal = p.library.refusal(v.Refusal, p.name)
		if v.File.Kind.IsList() {
			last.ListRefusal = last.Refusal
		}
		if v.File.Kind == tftp.CTL {
			last.CTLRefusal = last.Refusal
		}
	case v.File.Kind.IsList():
		last.ListBy = v.By
	default:
		last.ConfigBy, last.Encrypted = v.By, v.File.Kind == tftp.EncryptedConfig
	}
	p.last = p.library.lastBoot(last)
}

// anyName stands for a phone's name in refusals that phones share.
const anyName = "SEP<MAC>"

// refusal gives one value for refusals that differ in the phone's name alone: a
// million of them would be the largest thing in memory.
func (l *Library) refusal(r *Refusal, name string) *Refusal {
	file := r.File
	if file.Device == name {
		file.Device = anyName
	}
	equal := func() (*Refusal, error) {
		var room [1 << 10]byte
		return l.refusals.get(r.appendKey(append(room[:0], file.String()...)), func() (*Refusal, error) {
			return &Refusal{file, r.Signer, r.Reason}, nil
		})
	}
	var shared *Refusal
	if lost, ok := r.Reason.(*LostError); ok { // phones share it, see lost
		shared, _ = remember(l, &l.lostFiles, lostFile{file, lost}, equal)
	} else {
		shared, _ = equal()
	}
	return shared
}

// lostFile is a file that was refused for a reason that phones share.
type lostFile struct {
	file tftp.Name
	why  *LostError
}

// lost is the reason for which a phone refuses whose inquiry has no TVS left to ask, or
// was found equal to it.
func (l *Library) lost(q *inquiry, why string) *LostError {
	var tried [maxTried]error
	if copy(tried[:], q.tried) < len(q.tried) || q.certificate != nil { // which is one phone's
		return &LostError{*q.about, why, q.tried}
	}
	e, _ := remember(l, &l.losses, loss{q.about, why, tried}, func() (*LostError, error) {
		return &LostError{*q.about, why, q.tried}, nil
	})
	return e
}

// maxTried is of how many TVS reasons are shared: a CallManager Group has three nodes.
const maxTried = 3

// loss is what tells such reasons apart.
type loss struct {
	about *itl.Identity // of a parsed file, which phones share
	why   string
	tried [maxTried]error
}

// strange is what a phone notes of a TVS whose certificate is not in its list.
func (l *Library) strange(server string) error {
	e, _ := remember(l, &l.strangers, server, func() (*StrangeTVSError, error) {
		return &StrangeTVSError{server}, nil
	})
	return e
}

// appendKey adds what tells a refusal from others of the same file. It is made of what
// the refusal's words would be made of, since few of those are ever read. What a reason
// says of the signer is the refusal's own.
func (r *Refusal) appendKey(key []byte) []byte {
	var why string
	switch reason := r.Reason.(type) {
	case *LostError:
		why = reason.Why
	case *NoTVSAnswerError: // the attempts say all
	default:
		why = reason.Error()
	}
	key = append(key, 0, byte(r.Reason.row()))
	for _, part := range []string{r.Signer.Subject, r.Signer.Issuer, why} {
		key = append(append(key, part...), 0)
	}
	key = append(key, r.Signer.Serial...)
	for _, err := range Attempts(r.Reason) {
		key = append(append(key, 0), err.Error()...)
	}
	return key
}

// lastBoot gives one value to all phones of which the same is known.
func (l *Library) lastBoot(last LastBoot) *LastBoot {
	shared, _ := l.lastBoots.get(last, func() (*LastBoot, error) {
		kept := last // so that only what is kept is allocated
		return &kept, nil
	})
	return shared
}

// of is a shared refusal as one phone's.
func (r *Refusal) of(name string) *Refusal {
	if r == nil || r.File.Device != anyName {
		return r
	}
	own := *r
	own.File.Device = name
	return &own
}
