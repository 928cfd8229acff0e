package farm

import (
	"encoding/json"

	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/scenarios"
)

// A told is what workers tell of a run's shards while they are at them. All of it may be
// lost, come late or be wrong: people look at it, and nothing follows from it.
type told struct {
	shards []scenarios.Progress
	ended  []bool
}

// maxProgress is the length of what a worker tells at once, in bytes.
const maxProgress = 4 << 10

// progress is how far a shard is, as it crosses.
type progress struct {
	Shard   int          `json:"shard"`
	Step    int          `json:"step"`
	Steps   int          `json:"steps"`
	Name    string       `json:"name"`
	Left    int          `json:"left"`
	Phones  int          `json:"phones"`
	States  fleet.States `json:"states"`
	Boots   uint64       `json:"boots"`
	Refused uint64       `json:"refused"`
}

// of begins anew with so many shards.
func (t *told) of(shards int) {
	t.shards, t.ended = make([]scenarios.Progress, shards), make([]bool, shards)
}

// hear notes what a worker tells.
func (t *told) hear(data []byte) {
	var p progress
	if len(data) > maxProgress || json.Unmarshal(data, &p) != nil || !p.possible(len(t.shards)) {
		return
	}
	t.shards[p.Shard] = scenarios.Progress{
		Step: p.Step, Steps: p.Steps, Name: p.Name, Left: p.Left, Phones: p.Phones, States: p.States,
		Boots: p.Boots, Refused: p.Refused,
	}
}

// possible reports whether there can be such progress.
func (p *progress) possible(shards int) bool {
	for _, n := range p.States {
		if n < 0 || n > lab.MaxPhones {
			return false
		}
	}
	return p.Shard >= 0 && p.Shard < shards && p.Step >= 0 && p.Steps >= p.Step &&
		p.Left >= 0 && p.Phones >= p.Left && p.Phones <= lab.MaxPhones
}

// done notes that a shard has come to its end.
func (t *told) done(shard int) { t.ended[shard] = true }

// all is how far all shards together are: at the step of the one that is furthest behind of
// those that are under way.
func (t *told) all() (all scenarios.Progress) {
	for i, p := range t.shards {
		if under := p.Steps > 0 && !t.ended[i]; under && (all.Steps == 0 || p.Step < all.Step) {
			all.Step, all.Steps, all.Name = p.Step, p.Steps, p.Name
		}
		all.Left, all.Phones, all.Boots, all.Refused = all.Left+p.Left, all.Phones+p.Phones, all.Boots+p.Boots, all.Refused+p.Refused
		for s, n := range p.States {
			all.States[s] += n
		}
	}
	return all
}
