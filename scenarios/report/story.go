package report

// maxStories bounds a report; which phones are left out is said in it.
const maxStories = 10_000

// A Story is what happened to some phones, step by step.
type Story struct {
	Phones   []string  `json:"phones"`
	Count    int       `json:"count,omitempty"` // how many they are, where there are too many to name all
	Model    string    `json:"model"`           // with its firmware
	Chapters []Chapter `json:"chapters"`
	Cure     string    `json:"cure,omitempty"` // what would help them at the end
}

// Number is how many phones it is of, and Unnamed how many of these it does not name.
func (s Story) Number() int  { return max(s.Count, len(s.Phones)) }
func (s Story) Unnamed() int { return s.Number() - len(s.Phones) }

// A Chapter is a step in which something happened to the phones: they booted
// with another result than before, or their list or settings changed.
type Chapter struct {
	Step   int    `json:"step"`
	Name   string `json:"name"`
	State  string `json:"state"`
	On     bool   `json:"on"`               // at the step's end
	Held   string `json:"held"`             // the list at the step's end, by its checksum
	Signer string `json:"signer,omitempty"` // of the held list
	ListBy string `json:"list_by,omitempty"`
	ConfBy string `json:"config_by,omitempty"`

	Offered string `json:"offered,omitempty"` // the list that its TFTP server serves
	Refusal
	// ListRefused tells of the list where both it and the configuration were
	// refused, CTLRefused of the CTL where two others were.
	ListRefused Refusal `json:"list_refused,omitzero"`
	CTLRefused  Refusal `json:"ctl_refused,omitzero"`

	// Ignored is what the phone has taken and does not act on.
	Ignored string `json:"ignored,omitempty"`
}

// A Refusal is a file that a phone did not take.
type Refusal struct {
	Refused string `json:"refused,omitempty"` // the file
	By      string `json:"refused_signer,omitempty"`
	Tried   string `json:"tried,omitempty"` // what was asked
	Why     string `json:"why,omitempty"`
}
