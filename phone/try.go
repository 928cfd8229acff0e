package phone

import "time"

// Try has a phone boot once by itself, without a network: serve says what comes of each
// request for a file, ask what comes of each question to a TVS. It tells what the phone made
// of the files that it got, in their order, and the state that the boot ended in. The
// phone registers nowhere.
func Try(s Setup, now time.Time, serve func(Fetch) Event, ask func(AskTVS) Event) (made []Verdict, ended State) {
	p := New(s)
	for ev := Event(PowerOn{}); ev != nil; {
		actions := p.Step(now, ev)
		ev = nil
		for _, a := range actions {
			switch a := a.(type) {
			case Fetch:
				ev = serve(a)
			case AskTVS:
				ev = ask(a)
			case Verdict:
				made = append(made, a)
			}
		}
	}
	return made, p.State()
}
