package phone

import (
	"fmt"
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
	file := strings.Replace(r.File, name, anyName, 1)
	// A reason's own words leave out what came of each TVS.
	key := fmt.Appendf(nil, "%s %s %v %v", file, r.Signer, r.Reason, Attempts(r.Reason))
	shared, _ := l.refusals.get(key, func() (*Refusal, error) {
		return &Refusal{File: file, Signer: r.Signer, Reason: r.Reason}, nil
	})
	return shared
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
