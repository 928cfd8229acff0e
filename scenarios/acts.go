package scenarios

import (
	"context"
	"time"

	"itlsim/phone"
)

// command is a step's way to type a command.
func command(node, line string, answers ...string) func(context.Context, *Stage) error {
	return func(_ context.Context, st *Stage) error { return st.Type(node, line, answers...) }
}

// wait moves the scenario clock.
func wait(d time.Duration) func(context.Context, *Stage) error {
	return func(_ context.Context, st *Stage) error {
		st.Clock.Advance(d)
		st.Cluster.CarryOver(d, st.Fleet.Registered)
		return nil
	}
}

// send gives an event to all phones.
func send(ev phone.Event) func(context.Context, *Stage) error {
	return func(_ context.Context, st *Stage) error {
		st.Fleet.Send(ev, nil)
		return nil
	}
}

// settle lets all phones finish what they do.
func settle(ctx context.Context, st *Stage) error { return st.Fleet.Settle(ctx) }

// all does one thing after the other.
func all(acts ...func(context.Context, *Stage) error) func(context.Context, *Stage) error {
	return func(ctx context.Context, st *Stage) error {
		for _, act := range acts {
			if err := act(ctx, st); err != nil {
				return err
			}
		}
		return nil
	}
}
