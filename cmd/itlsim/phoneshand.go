package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"itlsim/fleet/network"
	"itlsim/fleet/wire"
	"itlsim/internal/strictjson"
)

// A phonesDuty is a worker's part of the phones of a farm.
type phonesDuty struct {
	at       phonesAt
	takes    func(phones int) error
	warnings io.Writer

	mu      sync.Mutex // guards what follows
	spec    *phonesSpec
	fleet   *wire.Fleet // nil: it is not put up yet
	happens *changes
	closed  bool
	told    func() // ends that changes are told; nil: they are not
}

// Do carries an order out.
func (d *phonesDuty) Do(ctx context.Context, order []byte) ([]byte, error) {
	var o phonesOrder
	if err := strictjson.UnmarshalKnown(order, &o); err != nil {
		return nil, err
	}
	if o.Do == orderPutUp {
		return nil, d.putUp(ctx, o.Spec)
	}
	f, happens := d.phones()
	if f == nil {
		return nil, fmt.Errorf("%q before there are phones", o.Do)
	}
	switch o.Do {
	case orderBoot:
		return nil, d.spec.drive(ctx, f)
	case orderSettle:
		return nil, settleQuietly(ctx, f, happens, 0)
	case orderStay:
		d.tell()
		return nil, nil
	case orderTell:
		r := outcomeOf(f, o.From, o.From+toldAtATime)
		return json.Marshal(phonesTold{r, r.times})
	}
	return nil, fmt.Errorf("there is no order %q", o.Do)
}

// phones are those that are put up; nil where there are none.
func (d *phonesDuty) phones() (*wire.Fleet, *changes) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.fleet, d.happens
}

// putUp makes the phones, as far as this worker takes them.
func (d *phonesDuty) putUp(ctx context.Context, spec *phonesSpec) error {
	if spec == nil {
		return errors.New("no phones are described")
	}
	if err := spec.check(); err != nil {
		return err
	}
	from, to := d.at.shard.Range(spec.Phones)
	if err := d.takes(to - from); err != nil {
		return err
	}
	leads := network.Network{Targets: d.at.targets}
	for _, server := range spec.TFTP {
		if _, err := leads.Target(ctx, server); err != nil {
			return fmt.Errorf("--target: %w", err)
		}
	}
	f, happens, err := spec.fleet(d.at, d.warnings)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || d.fleet != nil {
		f.Close()
		return errors.New("there are phones already, or they are not wanted any more")
	}
	d.spec, d.fleet, d.happens = spec, f, happens
	return nil
}

// tell tells from now on what happens to the trust of the phones.
func (d *phonesDuty) tell() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || d.told != nil {
		return
	}
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		d.happens.tell(ctx, d.warnings, func(i int) string { return d.fleet.Phone(i).Name })
	}()
	d.told = func() { end(); <-ended }
}

// Progress tells how far the phones are.
func (d *phonesDuty) Progress() json.RawMessage {
	f, happens := d.phones()
	if f == nil {
		return nil
	}
	text, _ := json.Marshal(phonesProgress{Busy: f.Busy(), QuietS: happens.quietFor().Seconds()})
	return text
}

// Close silences the phones.
func (d *phonesDuty) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fleet != nil && !d.closed {
		d.fleet.Close()
		if d.told != nil {
			d.told()
		}
	}
	d.closed = true
}
