package api_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios/report"
)

// A program asks what a change would do before it makes it. Nothing of the lab changes; the
// change does what was said.
func TestRehearsals(t *testing.T) {
	for _, mode := range lab.Modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			c := open(t, mode, "both-certificates-at-once", 20)
			c.ask(200, "POST", "/acts", `{"do": ["phones: power on", "wait: 10 minutes", "phones: power off"]}`)
			const both = `{"do": ["on test10pub: set cert regen CallManager", "wait: 6 minutes",
				"on test10pub: set cert regen TVS"],
				"answers": {"on test10pub: set cert regen CallManager": ["yes"], "on test10pub: set cert regen TVS": ["yes"]}}`
			before := c.ask(200, "GET", "/nodes/test10pub/itl", "")
			var told report.Rehearsal
			require.NoError(t, json.Unmarshal(c.ask(200, "POST", "/rehearsals", both), &told))
			require.Equal(t, "all 20 phones would lose their trust when switched on again; "+
				"`utils itl reset localkey` would bring all of them back", told.Says)
			require.Equal(t, 20, told.Off)
			require.Len(t, told.Losses, 5)
			require.Equal(t, before, c.ask(200, "GET", "/nodes/test10pub/itl", ""))
			require.Equal(t, 20, c.lab.Fleet.States()[fleet.Off])

			c.ask(200, "POST", "/acts", both)
			c.ask(200, "POST", "/acts", `{"do": ["phones: power on"]}`)
			require.Equal(t, told.Lost, c.lab.Fleet.States()[phone.Untrusted])
		})
	}
}

// What is not understood, or makes no sense, is not rehearsed. There is one rehearsal at a time.
func TestRehearsalsThatAreRefused(t *testing.T) {
	c := open(t, lab.Virtual, "bulk-reset", 20)
	for _, body := range []string{
		`{}`, `{"do": []}`, `{"do": ["phones: power on"], "expect": []}`,
		`{"do": ["phones: power on"], "answers": ["yes", 1]}`,
		`{"do": ["phones: power on"], "answers": {"on x: y": ["yes"]}}`,
	} {
		c.ask(400, "POST", "/rehearsals", body)
	}
	unclear := c.told(400, "POST", "/rehearsals", `{"do": ["phones: power on", "phones: power of"]}`)
	require.Len(t, unclear.Problems, 1)
	require.Equal(t, "do[1]", unclear.Problems[0].In)
	require.Contains(t, unclear.Problems[0].Message, `did you mean "off"?`)
}
