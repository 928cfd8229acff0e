package lab

import (
	"cmp"
	"slices"
)

// A dealing gives phones to groups in turn, so that whatever reaches all phones reaches each
// node from the beginning, and any stretch of phones has groups in proportion. The next phone
// is of the group that is the furthest behind: phones come in the order of (k+1)/count, where k
// is a phone's number in its group, and of groups.
type dealing struct {
	groups []Group
	dealt  []int // of each group, so far
}

// dealFrom is a dealing in which the first n phones are dealt.
func dealFrom(groups []Group, n int) *dealing {
	d := &dealing{groups, make([]int, len(groups))}
	total, given := max(1, Setup{Groups: groups}.Phones()), 0
	for j, g := range groups { // those with (k+1)/count up to n/total come first, and are n or fewer
		d.dealt[j] = g.Count * n / total
		given += d.dealt[j]
	}
	for ; given < n; given++ {
		d.next()
	}
	return d
}

// next deals a phone: the k-th of a group. There must be one left.
func (d *dealing) next() (group, k int) {
	at := 0
	for j, g := range d.groups {
		done := d.dealt[at] >= d.groups[at].Count
		if d.dealt[j] < g.Count && (done || (d.dealt[j]+1)*d.groups[at].Count < (d.dealt[at]+1)*g.Count) {
			at = j
		}
	}
	d.dealt[at]++
	return at, d.dealt[at] - 1
}

// dealtBefore is how many phones are dealt before the k-th of a group: which number it has.
func dealtBefore(groups []Group, group, k int) (n int) {
	for j, g := range groups {
		switch { // those with a lower (k+1)/count, and with the same where the group comes before
		case j == group:
			n += k
		case j < group:
			n += (k + 1) * g.Count / groups[group].Count
		default:
			n += ((k+1)*g.Count - 1) / groups[group].Count
		}
	}
	return n
}

// A debut is the first phone of something in a group: the k-th there.
type debut struct {
	name  string
	k     int
	count int // of the group
}

// census is which groups and models phones are of, in the order in which they are dealt.
func census(groups []Group) (names, models []string) {
	var first, of []debut
	for _, g := range groups {
		if g.Count == 0 {
			continue
		}
		first = append(first, debut{g.Name, 0, g.Count})
		seen := make(map[string]bool)
		for k := range min(g.Count, max(len(g.Models), len(g.Devices))) {
			if model := g.profile(k).Model; !seen[model] {
				seen[model], of = true, append(of, debut{model, k, g.Count})
			}
		}
	}
	return inOrder(first), inOrder(of)
}

// inOrder are the names of what has phones, in the order of the first.
func inOrder(all []debut) (names []string) {
	slices.SortStableFunc(all, func(a, b debut) int { return cmp.Compare((a.k+1)*b.count, (b.k+1)*a.count) })
	seen := make(map[string]bool)
	for _, d := range all {
		if !seen[d.name] {
			seen[d.name], names = true, append(names, d.name)
		}
	}
	return names
}
