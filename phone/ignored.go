package phone

import (
	"fmt"

	"itlsim/itl"
)

// Ignored is what the phone has taken and does not act on, in words: settings of
// its configuration, elements and roles of its lists. What is about certificates
// and registration is told; for the rest of a configuration see package cnf.
func (f *Flash) Ignored(p *Profile) []string {
	var all []string
	for _, l := range []*itl.List{f.Lists.CTL, f.Lists.ITL} {
		if l != nil {
			all = append(all, ignoredOf(l)...)
		}
	}
	if f.Config == nil {
		return all
	}
	if load := f.Config.Load; load != "" && load != p.Load {
		all = append(all, fmt.Sprintf("loadInformation %.64q: the firmware stays as it is", load))
	}
	return append(all, f.Config.Ignored...)
}

// ignoredOf is what a list holds without effect.
func ignoredOf(l *itl.List) []string {
	var all []string
	for _, what := range l.Unknown() {
		all = append(all, fmt.Sprintf("%s: %s, unknown", l.Kind(), what))
	}
	if later := (itl.Version{Major: 1, Minor: 1}); l.SignerVersion == later {
		all = append(all, l.Kind()+": signer version 1.1, the phone does not ask by HTTPS")
	}
	keyless := map[itl.Role]int{}
	for i := range l.Records {
		if r := &l.Records[i]; r.Certified() && r.Key() == nil {
			keyless[r.Role]++
		}
	}
	for _, role := range []itl.Role{itl.SAST, itl.CCMTFTP, itl.TFTP} {
		if n := keyless[role]; n > 0 {
			all = append(all, fmt.Sprintf("%s: %d %s entries without an RSA key, which verify nothing", l.Kind(), n, role))
		}
	}
	return all
}
