package wire

import (
	"fmt"
	"time"

	"itlsim/internal/localfault"
)

// patiently repeats what failed because this machine was short of descriptors,
// ports or buffers: phones are not to take that for a fault of the network. If
// it goes on failing, the run cannot go on.
func (f *Fleet) patiently(try func() error) error {
	err := try()
	for began := time.Now(); localfault.Is(err) && f.ctx.Err() == nil && time.Since(began) < f.patience; err = try() {
		time.Sleep(50 * time.Millisecond)
	}
	if localfault.Is(err) {
		f.end(fmt.Errorf("this machine has no descriptor, port or address left for a phone: %w", err))
	}
	return err
}
