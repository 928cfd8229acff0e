package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"itlsim/fleet"
	"itlsim/internal/build"
	"itlsim/internal/cause"
	"itlsim/scenarios/farm"
)

// phonesOrder is what the phones of a farm's workers are to do.
type phonesOrder struct {
	Do   string      `json:"do"`            // of the orders below
	Spec *phonesSpec `json:"spec,omitzero"` // of the phones that are to be put up
	From int         `json:"from,omitzero"` // the first phone that is told of, among a worker's
}

// The orders, in their order.
const (
	orderPutUp  = "put up"
	orderBoot   = "boot"
	orderSettle = "settle"
	orderStay   = "stay" // from now on, what happens to their trust is told where they are
	orderTell   = "tell" // of so many phones as are told of at a time
)

// phonesKind is what workers do whose orders are these.
const phonesKind = "phones"

// toldAtATime is of how many phones a worker tells in an answer: some 400 bytes each.
const toldAtATime = 5000

// phonesTold is what a worker tells of some of its phones.
type phonesTold struct {
	*phonesReport
	Times fleet.Times `json:"times"` // of all boots, with the first of them
}

// phonesProgress is how far a worker's phones are.
type phonesProgress struct {
	Busy   int     `json:"busy"`    // that have something left to do
	QuietS float64 `json:"quiet_s"` // for which no boot has begun or ended
}

// runByFarm boots the phones of a farm's workers, and prints one outcome of all.
func (c *phonesCmd) runByFarm(ctx context.Context, s streams, end *ending) error {
	if err := c.checkFarm(); err != nil {
		return err
	}
	var crew *phonesCrew
	o, err := newOutcomes(func() (*phonesReport, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellTime)
		defer cancel()
		return crew.outcome(ctx)
	}, c.JSON, s.out)
	if err != nil {
		return err
	}
	defer o.end()
	f, leave, err := c.farmAt.open(s.err)
	if err != nil {
		return err
	}
	defer leave()
	if crew, err = c.gather(ctx, f, s.err); err != nil {
		return interruptedOr(err)
	}
	defer crew.Close()
	defer heed(func() {
		if _, err := o.write(); err != nil {
			fmt.Fprintf(s.err, "itlsim: %s\n", cause.Of(err))
		}
	})()
	end.begin()
	err = crew.drive(ctx)
	if err == nil && c.Stay {
		if _, err = o.write(); err == nil {
			fmt.Fprintln(s.err, "The phones stay on; each worker tells what that does to the trust of its own.")
			err = crew.stay(ctx)
		}
	}
	if err != nil && !errors.Is(err, context.Canceled) && !errors.As(err, new(*farm.LostError)) {
		return err
	}
	report, werr := o.write()
	switch {
	case werr != nil:
		return errors.Join(err, werr)
	case err != nil:
		return interruptedOr(err)
	case report.lacking():
		return errFailed
	}
	return nil
}

// tellTime is how long workers have to tell of all their phones.
const tellTime = 2 * time.Minute

// interruptedOr is the error of a command that was interrupted, where that is why it ended.
func interruptedOr(err error) error {
	if errors.Is(err, context.Canceled) {
		return &exitError{exitInterrupted, errors.New("interrupted")}
	}
	return err
}

// checkFarm says which flags do not go together.
func (c *phonesCmd) checkFarm() error {
	switch {
	case c.Address != "":
		return usageError("--address is for itlsim worker when there is a farm")
	case c.Metrics != "":
		return usageError("--metrics shows the phones of this process; a farm's are at its workers")
	case c.Workers < 1 || c.Workers > c.Phones:
		return usageError("--workers-wanted %d: want 1 to %d, a phone for each", c.Workers, c.Phones)
	}
	return nil
}

// phonesCrew are the phones of a farm's workers.
type phonesCrew struct {
	*farm.Crew
	spec  phonesSpec
	quiet time.Duration

	turn sync.Mutex // of an order: another would end it
}

