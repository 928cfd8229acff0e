package lab

import (
	"errors"
	"fmt"

	"itlsim/scenarios/inventory"
)

// ErrTooFew is Open's error when there are fewer phones than groups.
var ErrTooFew = errors.New("each group needs at least one phone")

// Scaled is the setup with so many phones in all groups, which keep their proportions. Real
// phones are never more than there are.
func (s Setup) Scaled(phones int) (Setup, error) {
	groups, err := scaled(s.Groups, phones)
	s.Groups = groups
	return s, err
}

// scaled gives the groups so many phones in proportion, at least one each: the
// next phone goes to the group that is the furthest behind its share.
func scaled(groups []Group, phones int) ([]Group, error) {
	if phones < len(groups) {
		return nil, fmt.Errorf("%d phones for %d groups: %w", phones, len(groups), ErrTooFew)
	}
	total := Setup{Groups: groups}.Phones()
	for _, g := range groups { // devices from outside cannot be multiplied
		if len(g.Devices) > 0 {
			phones = min(phones, total)
		}
	}
	all := append([]Group(nil), groups...)
	given := 0
	for i, g := range groups {
		all[i].Count = max(1, g.Count*phones/total)
		given += all[i].Count
	}
	for ; given != phones; given += sign(phones - given) {
		at := -1
		var worst float64
		for i, g := range groups {
			behind := float64(g.Count)*float64(phones)/float64(total) - float64(all[i].Count)
			if given > phones {
				behind = -behind
			}
			if (given < phones || all[i].Count > 1) && (at < 0 || behind > worst) {
				at, worst = i, behind
			}
		}
		all[at].Count += sign(phones - given)
	}
	for i := range all {
		all[i].Devices = inventory.Thinned(groups[i].Devices, all[i].Count)
	}
	return all, nil
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}
