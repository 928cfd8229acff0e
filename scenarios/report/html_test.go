package report_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"itlsim/cucm"
	"itlsim/internal/browsertest"
	"itlsim/scenarios/report"
)

// names are so many phones' from a number on.
func names(from, n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("SEP%012X", from+i))
	}
	return all
}

// full is a report with all that the page can show.
func full() *report.Report {
	r := sample()
	r.Version, r.Command, r.Rows = "v1.2.3", "itlsim run tonight.yaml --seed 7", []string{"M4", "M10"}
	r.StartedAt, r.KnowNone = time.Date(2014, 2, 26, 18, 24, 0, 0, time.UTC), 3
	r.Clusters = []report.Cluster{{Release: "11.5", Nodes: []report.Node{{
		Name: "pub", Role: "publisher", Version: "11.5.1.12900-21",
		KeyBits: map[cucm.Unit]int{cucm.TVSUnit: 2048, cucm.CallManager: 1024},
	}}}}
	r.Verdict = "1,098 of 1,200 phones come through; 102 are stranded at step 1, and " +
		"`utils itl reset localkey` does not bring them back"
	r.States = report.States{Trusted: 1000, Untrusted: 100, Locked: 2, None: 3, Off: 95}
	const erase = "erase the trust list at the phone; no `utils itl reset` helps"
	r.Stranded = []report.Stranded{
		{Step: 1, Group: "floor-3", Model: "8861 10.3(1)", Reason: "unknown signer", Cure: erase, Phones: names(0, 60)},
		{Step: 1, Group: "lobby", Model: "7841 12.1(1)", Reason: "malformed", Cure: "a reset", Phones: names(60, 2), Off: 1},
		{Step: 1, Group: "floor-4", Model: "7841 12.1(1)", Reason: "unknown signer", Cure: erase, Phones: names(100, 40)},
	}
	r.StrandedLeftOut = 1
	s := &r.Steps[0]
	r.Steps[1].States = r.States
	s.Says, s.Repeat, s.AtS, s.States = "as each morning", "3 times", 180, r.States
	s.Do = []report.Done{
		{Text: "phones: power on"},
		{Text: "on pub: show itl", Printed: strings.Repeat("a record\n", 12) + strings.Repeat("x", 300), PrintedLeftOut: 5},
		{Text: "on pub: utils itl reset localkey", Printed: "<b>no</b>", Failed: "this is a subscriber"},
	}
	s.Groups = []report.Group{
		{Name: "floor-3", Phones: 60, States: report.States{Untrusted: 60}},
		{Name: "all the others", Phones: 1140, States: report.States{
			Trusted: 1000, Untrusted: 40, Locked: 2, None: 3, Off: 95,
		}},
	}
	r.Stories = append([]report.Story{{Phones: names(500, 1000), Model: "7841 12.1(1)", Chapters: []report.Chapter{
		{Step: 1, Name: "phones boot", State: "trusted", On: true, Held: strings.Repeat("ab", 20)},
	}}, {Phones: names(42, 1), Model: "6901 9.4"}}, r.Stories...)
	r.StoriesLeftOut = 4
	r.Counts.Boots = 2400
	r.Timing.BootMS = report.Boots{P50: 4800, P90: 5000, P95: 6100, P99: 6200, Max: 51000, Buckets: []report.Bucket{
		{UpTo: 5000, Boots: 2160}, {UpTo: 6300, Boots: 238}, {UpTo: 63000, Boots: 2},
	}}
	r.Steps[0].Alarms = report.Alarms{Match: 1000, Mismatch: 100}
	r.Timing.Timeline = []report.Moment{{Step: 1, States: report.States{Off: 1200}}, {AtS: 90, Step: 1, States: r.States}}
	return r
}

func pageOf(t *testing.T, r *report.Report) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, r.WriteHTML(&b))
	return b.String()
}

// The page is well formed: each element is closed where it was opened, names of elements are
// there once and are what links point to, headings go down by one, heads of tables say of
// what, nothing is empty, and nothing is from elsewhere.
func TestPageIsWellFormed(t *testing.T) {
	for name, r := range map[string]*report.Report{"full": full(), "broken off": sample(), "empty": {}} {
		t.Run(name, func(t *testing.T) {
			text := pageOf(t, r)
			closes(t, text)
			page, err := html.Parse(strings.NewReader(text))
			require.NoError(t, err)
			ids, level := make(map[string]bool), 0
			var links []string
			for n := range page.Descendants() {
				if n.Type != html.ElementNode {
					continue
				}
				is := make(map[string]string)
				for _, a := range n.Attr {
					is[a.Key] = a.Val
				}
				if id, ok := is["id"]; ok {
					require.False(t, ids[id], "two have the name %s", id)
					ids[id] = true
				}
				if to, ok := is["href"]; ok {
					links = append(links, to)
				}
				require.NotContains(t, is, "src")
				require.Truef(t, n.DataAtom != atom.Th || is["scope"] != "", "%s: a head without a scope", content(n))
				if h := strings.Index("h1h2h3h4", n.Data); n.DataAtom != 0 && len(n.Data) == 2 && h >= 0 {
					require.LessOrEqual(t, h/2+1, level+1, content(n))
					level = h/2 + 1
				}
				if is["role"] == "img" {
					require.NotEmpty(t, is["aria-label"])
				}
				switch n.DataAtom {
				case atom.P, atom.Li, atom.Dd, atom.Dt, atom.Th, atom.Pre, atom.Summary, atom.H1, atom.H2, atom.H3, atom.H4:
					hidden := is["hidden"] != "" || n.DataAtom == atom.H1 && name == "empty"
					require.True(t, hidden || content(n) != "", "an empty %s in %s", n.Data, content(n.Parent))
				}
			}
			for _, to := range links {
				require.True(t, strings.HasPrefix(to, "#") && ids[to[1:]], to)
			}
			require.NotRegexp(t, regexp.MustCompile(`url\(|@import|<link|<img|<base`), text)
		})
	}
}

