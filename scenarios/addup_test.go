package scenarios

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"itlsim/cucm/testkeys"
	"itlsim/fleet"
	"itlsim/internal/build"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios/language"
	"itlsim/scenarios/report"
)

// What each phone's own lab finds adds up to what the lab of all phones does, however the
// labs are grouped: each sentence of the language, as a random speaker says it after each step,
// is judged alike, in the same words. It both holds and fails at some time.
func TestFindingsAddUp(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	sentences := expectations.Sentences()
	var held, failed [256]bool
	for i, s := range []Scenario{
		builtinNamed(t, "migration-bulk-certificates"), builtinNamed(t, "phones-without-itl"),
		builtinNamed(t, "lossy-network"),
		builtinNamed(t, "rollback-to-pre-8.0"), builtinNamed(t, "reset-in-batches"),
	} {
		f := divide(t, s, int64(i), 6)
		for _, step := range s.Steps {
			f.play(t, step)
			for i := range sentences {
				for try := range 20 {
					if try > 1 && held[i] && failed[i] {
						break
					}
					if e, said := f.ask(t, i, f.chance.IntN); said {
						held[i], failed[i] = held[i] || e.Passed, failed[i] || !e.Passed
					}
				}
			}
		}
		rapid.Check(t, func(r *rapid.T) {
			f.ask(r, rapid.IntRange(0, len(sentences)-1).Draw(r, "sentence"), func(n int) int {
				return rapid.IntRange(0, n-1).Draw(r, "one")
			})
		})
	}
	for i, sentence := range sentences {
		require.True(t, held[i], "it never held: %s", sentence)
		require.True(t, failed[i] || slices.Contains(alwaysSo, sentence), "it never failed: %s", sentence)
	}
}

// alwaysSo is what no step of these scenarios undoes.
var alwaysSo = []string{"all nodes serve the same CTL<when>", "each node serves a list of its own<when>"}

// A divided fleet is one twice: in one lab, and each phone in a lab of its own.
type divided struct {
	whole  *Player
	parts  []*Player
	chance *rand.Rand
	now    time.Duration
}

func divide(t *testing.T, s Scenario, seed int64, phones int) *divided {
	f := &divided{chance: rand.New(rand.NewPCG(uint64(seed), 1))}
	put := func(shard lab.Shard) *Player {
		p, err := Open(s, lab.Options{
			Mode: lab.Virtual, Seed: seed, Phones: phones, Shard: shard, Keys: testkeys.NewPool(uint64(seed)), KeyBits: 1024,
		})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, p.Close()) })
		p.Fleet = told{p.Fleet, tally(p, seed)}
		return p
	}
	f.whole = put(lab.Shard{})
	for i := range phones {
		f.parts = append(f.parts, put(lab.Shard{Index: i, Of: phones}))
	}
	return f
}

// told is a fleet whose phones did what a test says: by what phones wait for that boot at
// the same time, the boots of many take other milliseconds than those of each alone.
type told struct {
	fleet.Fleet
	tally *fleet.Tally
}

func (f told) Tally() *fleet.Tally { return f.tally }

func tally(p *Player, seed int64) *fleet.Tally {
	t := new(fleet.Tally)
	for i := range p.Phones() {
		chance := rand.New(rand.NewPCG(uint64(seed), uint64(p.First()+i)))
		for range chance.IntN(5) {
			t.Booted(time.Duration(chance.Int64N(int64(10 * time.Second))))
			t.Judged(phone.Verdict{Refusal: &phone.Refusal{Reason: &phone.LostError{}}})
		}
	}
	return t
}

func (f *divided) all() []*Player { return append(slices.Clip(f.parts), f.whole) }

// play does a step's acts everywhere at the same time.
func (f *divided) play(t *testing.T, step Step) {
	for _, p := range f.all() {
		p.Remember()
		p.acts = nil
	}
	for _, act := range step.Do {
		for _, p := range f.all() {
			require.NoError(t, p.Do(t.Context(), act))
			f.now = max(f.now, p.Elapsed())
		}
		f.now = (f.now + time.Minute).Truncate(time.Minute)
		for _, p := range f.all() {
			require.NoError(t, p.Advance(t.Context(), f.now-p.Elapsed()))
		}
	}
}

// ask says a sentence, and tells how it is judged, which is the same in both ways; said is
// false where it makes no sense here.
func (f *divided) ask(t require.TestingT, sentence int, choose func(int) int) (is report.Expectation, said bool) {
	text := expectations.Say(sentence, language.Speaker{Choose: choose, Word: f.speaker(choose)})
	if _, err := f.whole.vocabulary().expectation(text); err != nil {
		return is, false
	}
	var parts [][]Looked
	for _, p := range f.parts {
		parts = append(parts, f.look(t, p, text))
	}
	sum, of := sum(t, parts, choose), f.whole.Phones()
	for i, l := range f.look(t, f.whole, text) {
		here, tells := l.judged(of)
		there, told, err := sum[i].Judge(f.whole.Words(), of)
		require.NoError(t, err)
		require.Equal(t, here, there)
		require.Equal(t, tells, told)
		is = here
	}
	return is, true
}

// look is what the acts found, and what is found for a sentence now.
func (f *divided) look(t require.TestingT, p *Player, text string) []Looked {
	e, err := p.vocabulary().expectation(text)
	require.NoError(t, err)
	e.Within, e.After = 0, 0
	return append(slices.Clip(p.acts), p.lookAtAll([]Expectation{e})...)
}

// sum adds up what came from elsewhere, in whatever order neighbours come together.
func sum(t require.TestingT, parts [][]Looked, choose func(int) int) []Looked {
	text, err := json.Marshal(parts)
	require.NoError(t, err)
	parts = nil
	require.NoError(t, json.Unmarshal(text, &parts))
	for len(parts) > 1 {
		i := choose(len(parts) - 1)
		for j := range parts[i] {
			require.NoError(t, parts[i][j].Plus(parts[i+1][j]), parts[i][j].Text)
		}
		parts = slices.Delete(parts, i+1, i+2)
	}
	return parts[0]
}

// speaker chooses words that sentences may have here.
func (f *divided) speaker(choose func(int) int) func(slot string) string {
	words, numbers := f.whole.Words(), make([]string, f.whole.Phones()+2)
	for i := range numbers {
		numbers[i] = strconv.Itoa(i)
	}
	var phones []string
	for _, v := range f.whole.Views() {
		phones = append(phones, v.Name)
	}
	slots := map[string][]string{
		"node": words.Nodes, "group": words.Groups, "model": words.Models, "phone": phones, "number": numbers,
		"percent": {"0%", "1%", "10%", "33.3%", "50%", "75%", "99.9%", "100%"},
		"state":   {"trusted", "locked", "untrusted"},
		"unit":    {"CallManager", "TVS", "CAPF", "ITLRecovery", "tomcat", "ipsec"},
		"onoff":   {"enabled", "disabled"}, "timeunit": {"ms", "s", "minutes"},
		"version": {"9.4(1)", "12.5(1)", "14.0(1)"}, "name": {"ITLRECOVERY_", "CN=", "test10pub", "CAPF-"},
		"text": {`"Trust List Updated"`, `"No Trust List Installed"`, `"SEP001BD4000003"`, `"DeviceTLInfo"`, `"AppID"`},
	}
	return func(slot string) string {
		if all := slots[slot]; len(all) > 0 {
			return all[choose(len(all))]
		}
		return ""
	}
}
