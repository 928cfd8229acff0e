package lab

import (
	"fmt"
	"syscall"

	"itlsim/internal/room"
)

// enoughDescriptors refuses a run in which the servers would run out of file
// descriptors: phones would take their silence for a dead server. A boot needs
// one at the phone and one at the server, and the server may still wait for the
// last packet of the boot before.
func enoughDescriptors(boots int) error {
	const others = 160 // resets on their way, listeners, standard streams, files
	if need, most := uint64(3*boots+others), room.Descriptors(); most < need {
		return fmt.Errorf("%d boots at a time may need %d file descriptors, and this process may open %d: %w",
			boots, need, most, syscall.EMFILE)
	}
	return nil
}
