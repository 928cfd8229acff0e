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
		c.Held, c.Signer = fmt.Sprintf("%x", l.SHA1()), l.Signer.Subject
	}
	if l := m.Home.ITL(); l != nil {
		c.Offered = fmt.Sprintf("%x, signed by %s", l.SHA1(), l.Signer.Subject)
	}
	if v.ListBy != phone.ByNothing {
		c.ListBy = v.ListBy.String()
	}
	if v.ConfigBy != phone.ByNothing {
		c.ConfBy = v.ConfigBy.String()
	}
	c.Refusal = t.refusal(v.Refusal, v.Name)
	if list := t.refusal(v.ListRefusal, v.Name); list != c.Refusal {
		c.ListRefused = list
	}
	return c
}

// refusal tells of a refusal without the phone's name, which others share; the
// zero value where there is none.
func (t *Teller) refusal(r *phone.Refusal, name string) Refusal {
	if r == nil {
		return Refusal{}
	}
	var tried []string
	for _, err := range phone.Attempts(r.Reason) {
		tried = append(tried, t.Plain(err.Error(), name))
	}
	return Refusal{
		Refused: strings.ReplaceAll(r.File, name, anyPhone), By: r.Signer.Subject, Tried: strings.Join(tried, "; "),
		Why: t.Plain(r.Reason.Error(), name),
	}
}
