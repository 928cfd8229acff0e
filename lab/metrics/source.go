package metrics

import (
	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/lab"
)

// A Source is what metrics are about at a time. Metrics of parts that are missing are left
// out.
type Source struct {
	Fleet fleet.Fleet // nil: there are no phones
	// Groups are the names of the phones' groups, and how many phones of each are in which
	// state. Where it is nil all phones are of one without a name.
	Groups   func() ([]string, []fleet.States)
	Clusters []*cucm.Cluster     // of this process
	Traffic  func() cucm.Traffic // of their nodes; nil where there are none
}

// Of is a lab as a source, of its clusters alone where it has no phones; nothing where it is nil.
func Of(l *lab.Lab) Source {
	if l == nil {
		return Source{}
	}
	s := Source{Clusters: l.Clusters(), Traffic: l.Traffic}
	if l.Phones() > 0 {
		s.Fleet, s.Groups = l.Fleet, l.GroupStates
	}
	return s
}

// maxGroups bounds the series of a scrape: five states of each group. Prometheus keeps each
// series for days, and a plan of a large company has some hundred device pools.
const maxGroups = 500

// otherGroups is the name under which those beyond the first are counted together. No
// group can have it: a group's name is one word.
const otherGroups = "all other groups"

// groups are the phones by group and state, in maxGroups and one more at most.
func (s *Source) groups() ([]string, []fleet.States) {
	if s.Groups == nil {
		return []string{""}, []fleet.States{s.Fleet.States()}
	}
	names, states := s.Groups()
	if len(names) <= maxGroups {
		return names, states
	}
	var others fleet.States
	for _, of := range states[maxGroups:] {
		for place, n := range of {
			others[place] += n
		}
	}
	return append(names[:maxGroups:maxGroups], otherGroups), append(states[:maxGroups:maxGroups], others)
}
