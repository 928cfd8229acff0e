package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/lab"
	"itlsim/scenarios/language"
	"itlsim/scenarios/report"
)

const fifteenPhones = `name: fifteen
shows: phones of two models in two groups
phones:
  - {group: pilot, count: 10, models: [8861, 7962]}
  - {group: floor-1, count: 5, models: [8861], offline: 40%}
steps:
  - do: [{wait: 1 s}]
`

// off are the phones that are off.
func off(p *Player) (names []string) {
	for _, v := range p.Views() {
		if !v.On {
			names = append(names, v.Name)
		}
	}
	return names
}

// Parts of the phones are a function of the seed alone: the same in both modes, whatever
// was done before, and others with another seed.
func TestTheSeedDecidesParts(t *testing.T) {
	picks := func(mode string, seed int64) []string {
		p := open(t, load(t, fifteenPhones), func(o *lab.Options) { o.Mode, o.Seed = mode, seed })
		do(t, p, "phones: power on", "offline phones: power on", "half of the phones of pilot: power off")
		require.NoError(t, p.Expect("5 phones of pilot are off"))
		require.NoError(t, p.Expect("all phones picked last are off"))
		first := off(p)
		do(t, p, "phones picked last: power on")
		require.Empty(t, off(p))
		do(t, p, "phones of pilot: reset", "half of the phones of pilot: power off")
		require.Equal(t, first, off(p))
		return first
	}
	one := picks(lab.Wire, 7)
	require.Equal(t, one, picks(lab.Virtual, 7))
	require.NotEqual(t, one, picks(lab.Virtual, 8))
}

// Batches reach each phone once, however they are cut, and then begin anew.
func TestBatches(t *testing.T) {
	p := open(t, load(t, fifteenPhones))
	expect := func(sentences ...string) {
		t.Helper()
		for _, s := range sentences {
			require.NoError(t, p.Expect(s))
		}
	}
	on := func() { do(t, p, "phones: power on", "offline phones: power on") }
	on()
	for _, want := range []string{"2", "3", "4", "6", "7", "8", "10", "11", "12", "13"} { // 13 phones are online
		do(t, p, "the next 10% of the phones: power off")
		expect(want + " phones are off")
	}
	on()
	do(t, p, "the next 10% of the phones: power off") // a new round
	expect("2 phones are off")

	on()
	do(t, p, "5 phones of pilot: power off")
	expect("5 phones of pilot are off", "no phones of floor-1 are off")
	do(t, p, "the next 3 phones of pilot: power off")
	expect("8 phones of pilot are off", "3 phones picked last are off")
	do(t, p, "the rest of the phones of pilot: power off")
	expect("all phones of pilot are off", "2 phones picked last are off")
	do(t, p, "the rest of the phones of pilot: power on") // nobody is left
	expect("all phones of pilot are off")
	on()
	do(t, p, "the rest of the phones of floor-1: power off") // nobody had a turn
	expect("3 phones of floor-1 are off")

	on()
	do(t, p, "10 phones of pilot: power off")
	expect("10 phones are off")
}

// More phones than there are is a mistake of the plan, or of a --phones that scaled it down: it is
// done to all that there are, and told. A batch may be the last one, with what is left.
func TestMorePhonesThanThereAre(t *testing.T) {
	p := open(t, load(t, fifteenPhones))
	do(t, p, "phones: power on", "offline phones: power on")
	for _, act := range []string{"1100 phones of pilot: power off", "the next 11 phones of floor-1: power off"} {
		a, err := p.ParseAct(act)
		require.NoError(t, err)
		require.NoError(t, p.Do(t.Context(), a))
	}
	require.NoError(t, p.Expect("13 phones are off"), "all that are online")
	require.Equal(t, []report.Expectation{{
		Text: "1100 phones of pilot: power off reaches 1,100 phones", Why: "there are only 10",
	}}, p.Failed())
}

// A phone by its name, phones of a model, and what of them is not there.
func TestNamedPhonesAndModels(t *testing.T) {
	p := open(t, load(t, fifteenPhones))
	do(t, p, "phones of model 7962: power on")
	require.NoError(t, p.Expect("all phones of model 7962 are on"))
	require.NoError(t, p.Expect("5 phones are on"))
	for _, spelt := range []string{"CP-7962", "cp-7962g", "404"} {
		require.NoError(t, p.Expect("all phones of model "+spelt+" are on"))
	}
	require.ErrorContains(t, p.Expect("all phones of model 7941 are on"), `"7941" is not`)
	offline := p.Views()[14].Name
	require.True(t, p.Member(14).Offline)
	do(t, p, offline+": power on")
	require.NoError(t, p.Expect("all phones named "+offline+" are on"))
	require.NoError(t, p.Expect("6 phones are on"))
	do(t, p, "phones named "+offline+": power off")
	require.NoError(t, p.Expect("5 phones are on"))

	reset := func(w language.Which) error { return p.Do(t.Context(), Act{Verb: Reset, Phones: w}) }
	require.ErrorIs(t, reset(language.Which{Picked: true}), errNothingPicked)
	require.EqualError(t, reset(language.Which{Name: "SEP000000000000"}), "there is no phone SEP000000000000")
	require.ErrorContains(t, p.Expect("all phones picked last are on"), "there is no such phone")
}
