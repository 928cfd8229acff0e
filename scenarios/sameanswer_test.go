package scenarios

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/fleet"
	"itlsim/internal/build"
	"itlsim/itl"
	"itlsim/lab"
	"itlsim/phone"
)

// Every built-in scenario passes on the wire and in virtual time, with few
// phones and small keys, and both leave every phone the same after every step.
func TestCatalogue(t *testing.T) {
	for i, s := range Builtin() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			if !build.Plays(i) {
				t.Skip("there are others for the detector of races")
			}
			playInBothModes(t, s, lab.Options{Seed: int64(i)})
		})
	}
}

// So does every plan of the examples.
func TestPlansOfTheExamples(t *testing.T) {
	files, err := filepath.Glob("../examples/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for i, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			if filepath.Base(file) == "wan-site.yaml" && os.Getenv("ITLSIM_LONG") != "1" {
				t.Skip("the phones of its sites wait for a minute; they do with ITLSIM_LONG=1")
			}
			s, err := LoadFile(file)
			require.NoError(t, err)
			playInBothModes(t, s, lab.Options{Seed: int64(i), Pace: 4}) // phones that are cut off wait for minutes
		})
	}
}

func playInBothModes(t *testing.T, s Scenario, opt lab.Options) {
	answers := make(map[string][][]answer)
	for _, mode := range lab.Modes {
		if why := s.NotIn[mode]; why != "" {
			t.Logf("not in %s mode: %s", mode, why)
			continue
		}
		opt.Mode, opt.Phones, opt.Keys, opt.KeyBits = mode, min(s.Phones(), 30), testkeys.NewPool(uint64(opt.Seed)), 1024
		tell := func(all []answer) { answers[mode] = append(answers[mode], all) }
		r, err := Run(t.Context(), answering(s, tell), Options{Lab: opt})
		require.NoError(t, err)
		var text strings.Builder
		require.NoError(t, r.WriteText(&text))
		require.True(t, r.Passed, text.String())
		require.Len(t, r.Steps, len(s.Steps))
		whole(t, r)
	}
	if len(answers) < len(lab.Modes) {
		return
	}
	for j, step := range s.Steps {
		require.Empty(t, cmp.Diff(answers[lab.Wire][j], answers[lab.Virtual][j]), "%s (- wire, + virtual)", step.Name)
	}
}

// An answer is how a phone is after a step, in words that mean the same in
// either world. What a list says of its time is left out: on the wire a list
// that is built twice within a second is the same, byte for byte.
type answer struct {
	Phone              string
	State              phone.State
	On                 bool
	Registered         []string // by the cluster and the other one
	Gone               []string // why they let go of it, so far
	Known              bool     // to the cluster: registered, and reports its list
	CallManager        string
	CTL, ITL           []string
	ListBy, ConfigBy   phone.TrustPoint
	Config             string
	Vouches            []string
	Refusal, List      string // what was refused last, and of lists
	Status             []string
	Screen             string
	NotShown           string // why
	Alarms, Unanswered int
	OthersAlarms       int // what the other cluster got
}

// answering is the scenario with the phones' answers told after each step.
func answering(s Scenario, tell func([]answer)) Scenario {
	names := make(certificateNames)
	look := Expectation{Text: "both modes give the same answer", Look: func(st *Player) Finding {
		tell(names.answers(st))
		return Finding{}
	}}
	s.Steps = slices.Clone(s.Steps)
	for i := range s.Steps {
		s.Steps[i].Expect = append(slices.Clip(s.Steps[i].Expect), look)
	}
	return s
}

// certificateNames calls certificates, whose serial numbers are random, by node,
// unit and the order in which they were seen.
type certificateNames map[string]string

func (names certificateNames) learn(st *Player) {
	for i, c := range st.Clusters() {
		for j, n := range c.Nodes() {
			for _, unit := range n.Units() {
				serial := string(itl.IdentityOf(n.Certificate(unit).Certificate).Serial)
				if names[serial] == "" {
					names[serial] = fmt.Sprintf("cluster %d node %d %s, number %d", i, j, unit, len(names))
				}
			}
		}
	}
}

func (names certificateNames) of(id itl.Identity) string {
	if name := names[string(id.Serial)]; name != "" {
		return name
	}
	return "never seen: " + id.Subject
}

// list is the signer and the records.
func (names certificateNames) list(l *itl.List) []string {
	if l == nil {
		return nil
	}
	all := []string{names.of(l.Signer)}
	for _, rec := range l.Records {
		all = append(all, fmt.Sprint(rec.Role, ": ", names.of(rec.Identity)))
	}
	return all
}

func (names certificateNames) refusal(r *phone.Refusal) string {
	if r == nil {
		return ""
	}
	return fmt.Sprintf("%s of %s: %T", r.File, names.of(r.Signer), r.Reason)
}

// answers are all phones'.
func (names certificateNames) answers(st *Player) (all []answer) {
	names.learn(st)
	unknown, gone := st.Cluster.ITLStatuses()[cucm.ITLUnknown], unregistered(st)
	for _, v := range st.Views() {
		a := names.answer(v)
		a.Known, a.Gone = !slices.Contains(unknown, v.Name), gone[v.Name]
		for _, c := range st.Clusters() {
			if n := c.CallManagerOf(v.Name); n != nil {
				a.Registered = append(a.Registered, n.Name())
			}
		}
		a.Alarms = st.Cluster.AlarmsOf(v.Name)
		if st.Other != nil {
			a.OthersAlarms = st.Other.AlarmsOf(v.Name)
		}
		all = append(all, a)
	}
	return all
}

// unregistered is what the nodes' logs say of registrations that have ended, by
// phone.
func unregistered(st *Player) map[string][]string {
	all := make(map[string][]string)
	for _, n := range st.Nodes() {
		for _, line := range n.Log() {
			if m := ended.FindStringSubmatch(line); m != nil {
				all[m[1]] = append(all[m[1]], n.Name()+" by "+m[2])
			}
		}
	}
	return all
}

var ended = regexp.MustCompile(`-EndPointUnregistered: %\[DeviceName=(SEP[0-9A-F]{12})\].*\[Reason=([0-9]+)\]`)

func (names certificateNames) answer(v fleet.View) answer {
	a := answer{
		Phone: v.Name, State: v.State, On: v.On, CallManager: hosts(v.CallManager),
		CTL: names.list(v.Flash.Lists.CTL), ITL: names.list(v.Flash.Lists.ITL),
		ListBy: v.ListBy, ConfigBy: v.ConfigBy, Screen: v.Screen, Unanswered: v.StoredAlarms,
	}
	if v.Flash.Config != nil {
		a.Config = hosts(fmt.Sprintf("%+v", *v.Flash.Config))
	}
	for _, vouch := range v.Flash.Vouches {
		a.Vouches = append(a.Vouches, names.of(vouch.Signer)+" by "+hosts(vouch.Server))
	}
	a.Refusal, a.List = names.refusal(v.Refusal), names.refusal(v.ListRefusal)
	for _, line := range v.Status() {
		a.Status = append(a.Status, line.Text)
	}
	if v.ScreenReason != nil {
		a.NotShown = "no answer"
		if _, judged := v.ScreenReason.(phone.Reason); judged {
			a.NotShown = fmt.Sprintf("%T", v.ScreenReason)
		}
	}
	return a
}

var address = regexp.MustCompile(`127\.0\.[0-9]+\.([0-9]+):[0-9]+`)

// hosts leaves out what depends on the machine: which ports and which
// network of addresses are free.
func hosts(text string) string { return address.ReplaceAllString(text, "node $1") }