// gather waits for the workers.
func (c *phonesCmd) gather(ctx context.Context, f *farm.Farm, said io.Writer) (*phonesCrew, error) {
	spec := c.phonesSpec
	var err error
	if spec.TFTP, _, err = tftpServers(c.TFTP); err != nil {
		return nil, err
	}
	crew, err := gather(ctx, f, phonesKind, c.Workers, c.Phones, said)
	if err != nil {
		return nil, err
	}
	return &phonesCrew{Crew: crew, spec: spec, quiet: c.Quiet}, nil
}

// gather waits for so many workers to have phones, and tells who they are.
func gather(ctx context.Context, f *farm.Farm, kind string, workers, phones int, said io.Writer) (*farm.Crew, error) {
	fmt.Fprintf(said, "waits for %s\n", count(workers, "worker"))
	crew, err := f.Gather(ctx, farm.Call{Build: build.ID(), Kind: kind, Wanted: workers, Phones: phones})
	if err != nil {
		return nil, err
	}
	for i, m := range crew.Machines() {
		fmt.Fprintf(said, "worker %s at %s: %s\n", m.Name, m.Address, count(crew.Phones(i), "phone"))
	}
	return crew, nil
}

// order has all workers do something, when they have done what was ordered before.
func (c *phonesCrew) order(ctx context.Context, o phonesOrder) ([][]byte, error) {
	c.turn.Lock()
	defer c.turn.Unlock()
	body, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	return c.Order(ctx, body)
}

// drive has the phones boot, and waits until none does anything more.
func (c *phonesCrew) drive(ctx context.Context) error {
	for _, o := range []phonesOrder{{Do: orderPutUp, Spec: &c.spec}, {Do: orderBoot}} {
		if _, err := c.order(ctx, o); err != nil {
			return err
		}
	}
	if c.quiet == 0 {
		return nil
	}
	for !c.isQuiet() {
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := c.Missing(); err != nil {
			return err
		}
	}
	_, err := c.order(ctx, phonesOrder{Do: orderSettle})
	return err
}

// stay waits until the run is interrupted, or a worker lost.
func (c *phonesCrew) stay(ctx context.Context) error {
	if _, err := c.order(ctx, phonesOrder{Do: orderStay}); err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookAgain):
		}
		if err := c.Missing(); err != nil {
			return err
		}
	}
}

// lookAgain is how often it is looked how workers are.
const lookAgain = 100 * time.Millisecond

// isQuiet reports whether the phones of all workers are quiet for so long, each by its own clock.
func (c *phonesCrew) isQuiet() bool {
	for _, text := range c.Progress() {
		var p phonesProgress
		if json.Unmarshal(text, &p) != nil || p.Busy > 0 || p.QuietS < c.quiet.Seconds() {
			return false
		}
	}
	return true
}

// outcome is one report of all phones of workers that are there.
func (c *phonesCrew) outcome(ctx context.Context) (*phonesReport, error) {
	all := make([]*phonesReport, len(c.Machines()))
	for from := 0; ; from += toldAtATime {
		results, err := c.order(ctx, phonesOrder{Do: orderTell, From: from})
		for errors.As(err, new(*farm.LostError)) { // the others are still there
			results, err = c.order(ctx, phonesOrder{Do: orderTell, From: from})
		}
		if err != nil {
			return nil, err
		}
		more := false
		for i, text := range results {
			if text == nil {
				all[i] = nil // what it told of before is not all
				continue
			}
			told := phonesTold{phonesReport: newPhonesReport()}
			if err := json.Unmarshal(text, &told); err != nil {
				return nil, fmt.Errorf("worker %s: %w", c.Machines()[i].Name, err)
			}
			part := told.phonesReport
			part.times = told.Times
			more = more || part.Phones == toldAtATime
			if from == 0 {
				all[i] = part
			} else if all[i] != nil {
				all[i].plus(part)
			}
		}
		if !more {
			break
		}
	}
	r := newPhonesReport()
	for _, part := range all {
		if part != nil {
			r.plus(part)
		}
	}
	r.Lost = c.Lost()
	return r.whole(), nil
}

// count is how many of something there are, in words.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
