package fuzz

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"itlsim/fleet/virtual"
	"itlsim/phone"
	"itlsim/tftp"
)

// An edge is a way from trust state to trust state.
type edge struct {
	from, to phone.State
	cause    string // in short
	list     string // what became of the trust list, "" where none came
	config   string // and of the configuration
}

// edges is a checker that draws what leads from state to state, and holds every
// boot against the table of trust states.
type edges struct {
	seen            map[edge]bool
	from            phone.State // when the boot under way began
	list, config    *judged
	strange, silent bool // what TVS did, asked for the file under judgement
}

// judged is a file's verdict, and whether no trust point is left by then.
type judged struct {
	*phone.Verdict
	lost bool
}

func (*edges) name() string              { return "the table of trust states" }
func (*edges) atRest(*trial, bool) error { return nil }

func (e *edges) step(_ *trial, s *virtual.Step) error {
	switch s.Event.(type) {
	case phone.EraseLists, phone.FactoryReset:
		if now := s.Phone.State(); now != s.Was {
			e.draw(edge{from: s.Was, to: now, cause: "lists erased"})
		}
	case phone.TVSStrange:
		e.strange = true
	case phone.TVSSilent:
		e.silent = true
	case phone.TVSAnswered: // which is final, whatever others did
		e.strange, e.silent = false, false
	}
	for _, a := range s.Actions {
		switch a := a.(type) {
		case phone.Fetch:
			if a.Name.Kind == tftp.CTL {
				*e = edges{seen: e.seen, from: s.Phone.State()}
			}
		case phone.Verdict:
			v := &judged{&a, e.strange && !e.silent}
			if a.Refusal != nil && s.Phone.Flash().Config == nil { // which would name TVS to ask
				v.lost = errors.As(a.Refusal, new(*phone.LostError))
			}
			e.config = v
			if a.File.Kind.IsList() {
				e.list, e.config = v, nil
			}
			e.strange, e.silent = false, false
		case phone.Booted:
			e.draw(edge{e.from, a.State, e.cause(a.State), outcome(e.list), outcome(e.config)})
			if want := e.want(s.Phone.Flash().Lists); a.State != want {
				return fmt.Errorf("a phone that was %s, whose list was %q and whose configuration %q, is %s and should be %s",
					e.from, outcome(e.list), outcome(e.config), a.State, want)
			}
		}
	}
	return nil
}

// want is the state that the table has a boot end in: the worse of what list and
// configuration gave. No refusal improves on the state before, which a new list
// alone ends.
func (e *edges) want(holds phone.Lists) phone.State {
	list, before := e.from, e.from
	switch {
	case e.list != nil && e.list.Refusal != nil:
		list = max(e.from, e.list.state())
	case e.list != nil:
		list = phone.Trusted
		if e.list.By != phone.BySameFile {
			before = phone.None
		}
	case e.from <= phone.Trusted: // no list came: what is stored counts
		list = phone.Trusted
		if holds.OnFaith() {
			list = phone.None
		}
	}
	if e.config != nil && e.config.Refusal != nil {
		return max(list, before, e.config.state())
	}
	return list
}

// state is what a refusal alone leads to.
func (v *judged) state() phone.State {
	if v.lost {
		return phone.Untrusted
	}
	return phone.Locked
}

func (e *edges) draw(drawn edge) {
	if e.seen == nil {
		e.seen = make(map[edge]bool)
	}
	e.seen[drawn] = true
}

func (e *edges) add(more *edges) {
	for drawn := range more.seen {
		e.draw(drawn)
	}
}

// cause is the reason that decided on the state: the refusal that leads to it,
// the list's first; else what authenticated the list.
func (e *edges) cause(to phone.State) string {
	if phone.Trusted < to && to < e.from {
		return "configuration of a new list refused"
	}
	for _, v := range []*judged{e.list, e.config} {
		if v != nil && v.Refusal != nil && (to == e.from || v.state() == to) {
			return outcome(v)
		}
	}
	if e.list != nil {
		return outcome(e.list)
	}
	return "nothing came"
}

// outcome is what became of a file, in short.
func outcome(v *judged) string {
	if v == nil {
		return ""
	}
	if v.Refusal == nil {
		return map[phone.TrustPoint]string{
			phone.ByFaith: "first use", phone.BySameFile: "same list", phone.ByITL: "signer in the list",
			phone.ByTVS: "TVS vouches", phone.ByCache: "TVS vouched before", phone.Unsigned: "unsigned",
		}[v.By]
	}
	for _, r := range []struct {
		reason any
		words  string
	}{
		{new(*phone.LostError), "no trust point left"},
		{new(*phone.NoTVSAnswerError), "no TVS answers"},
		{new(*phone.DeniedError), "TVS says no"},
		{new(*phone.ForgedError), "signature wrong"},
		{new(*phone.MalformedError), "malformed"},
		{new(*phone.EncryptedError), "encrypted"},
	} {
		if errors.As(v.Refusal, r.reason) {
			return r.words
		}
	}
	return "refused"
}

