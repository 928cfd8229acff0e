package scenarios

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/scenarios/report"
)

// crewHere is a crew of duties in this process, whose orders cross as bytes.
type crewHere struct {
	duties []*Duty
	// lies, where not nil, changes what they answer.
	lies func(worker int, a *crewAnswer) error
	torn string // which act began while phones did what follows from one before
}

// crewed is how many addresses crews have: no two have one in common.
var crewed atomic.Uint32

// newCrew is a crew of so many, each at an address of its own.
func newCrew(t *testing.T, size int, s Scenario, opt lab.Options) *crewHere {
	c := &crewHere{}
	for i := range size {
		n := crewed.Add(1)
		c.duties = append(c.duties, &Duty{
			Shard: lab.Shard{Index: i, Of: size}, At: netip.AddrFrom4([4]byte{127, 31, byte(n >> 8), byte(n)}),
			Takes:   func(int) error { return nil },
			Targets: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
			Plan: func(plan []byte) (Scenario, lab.Options, error) {
				if string(plan) != s.Name {
					return s, opt, fmt.Errorf("a plan %q", plan)
				}
				opt := opt
				opt.Keys = nil
				return s, opt, nil
			},
		})
	}
	t.Cleanup(func() {
		for _, d := range c.duties {
			d.Close()
		}
	})
	return c
}

func (c *crewHere) Size() int      { return len(c.duties) }
func (c *crewHere) Missing() error { return nil }

func (c *crewHere) Progress() (all []json.RawMessage) {
	for _, d := range c.duties {
		all = append(all, d.Progress())
	}
	return all
}

// OrderEach notes which act begins before all have done the one before.
func (c *crewHere) OrderEach(ctx context.Context, bodies [][]byte) ([][]byte, error) {
	o, err := unpack[crewOrder](bytes.NewReader(bodies[0]), partBounds)
	if err != nil {
		return nil, err
	}
	results, errs := make([][]byte, len(bodies)), make([]error, len(bodies))
	var doing sync.WaitGroup
	for i, d := range c.duties {
		if p := d.playing(); o.Do == orderAct && p.Fleet.Busy() > 0 {
			c.torn = fmt.Sprintf("%s: worker %d is at the act before", o.Act.Text, i+1)
		}
	}
	for i, d := range c.duties {
		doing.Go(func() {
			results[i], errs[i] = d.Do(ctx, bodies[i])
			if errs[i] == nil && results[i] != nil && c.lies != nil {
				results[i], errs[i] = c.lie(i, results[i])
			}
		})
	}
	doing.Wait()
	for i, err := range errs {
		if err != nil {
			return results, fmt.Errorf("worker %d: %w", i+1, err)
		}
	}
	return results, nil
}

// lie is another answer of a worker.
func (c *crewHere) lie(worker int, truth []byte) ([]byte, error) {
	a, err := unpack[crewAnswer](bytes.NewReader(truth), partBounds)
	if err == nil {
		err = c.lies(worker, &a)
	}
	var body bytes.Buffer
	err = errors.Join(err, pack(&body, a))
	return body.Bytes(), err
}

// phonesOfCrews is how many phones a scenario is played with at a crew: enough for three.
const phonesOfCrews = 24

// byCrew plays a scenario with its phones at a crew.
func byCrew(t *testing.T, s Scenario, size int, opt lab.Options) *report.Report {
	crew := newCrew(t, size, s, opt)
	r, err := Run(t.Context(), s, Options{Lab: opt, Crew: crew, Plan: []byte(s.Name)})
	require.NoError(t, err)
	require.Empty(t, crew.torn)
	return r
}

