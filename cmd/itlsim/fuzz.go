package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"itlsim/fleet/fuzz"
	"itlsim/internal/interval"
	"itlsim/internal/room"
	"itlsim/scenarios/language"
)

type fuzzCmd struct {
	Runs    int    `help:"Number of trials." default:"1000"`
	Seed    uint64 `help:"Seed of the first trial; each further one takes the next." default:"1"`
	Keep    string `help:"${fuzz_keep}" placeholder:"ACTS"`
	Workers int    `help:"Trials at a time; as many as cores if 0." default:"0"`
	Quiet   bool   `help:"Show no progress."`
}

// Run looks for a run that breaks trust.
func (c *fuzzCmd) Run(ctx context.Context, s streams, end *ending) error {
	if c.Runs < 1 {
		return usageError("--runs %d: want 1 or more", c.Runs)
	}
	if c.Workers < 0 {
		return usageError("--workers %d: want 0 or more", c.Workers)
	}
	keep, err := c.kept()
	if err != nil {
		return err
	}
	began := time.Now()
	var ran atomic.Int64
	done := func() string { return language.Number(int(ran.Load())) + " of " + language.Number(c.Runs) }
	if !c.Quiet {
		defer interval.Every(10*time.Second, func() { fmt.Fprintf(s.err, "%s trials\n", done()) })()
	}
	if err := room.Enough(room.Runs, 0); err != nil {
		return err
	}
	end.begin()
	failure, err := c.fuzz(ctx, keep, &ran)
	switch {
	case errors.Is(err, context.Canceled):
		err = fmt.Errorf("interrupted: %s trials found nothing until then", done())
		return &exitError{exitInterrupted, err}
	case err != nil:
		return err
	case failure != nil:
		fmt.Fprint(s.out, failure.Story())
		return errFailed
	}
	trials := "1 trial"
	if c.Runs > 1 {
		trials = language.Number(c.Runs) + " trials"
	}
	fmt.Fprintf(s.out, "%s from seed %d on found nothing, in %.1f s\n", trials, c.Seed, time.Since(began).Seconds())
	return nil
}

// kept are the acts of --keep, nil without.
func (c *fuzzCmd) kept() ([]int, error) {
	switch {
	case c.Keep == "":
		return nil, nil
	case c.Runs != 1:
		return nil, usageError("--keep is for one trial: add --runs 1")
	}
	keep := []int{}
	for word := range strings.SplitSeq(c.Keep, ",") {
		if c.Keep == "none" {
			break
		}
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || n < 0 {
			return nil, usageError("--keep %q: want numbers of acts, as in 3,7,8, or none", c.Keep)
		}
		keep = append(keep, n)
	}
	return keep, nil
}

// fuzz runs the trials, or one with the acts that are kept.
func (c *fuzzCmd) fuzz(ctx context.Context, keep []int, ran *atomic.Int64) (*fuzz.Failure, error) {
	if keep == nil {
		workers := c.Workers
		if workers == 0 {
			workers = runtime.GOMAXPROCS(0)
		}
		failure, err := fuzz.Search(ctx, fuzz.Options{Seed: c.Seed}, c.Runs, workers, func() { ran.Add(1) })
		if err != nil && !errors.Is(err, context.Canceled) {
			err = &exitError{exitBroken, err}
		}
		return failure, err
	}
	err := fuzz.Run(ctx, fuzz.Options{Seed: c.Seed, Keep: keep})
	if failure, ok := errors.AsType[*fuzz.Failure](err); ok {
		return failure, nil
	}
	return nil, err
}
