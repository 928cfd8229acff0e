package fleet

import "itlsim/phone"

// States counts phones: those that are on by their [phone.State], the others at Off and
// nowhere else. Together they are all.
type States [5]int

// Off is where States count phones without power, whatever state their last boot ended in.
const Off = 4

// Place is where States count a phone.
func Place(p *phone.Phone) int { return place(p.On(), p.State()) }

// Place is where States count the phone.
func (v *View) Place() int { return place(v.On, v.State) }

// Place is where States count the phone.
func (c Condition) Place() int { return place(c.On, c.State) }

func place(on bool, state phone.State) int {
	if !on {
		return Off
	}
	return int(state)
}

// PlaceName is what a place of States is called.
func PlaceName(place int) string {
	if place == Off {
		return "off"
	}
	return phone.State(place).String()
}
