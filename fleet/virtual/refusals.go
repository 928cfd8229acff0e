package virtual

import (
	"fmt"
	"strings"

	"itlsim/phone"
)

func (f *Fleet) verdict(s *slot, v phone.Verdict) {
	list := strings.HasSuffix(v.File, ".tlv")
	switch {
	case v.Refusal != nil:
		f.tally.Refused.Add(1)
		var now refusals
		if s.refused != nil {
			now = *s.refused
		}
		now.last = f.share(s, v.Refusal)
		if list {
			now.list = now.last
		}
		if f.refusals[now] == nil {
			f.refusals[now] = &now
		}
		s.refused = f.refusals[now]
	case list:
		s.listBy = v.By
	default:
		s.configBy = v.By
	}
}

// refusals of a boot: the last, and that of a list.
type refusals struct{ last, list *phone.Refusal }

// share keeps refusals that differ in the phone's name alone in one place: a
// million of them would be the largest thing in memory.
func (f *Fleet) share(s *slot, r *phone.Refusal) *phone.Refusal {
	key := fmt.Sprintf("%s %s %v", strings.Replace(r.File, s.phone.Name(), "", 1), r.Signer, r.Reason)
	if lost, ok := r.Reason.(*phone.LostError); ok { // whose text does not tell
		key += fmt.Sprint(lost.Tried)
	}
	shared := f.refused[key]
	if shared == nil {
		shared = &phone.Refusal{File: strings.Replace(r.File, s.phone.Name(), anyName, 1), Signer: r.Signer, Reason: r.Reason}
		f.refused[key] = shared
	}
	return shared
}

// anyName stands for the phone's in a shared refusal.
const anyName = "SEP<MAC>"

// own is a shared refusal as one phone's.
func own(shared *phone.Refusal, name string) *phone.Refusal {
	if shared == nil {
		return nil
	}
	r := *shared
	r.File = strings.Replace(r.File, anyName, name, 1)
	return &r
}
