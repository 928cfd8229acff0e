package farm

import (
	"encoding/json"
	"fmt"

	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/scenarios"
)

// maxProgress is the length of what a worker tells at once, in bytes.
const maxProgress = 4 << 10

// toldOf is what a worker tells of a shard. All of it may be lost, come late or be wrong:
// people look at it, and nothing follows from it.
func toldOf(shard int, p scenarios.Progress) ([]byte, error) {
	return json.Marshal(progress{
		shard, p.Step, p.Steps, fmt.Sprintf("%.200s", p.Name), p.Left, p.Phones, p.States, p.Boots, p.Refused,
	})
}

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

// hear passes on what a worker tells of one of so many shards, if there can be such progress.
func hear(data []byte, shards int, of func(shard int) func(scenarios.Progress)) {
	var p progress
	if len(data) > maxProgress || json.Unmarshal(data, &p) != nil || !p.possible(shards) {
		return
	}
	if show := of(p.Shard); show != nil {
		show(scenarios.Progress{
			Step: p.Step, Steps: p.Steps, Name: p.Name, Left: p.Left, Phones: p.Phones, States: p.States,
			Boots: p.Boots, Refused: p.Refused,
		})
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
