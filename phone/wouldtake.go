package phone

import (
	"errors"
	"time"

	"itlsim/cnf"
	"itlsim/itl"
)

// errFilesOnly stands for the TVS answer that files alone cannot give.
var errFilesOnly = errors.New("a TVS that shows a certificate of the stored list and vouches for the signer would change that")

// WouldTake tells what a phone that holds one list makes of another that it is
// served: the firmware itself is run. No TVS is asked; where one would be, the
// refusal says so. The profile knows both digests.
func WouldTake(stored *itl.List, served []byte) (Verdict, State) {
	flash := Flash{Config: &cnf.Config{TVS: []string{"of its configuration"}}}
	kind := stored.Kind()
	if kind == "CTL" {
		flash.Lists.CTL = stored
	} else {
		flash.Lists.ITL = stored
	}
	if list, err := itl.ParseList(served); err == nil {
		kind = list.Kind()
	}
	at := 1 // the ITL is the second file asked for
	if kind == "CTL" {
		at = 0
	}
	p := New(Setup{Name: "SEP000000000000", Profile: &Profile{Model: "8861", Firmware: "10.3(1)", SHA512: true}, Servers: []string{"files"}, Flash: flash})
	var verdict Verdict
	fetched := 0
	for ev := Event(PowerOn{}); ev != nil; {
		actions := p.Step(time.Time{}, ev)
		ev = nil
		for _, a := range actions {
			switch a := a.(type) {
			case Fetch:
				ev = FileNotFound{a.Seq}
				if fetched == at {
					ev = FileReceived{a.Seq, served}
					if len(served) > itl.MaxFile {
						ev = FileTooLarge{a.Seq, errors.New("larger than a phone downloads")}
					}
				}
				fetched++
			case AskTVS:
				ev = TVSSilent{a.Seq, errFilesOnly}
			case Verdict:
				verdict = a
			}
		}
	}
	return verdict, p.State()
}
