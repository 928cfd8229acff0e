package report

import (
	"fmt"
	"strings"

	"itlsim/fleet"
	"itlsim/itl"
	"itlsim/lab"
	"itlsim/phone"
)

// chapter is how a phone is now, without its name.
func (t *Teller) chapter(v *fleet.View, m *lab.Member) Chapter {
	c := Chapter{State: v.State.String(), On: v.On, Held: "none"}
	held, offered := lists(v, m)
	if held != nil {
		c.Held, c.Signer = fmt.Sprintf("%x", held.SHA1()), held.Signer.Name()
	}
	if offered != nil {
		c.Offered = fmt.Sprintf("%x, signed by %s", offered.SHA1(), offered.Signer.Name())
	}
	if v.ListBy != phone.ByNothing {
		c.ListBy = v.ListBy.String()
	}
	if v.ConfigBy != phone.ByNothing {
		c.ConfBy = v.ConfigBy.String()
	}
	refused := v.Refusals() // CTL, ITL, configuration
	for i, to := range []*Refusal{&c.Refusal, &c.ListRefused, &c.CTLRefused} {
		if i < len(refused) {
			*to = t.refusal(refused[len(refused)-1-i], v.Name)
		}
	}
	c.Ignored = strings.Join(v.Ignored(), "; ")
	return c
}

// lists are the ITLs that a phone holds and is offered, or the CTLs where it knows no
// ITL; nil for none.
func lists(v *fleet.View, m *lab.Member) (held, offered *itl.List) {
	if v.Profile.NoITL {
		return v.Flash.Lists.CTL, m.Home.ServedCTL()
	}
	return v.Flash.Lists.ITL, m.Home.ITL()
}

// refusal tells of a refusal without the phone's name, which others share.
func (t *Teller) refusal(r *phone.Refusal, name string) Refusal {
	var tried []string
	for _, err := range phone.Attempts(r.Reason) {
		tried = append(tried, t.Plain(err.Error(), name))
	}
	return Refusal{
		Refused: strings.ReplaceAll(r.File.String(), name, anyPhone), By: r.Signer.Name(), Tried: strings.Join(tried, "; "),
		Why: t.Plain(r.Reason.Error(), name),
	}
}
