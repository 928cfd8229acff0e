package phone

import (
	"slices"
	"strings"

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
		if v.Kind.IsList() {
			last.ListRefusal = last.Refusal
		}
		if v.Kind == tftp.CTL {
			last.CTLRefusal = last.Refusal
		}
	case v.Kind.IsList():
		last.ListBy = v.By
	default:
		last.ConfigBy, last.Encrypted = v.By, v.Kind == tftp.EncryptedConfig
	}
	p.last = p.library.lastBoot(last)
}

// anyName stands for a phone's name in refusals that phones share.
const anyName = "SEP<MAC>"

// refusal gives one value for refusals that differ in the phone's name alone: a
// million of them would be the largest thing in memory.
func (l *Library) refusal(r *Refusal, name string) *Refusal {
	if !l.Remember {
		return r
	}
	var room [1 << 10]byte
	before, after, named := strings.Cut(r.File, name)
	key := append(room[:0], before...)
	if named {
		key = append(append(key, anyName...), after...)
	}
	shared, _ := l.refusals.get(r.appendKey(key), func() (*Refusal, error) {
		return &Refusal{File: strings.Replace(r.File, name, anyName, 1), Signer: r.Signer, Reason: r.Reason}, nil
	})
	return shared
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
	shared, _ := remember(l, &l.lastBoots, last, func() (*LastBoot, error) {
		kept := last // so that only what is kept is allocated
		return &kept, nil
	})
	return shared
}

// of is a shared refusal as one phone's.
func (r *Refusal) of(name string) *Refusal {
	if r == nil || !strings.Contains(r.File, anyName) {
		return r
	}
	own := *r
	own.File = strings.Replace(r.File, anyName, name, 1)
	return &own
}
