package report

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"itlsim/fleet"
	"itlsim/lab"
)

// A Roll is where every phone of a lab was after each step: a byte for each phone and
// step. A nil one notes nothing.
type Roll struct {
	lab   *lab.Lab
	steps [][]uint8 // by step and phone, places of fleet.States
}

// NewRoll makes one without steps.
func NewRoll(l *lab.Lab) *Roll { return &Roll{lab: l} }

// Note notes where the phones are at the end of a step.
func (r *Roll) Note() {
	if r == nil {
		return
	}
	places := make([]uint8, r.lab.Phones())
	r.lab.Each(fleet.Basics, func(i int, _ *lab.Member, v *fleet.View) { places[i] = uint8(v.Place()) })
	r.steps = append(r.steps, places)
}

// plain is a text that spreadsheets do not take for a formula: those of a scenario file may
// be anybody's. An apostrophe before it says so to them, and is shown by other programs.
func plain(text string) string {
	if strings.ContainsAny(text[:min(len(text), 1)], "=+-@\t\r") {
		return "'" + text
	}
	return text
}

// WriteCSV writes a line for every phone: its name, group, model, firmware and node, the
// first of its TFTP servers at the end, and its state after each step. It needs the Roll.
func (r *Report) WriteCSV(w io.Writer) error {
	if r.Roll == nil {
		return errors.New("the report has no roll of its phones")
	}
	out := csv.NewWriter(w)
	line := []string{"name", "group", "model", "firmware", "node"}
	for i := range r.Roll.steps {
		line = append(line, fmt.Sprintf("%d. %s", i+1, r.Steps[i].Name))
	}
	err := out.Write(line)
	r.Roll.lab.Each(fleet.Basics, func(i int, m *lab.Member, v *fleet.View) {
		if err != nil {
			return
		}
		line = append(line[:0], v.Name, plain(m.Group), plain(m.Profile.Model), plain(m.Profile.Firmware), m.Home.Name())
		for _, places := range r.Roll.steps {
			line = append(line, fleet.PlaceName(int(places[i])))
		}
		err = out.Write(line)
	})
	out.Flush()
	return errors.Join(err, out.Error())
}
