package fuzz

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// A Failure is a rule that did not hold.
type Failure struct {
	Seed    uint64 // of the trial, which it repeats
	Checker string
	Acts    []Act // that were carried out
	Err     error // what the checker found
}

func (f *Failure) Error() string {
	return fmt.Sprintf("seed %d: %s: %v", f.Seed, f.Checker, f.Err)
}

// Unwrap gives what the checker found.
func (f *Failure) Unwrap() error { return f.Err }

// Story is a failure in words: the seed, the acts, what was found, and the command
// that plays it again.
func (f *Failure) Story() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d, release %s, fails: %s: %v\n\n", f.Seed, ReleaseOf(f.Seed), f.Checker, f.Err)
	keep := make([]string, len(f.Acts))
	for i, a := range f.Acts {
		keep[i] = fmt.Sprint(a.Number)
		fmt.Fprintf(&b, "  %2d  %s\n", a.Number, a.Text)
	}
	if len(f.Acts) == 0 {
		keep = []string{"none"}
		b.WriteString("  (no act is needed)\n")
	}
	fmt.Fprintf(&b, "\nitlsim fuzz --runs 1 --seed %d --keep %s\n", f.Seed, strings.Join(keep, ","))
	return b.String()
}

// Shrink drops acts from a failing trial, the longest runs of acts first, as long
// as the same checker still fails.
func Shrink(ctx context.Context, o Options, f *Failure) *Failure {
	o.Seed = f.Seed
	for size := max(1, len(f.Acts)/2); size > 0; size /= 2 {
		for from := 0; from < len(f.Acts); {
			o.Keep = without(f.Acts, from, from+size)
			var shorter *Failure
			if err := Run(ctx, o); errors.As(err, &shorter) && shorter.Checker == f.Checker {
				f = shorter
			} else {
				from += size
			}
		}
	}
	return f
}

// without are the numbers of acts without those from one index to before another.
// It is never nil, which would stand for all.
func without(acts []Act, from, to int) []int {
	keep := []int{}
	for i, a := range acts {
		if i < from || i >= to {
			keep = append(keep, a.Number)
		}
	}
	return keep
}
