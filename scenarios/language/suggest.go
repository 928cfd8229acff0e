package language

import (
	"fmt"
	"strings"
)

// DidYouMean suggests the name that is most like what was typed, to be put
// behind an error message; "" where none is near enough to be meant.
func DidYouMean(typed string, names []string) string {
	if near := nearest(typed, names); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}

func nearest(typed string, names []string) string {
	best, at := "", max(3, len(typed)/2)
	for _, name := range names {
		if d := distance(strings.ToLower(typed), strings.ToLower(name)); d < at {
			best, at = name, d
		}
	}
	return best
}

// distance is the Levenshtein distance.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			next := diagonal
			if a[i] != b[j] {
				next = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
