package report

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"itlsim/fleet"
)

// plain is a text that spreadsheets do not take for a formula: those of a scenario file may
// be anybody's. An apostrophe before it says so to them, and is shown by other programs.
func plain(text string) string {
	if strings.ContainsAny(text[:min(len(text), 1)], "=+-@\t\r") {
		return "'" + text
	}
	return text
}

// WriteCSV writes a line for every phone: its name, group, model, firmware and node, the
// first of its TFTP servers at the end, and its state after each step. A report that was
// read has nothing of that.
func (r *Report) WriteCSV(w io.Writer) error {
	if r.casts == nil {
		return errors.New("the report has no roll of its phones")
	}
	out := csv.NewWriter(w)
	line := []string{"name", "group", "model", "firmware", "node"}
	for i, step := range r.Steps {
		line = append(line, fmt.Sprintf("%d. %s", i+1, step.Name))
	}
	err := out.Write(line)
	for _, c := range r.casts {
		if err == nil {
			err = c.writeCSV(out, len(r.Steps))
		}
	}
	out.Flush()
	return errors.Join(err, out.Error())
}

// writeCSV writes the lines of the cast's phones.
func (c *Cast) writeCSV(out *csv.Writer, steps int) error {
	var seats, ends [][]string
	for _, s := range c.Seats {
		seats = append(seats, []string{plain(s.Group), plain(s.Model), plain(s.Firmware), s.Node})
	}
	for _, e := range c.Ends {
		places := c.Tales[e.Tale].places(steps)
		if steps > 0 {
			places[steps-1] = fleet.PlaceName(e.Place) // where a step was broken off, the tale ends before it
		}
		ends = append(ends, places)
	}
	line := []string(nil)
	for i, seated, ended := 0, c.Seated, c.Ended; len(ended) > 0; i++ {
		line = append(append(append(line[:0], c.name(i)), seats[seated.next()]...), ends[ended.next()]...)
		if err := out.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// places are where phones of a story were after each of so many steps, as states are called.
func (s *Story) places(steps int) []string {
	all := make([]string, steps)
	place, chapter := "off", 0
	for i := range all {
		for chapter < len(s.Chapters) && s.Chapters[chapter].Step <= i+1 {
			if place = s.Chapters[chapter].State; !s.Chapters[chapter].On {
				place = "off"
			}
			chapter++
		}
		all[i] = place
	}
	return all
}
