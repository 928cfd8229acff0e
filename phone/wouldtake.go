package phone

import (
	"errors"
	"time"

	"itlsim/cnf"
	"itlsim/itl"
	"itlsim/tftp"
)

// errFilesOnly stands for the TVS answer that files alone cannot give.
var errFilesOnly = errors.New("a TVS that shows a certificate of the stored list " +
	"and vouches for the signer would change that")

// WouldTake tells what a phone that holds one list makes of another that it is
// served: the firmware itself is run. No TVS is asked; where one would be, the
// refusal says so. The phone knows both digests. The zero Verdict says that it
// takes the file for none, as one of 0 bytes where the next list is taken on faith.
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
	asFile := tftp.ITL
	if kind == "CTL" {
		asFile = tftp.CTL
	}
	newest, _ := ProfileOf("8861")
	made, ended := Try(Setup{
		Name: "SEP000000000000", Profile: newest,
		Servers: []string{"files"}, Flash: flash,
	}, time.Time{}, func(f Fetch) Event {
		switch {
		case f.Name.Kind != asFile || f.Name.Device == "": // the list is served under the phone's own name
			return FileNotFound{f.Seq}
		case len(served) > f.Limit():
			return FileTooLarge{f.Seq}
		default:
			return FileReceived{f.Seq, served}
		}
	}, func(a AskTVS) Event { return TVSSilent{a.Seq, errFilesOnly} })
	if len(made) == 0 {
		return Verdict{}, ended
	}
	return made[len(made)-1], ended
}