// A checker of HTML, CSS and SVG has nothing to say to pages that boards get.
func TestPagesAreHTML(t *testing.T) {
	var pages []string
	for name, r := range boards(t, 25) {
		if name == "empty" { // without a name it has no title
			continue
		}
		path := filepath.Join(t.TempDir(), name+".html")
		require.NoError(t, os.WriteFile(path, []byte(pageOf(t, r)), 0o600))
		pages = append(pages, path)
	}
	browsertest.Valid(t, pages...)
}

// voids have no end.
var voids = map[string]bool{"meta": true, "input": true}

// closes requires that each element ends where it should.
func closes(t *testing.T, text string) {
	t.Helper()
	var open []string
	for z := html.NewTokenizer(strings.NewReader(text)); ; {
		switch z.Next() {
		case html.ErrorToken:
			require.Equal(t, io.EOF, z.Err())
			require.Empty(t, open)
			return
		case html.StartTagToken:
			if name, _ := z.TagName(); !voids[string(name)] {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			require.NotEmpty(t, open, string(name))
			require.Equal(t, open[len(open)-1], string(name), "within %v", open)
			open = open[:len(open)-1]
		}
	}
}

func content(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// What matters comes first: the verdict, who is stranded by what helps them, what failed,
// the plan, the states; and the stories of those that are lost before those of the others.
func TestPageInOrder(t *testing.T) {
	text := pageOf(t, full())
	at := 0
	for _, want := range []string{
		"<title>tonight: stopped</title>", `<div class="verdict stopped"><b>STOPPED · 1 of 2 expectations held until then</b>`,
		"102 are stranded at step 1, and <code>utils itl reset localkey</code> does not bring them back.",
		"<h3>100 phones</h3>", "no <code>utils itl reset</code> helps", "100 phones lost at", "unknown signer", "floor-3",
		"SEP00000000003B\n", "floor-4",
		"Copy the 100 phones as a list", "<h3>2 phones</h3>", "a reset", "2 phones lost at", "malformed", "lobby",
		"without room in the report: 1 phone.",
		"What failed", "all phones are on", "but 2 of 1200 are off (SEP1, SEP2)", "The run stopped here", "interrupted",
		"The plan, as typed", "1. phones boot",
		"from 0 s to 3 min after the start; done 3 times, here the last time", "on pub: show itl",
		"what it printed, 13 lines", "5 bytes more", "this is a subscriber", "&lt;b&gt;no&lt;/b&gt;", "✓ held",
		"Phones in each state", `<polygon class="trusted"`, `<polygon class="off"`, "By group", "floor-3, 60 phones",
		"At the end: 60 untrusted.", "(3 min)", "How long boots took", "4.8 s", "What happened on the network", "2,400",
		"itlsim run tonight.yaml --seed 7", "26 February 2014, 18:24 UTC", "11.5.1.12900-21", "CallManager 1024, TVS 2048",
		"2 phones: untrusted", "ITLSEP&lt;MAC&gt;.tlv", "1 phone: nothing happened", "1,000 phones: trusted",
		"no room for the stories of 4 phones",
	} {
		i := strings.Index(text[at:], want)
		require.GreaterOrEqual(t, i, 0, "%s is not there, or too early", want)
		at += i
	}
	passed := full()
	passed.Passed, passed.Steps = true, passed.Steps[:1]
	passed.Steps[0].Expectations = passed.Steps[0].Expectations[:1]
	require.Contains(t, pageOf(t, passed), `<div class="verdict stranded"><b>PASSED · `,
		"a pass that strands phones does not look like one")
}

// What a report does not tell has no place on the page.
func TestPageWithoutWhatDidNotHappen(t *testing.T) {
	text := pageOf(t, &report.Report{Scenario: "nothing"})
	for _, id := range []string{"stranded", "failures", "plan", "states", "boots", "stories", "search"} {
		require.NotContains(t, text, `id="`+id+`"`)
	}
	require.Contains(t, pageOf(t, full()), ">untrusted</th>")
	one := full()
	one.Timing.Timeline, one.Steps = nil, one.Steps[1:]
	one.Steps[0].States = report.States{Trusted: 1200}
	require.NotContains(t, pageOf(t, one), ">untrusted</th>", "a state in which no phone ever was")
}

// A page has the stories of those that matter most, so many at most, and says how many
// phones' are only in its data.
func TestStoriesOfAPageAreBounded(t *testing.T) {
	r := &report.Report{}
	for i := range 503 {
		r.Stories = append(r.Stories, report.Story{Phones: names(2*i, 2), Model: "8861"})
	}
	r.Stories[502].Chapters = []report.Chapter{{Step: 1, State: "locked", On: true}}
	text := pageOf(t, r)
	require.Equal(t, 500, strings.Count(text, `<details class="story`))
	require.Contains(t, text, "The stories of 6 phones more are in this page's data")
	require.Contains(t, text, "2 phones: locked")
}
