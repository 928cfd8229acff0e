package report

import (
	"fmt"
	"strings"

	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/phone"
)

// chapter is how a phone is now, without its name.
func (t *Teller) chapter(v *fleet.View, m *lab.Member) Chapter {
	c := Chapter{State: v.State.String(), On: v.On, Held: "none"}
	if l := v.Flash.Lists.ITL; l != nil {
		c.Held, c.Signer = fmt.Sprintf("%x", l.SHA1()), l.Signer.Name()
	}
	if l := m.Home.ITL(); l != nil {
		c.Offered = fmt.Sprintf("%x, signed by %s", l.SHA1(), l.Signer.Name())
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

// refusal tells of a refusal without the phone's name, which others share.
func (t *Teller) refusal(r *phone.Refusal, name string) Refusal {
	var tried []string
	for _, err := range phone.Attempts(r.Reason) {
		tried = append(tried, t.Plain(err.Error(), name))
	}
	return Refusal{
		Refused: strings.ReplaceAll(r.File, name, anyPhone), By: r.Signer.Name(), Tried: strings.Join(tried, "; "),
		Why: t.Plain(r.Reason.Error(), name),
	}
}