// words are what the diagram and its table say of a file, and what it means.
var words = []struct{ short, meaning string }{
	{"first use", "no list was stored: it is taken on faith"},
	{"same list", "the stored one, byte for byte"},
	{"signer in the list", "the stored list holds the signer, in the role that it needs"},
	{"TVS vouches", "a TVS that the stored list authenticates knows the signer, in the role that it needs"},
	{"TVS vouched before", "its answer is still remembered"},
	{"signature wrong", "the signer is known and did not sign this content; " +
		"or a first list that its own records do not verify"},
	{"malformed", "cut short, for example"},
	{"TVS says no", "an authenticated TVS does not know the signer, or not in the role that it needs"},
	{"no TVS answers", "none could be authenticated, and at least one was silent"},
	{"no trust point left", "the signer is unknown, and every TVS shows a certificate that is not in the stored list"},
	{"configuration of a new list refused", "the list was taken, which ends what was before"},
	{"nothing came", "no server answered"},
}

// document is docs/trust-diagram.md.
func (x *exploration) document() string {
	type way struct{ from, to phone.State }
	type row struct {
		way
		list string
	}
	causes, configs := make(map[way]map[string]bool), make(map[row]map[string]bool)
	for e := range x.edges.seen {
		w := way{e.from, e.to}
		add(causes, w, e.cause)
		add(configs, row{w, cmp.Or(e.list, e.cause)}, cmp.Or(e.config, "-"))
	}
	var diagram, table, vocabulary, acts, begins strings.Builder
	for from := phone.None; from <= phone.Untrusted; from++ {
		for to := phone.None; to <= phone.Untrusted; to++ {
			w := way{from, to}
			if causes[w] == nil {
				continue
			}
			fmt.Fprintf(&diagram, "    %s --> %s: %s\n", from, to, inWords(causes[w]))
			byList := func(a, b row) int { return cmp.Compare(order(a.list), order(b.list)) }
			for _, r := range slices.SortedFunc(maps.Keys(configs), byList) {
				if r.way == w {
					fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", from, to, r.list, inWords(configs[r]))
				}
			}
		}
	}
	for _, w := range words {
		fmt.Fprintf(&vocabulary, "| %s | %s |\n", w.short, w.meaning)
	}
	for _, path := range beginnings {
		fmt.Fprintf(&begins, "- %s\n", strings.Join(path, ", "))
	}
	for _, m := range moves() {
		fmt.Fprintf(&acts, "- %s\n", m.name)
	}
	return fmt.Sprintf(documentText, len(x.depths), len(x.known), x.depths[len(x.depths)-1].sequences,
		diagram.String(), table.String(), vocabulary.String(), begins.String(), acts.String(), x.growth())
}

func add[K comparable](sets map[K]map[string]bool, to K, word string) {
	if sets[to] == nil {
		sets[to] = make(map[string]bool)
	}
	sets[to][word] = true
}

// order is the place of a word, from what keeps trust to what loses it.
func order(word string) int {
	return slices.IndexFunc(words, func(w struct{ short, meaning string }) bool { return w.short == word })
}

func inWords(set map[string]bool) string {
	inOrder := func(a, b string) int { return cmp.Compare(order(a), order(b)) }
	return strings.Join(slices.SortedFunc(maps.Keys(set), inOrder), ", ")
}

func (x *exploration) growth() string {
	var b strings.Builder
	for i, d := range x.depths {
		fmt.Fprintf(&b, "| %d | %d | %d |\n", i+1, d.sequences, d.situations)
	}
	return b.String()
}

const documentText = `# What leads from trust state to trust state

Generated by ` + "`ITLSIM_LONG=1 go test -tags exploration ./fleet/fuzz -run EveryReachable -update`" + `:
every state that two nodes, one phone and the network between them reach within %d acts of the beginnings
below, %d states in %d sequences of acts. In each the rules ` + "`vouched`, `unchanged`, `cured`" + `,
` + "`accounted` and `verifies`" + ` of [package fuzz](../fleet/fuzz/doc.go) hold, and every boot ends in the
state that the table of [package phone](../phone/doc.go) has for it. Sequences that lead to the same state of
cluster, phone and network are followed once from there.

` + "```mermaid\nstateDiagram-v2\n    [*] --> none\n%s```" + `

## By what a boot leads there

Where a list was refused and the configuration taken, or the other way round, the worse of the two decides. No
refusal improves on the state before; only a new list ends it.

| from | to | trust list | configuration |
|---|---|---|---|
%s
| what came of a file | means |
|---|---|
%s
## What was done

The beginnings:

%s
The acts, each followed by six minutes:

%s
Certificates have two generations.

| acts | sequences | states |
|---|---|---|
%s`
