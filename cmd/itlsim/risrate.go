package main

import "itlsim/lab"

// risRate is the flag of commands whose clusters answer RIS.
type risRate struct {
	RISRate *int `name:"ris-rate" help:"${ris_rate}" placeholder:"N"`
}

// check finds what is wrong with it, in a mode.
func (r risRate) check(mode string) error {
	switch {
	case r.RISRate == nil:
		return nil
	case *r.RISRate < 0:
		return usageError("--ris-rate %d: want 0 or more", *r.RISRate)
	case mode != lab.Wire:
		return usageError("--ris-rate is for --mode wire; nothing listens in virtual mode")
	}
	return nil
}