// verdicts are what there is to compare between a run whose phones are here and one whose phones
// are at a crew: what was done, what was expected, and what became of the phones, where that is no
// matter of chance.
func verdicts(r *report.Report, chance bool) (all []string) {
	for i, s := range r.Steps {
		for _, d := range s.Do {
			all = append(all, fmt.Sprintf("step %d: %s: %t", i+1, d.Text, d.Failed == ""))
		}
		for _, e := range s.Expectations {
			all = append(all, fmt.Sprintf("step %d: %s: %t %s", i+1, e.Text, e.Passed, e.Why))
		}
		all = append(all, fmt.Sprintf("step %d: %+v %+v", i+1, s.States, s.Groups))
	}
	if chance { // of which datagrams are lost boots, retries and times follow
		return all
	}
	told := len(all)
	for _, s := range r.Stories {
		became := []string{s.Model, serial.ReplaceAllString(s.Cure, "N")}
		for _, c := range s.Chapters {
			became = append(became, fmt.Sprint(c.State, c.On, c.ListBy, c.ConfBy, c.Refused,
				serial.ReplaceAllString(c.Why, "N")))
		}
		became = slices.Compact(became) // a list that is built anew within the same second is the same
		for _, phone := range s.Phones {
			all = append(all, fmt.Sprint(phone, became))
		}
	}
	slices.Sort(all[told:])
	c := &r.Counts
	return append(all, fmt.Sprint(r.Phones, r.KnowNone, r.States, r.Verdict, c.Boots, c.RefusedFiles, c.AlarmsBy,
		c.Registrations))
}

// serial is what differs between two runs on sockets.
var serial = regexp.MustCompile(`[0-9A-Fa-f]{16,}`)

// variety are scenarios in which each kind of act is, and each kind of sentence: certificates of
// phones, parts of them, times, another cluster, faults of the network.
var variety = []string{
	"capf-renewed-mixed-mode", "reset-in-batches", "five-minute-guard", "moved-between-clusters", "host-not-found",
}

// The whole catalogue with its phones at a crew comes to what it comes to with phones here.
func TestCrewsPlayTheCatalogue(t *testing.T) {
	for _, s := range Builtin() {
		if os.Getenv("ITLSIM_LONG") != "1" && !slices.Contains(variety, s.Name) || s.NotIn[lab.Wire] != "" {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			opt := func() lab.Options {
				return lab.Options{Mode: lab.Wire, Seed: 1, Phones: phonesOfCrews, Keys: testkeys.NewPool(1), KeyBits: 1024}
			}
			here, err := Run(t.Context(), s, Options{Lab: opt()})
			require.NoError(t, err)
			there := byCrew(t, s, 3, opt())
			chance := slices.ContainsFunc(s.Steps, func(step Step) bool {
				return slices.ContainsFunc(step.Do, func(a Act) bool { return a.Verb == LoseDatagrams })
			})
			require.Equal(t, verdicts(here, chance), verdicts(there, chance))
		})
	}
}

// What a worker tells of phones that are not its own, or does not tell, ends the run, as its refusal
// does, wherever that comes.
func TestCrewsAreNotBelieved(t *testing.T) {
	refused := errors.New("no")
	for _, c := range []struct {
		scenario, says string
		lie            func(worker int, a *crewAnswer) error
	}{
		{"capf-renewed-mixed-mode", "worker 2 of 2 does not say which of its phones know a CAPF", func(worker int, a *crewAnswer) error {
			if worker == 1 && a.Knows != nil {
				a.Knows[0] = append([]string{lab.PhoneName(0)}, a.Knows[0]...)
			}
			return nil
		}},
		{"capf-renewed-mixed-mode", "worker 1 of 2 says of a phone that it is nowhere", func(_ int, a *crewAnswer) error {
			if a.At != nil {
				a.At.Of[0] = 200
			}
			return nil
		}},
		{"reset-in-batches", "a worker does not tell what it finds", func(worker int, a *crewAnswer) error {
			if worker == 1 && a.Found != nil {
				a.Found = a.Found[1:]
			}
			return nil
		}},
		{"reset-in-batches", "worker 1: no", func(worker int, a *crewAnswer) error {
			if worker == 0 && a.Found != nil { // first of a sentence that names a time
				return refused
			}
			return nil
		}},
		{"reset-in-batches", "the part of worker 2 of 2: it is not of the phones from 3 to 6", func(worker int, a *crewAnswer) error {
			if worker == 1 && a.Part != nil {
				a.Part.Cast.First = 0
			}
			return nil
		}},
	} {
		t.Run(c.says, func(t *testing.T) {
			t.Parallel()
			s, ok := Find(c.scenario)
			require.True(t, ok)
			opt := lab.Options{Mode: lab.Wire, Seed: 1, Phones: 6, Keys: testkeys.NewPool(1), KeyBits: 1024}
			crew := newCrew(t, 2, s, opt)
			crew.lies = c.lie
			_, err := Run(t.Context(), s, Options{Lab: opt, Crew: crew, Plan: []byte(s.Name)})
			require.ErrorContains(t, err, c.says)
		})
	}
}
