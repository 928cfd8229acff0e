package report

import (
	"itlsim/fleet"
	"itlsim/phone"
)

// States counts phones, each once: those that are off, and the others by their trust.
type States struct {
	None      int `json:"none"`
	Trusted   int `json:"trusted"`
	Locked    int `json:"locked"`
	Untrusted int `json:"untrusted"`
	Off       int `json:"off"` // without power, whatever they hold
}

// StatesOf takes over what a fleet counted.
func StatesOf(n fleet.States) States {
	return States{n[phone.None], n[phone.Trusted], n[phone.Locked], n[phone.Untrusted], n[fleet.Off]}
}
