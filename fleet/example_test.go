package fleet_test

import (
	"errors"
	"fmt"

	"itlsim/fleet"
	"itlsim/phone"
	"itlsim/tftp"
)

// A driver of one's own carries out what a phone wants, and brings back what came of it.
func ExampleFileAnswer() {
	fetch := phone.Fetch{Seq: 7}
	fmt.Printf("%T\n", fleet.FileAnswer(fetch, []byte("file"), nil))
	fmt.Printf("%T\n", fleet.FileAnswer(fetch, nil, tftp.ErrNotFound))
	fmt.Printf("%T\n", fleet.FileAnswer(fetch, nil, errors.New("no route")))
	// Output:
	// phone.FileReceived
	// phone.FileNotFound
	// phone.NoAnswer
}
