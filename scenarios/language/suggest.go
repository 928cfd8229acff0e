package language

import (
	"fmt"
	"slices"
	"strings"
)

// DidYouMean suggests the names that are most like what was typed, to be put behind an
// error message; "" where none is near enough to be meant, or too many are.
func DidYouMean(typed string, names []string) string {
	near := nearest(typed, names)
	if len(near) == 0 || len(near) > mostMeant {
		return ""
	}
	for i, n := range near {
		near[i] = fmt.Sprintf("%q", n)
	}
	return fmt.Sprintf(" (did you mean %s?)", strings.Join(near, " or "))
}

// MeantOr is the suggestion of [DidYouMean], or all names, behind words such as "there is",
// where there is none.
func MeantOr(typed string, names []string, otherwise string) string {
	if hint := DidYouMean(typed, names); hint != "" {
		return hint
	}
	return "; " + otherwise + " " + strings.Join(names, ", ")
}

// mostMeant is how many names a suggestion has.
const mostMeant = 3

// nearest are the names that are as typed but for the case of letters; or else the one
// that was begun; or else those that are the least mistakes away, where no more than a
// third of the letters are mistaken, or where too much follows. What is a name already has none.
func nearest(typed string, names []string) []string {
	if slices.Contains(names, typed) {
		return nil
	}
	typed, begun := strings.ToLower(typed), ""
	var same, near []string
	least, ways := 0, false
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		lower := strings.ToLower(name)
		switch {
		case typed == "" || lower == "":
			continue
		case lower == typed:
			same = append(same, name)
		case strings.HasPrefix(lower, typed) && begun == "":
			begun = name // the shortest of those that begin with it, as they are sorted
		case strings.HasPrefix(lower, typed):
			ways = ways || !strings.HasPrefix(lower, strings.ToLower(begun))
		}
		a, b := []rune(typed), []rune(lower)
		longer := strings.HasPrefix(typed, lower) && 2*len(b) >= len(a)
		most := max(len(a), len(b)) / 3
		if max(len(a)-len(b), len(b)-len(a)) > most && !longer {
			continue // as many mistakes at least; what is typed may be a whole book
		}
		switch d := mistakes(a, b); {
		case d > most && !longer:
		case near == nil || d < least:
			least, near = d, []string{name}
		case d == least:
			near = append(near, name)
		}
	}
	switch {
	case same != nil:
		return same
	case begun != "" && !ways:
		return []string{begun}
	}
	return near
}

// mistakes is how many letters were left out, added, mistaken, or exchanged with the next
// (the optimal string alignment distance).
func mistakes(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			changed := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				changed++
			}
			rows[i][j] = min(changed, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
