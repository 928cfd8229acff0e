package report

import (
	"bytes"
	"encoding/json"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/internal/bounded"
	"itlsim/internal/cause"
)

const someReport = `{"scenario": "bulk-reset", "steps": [{"name": "a"}], "stories": [
	{"phones": ["SEP001122334455", "SEP001122334456"], "model": "8861", "chapters": [{"step": 1, "state": "trusted"}]},
	{"phones": ["SEP001122334457"], "chapters": []}], "stories_left_out": 3}`

// endless has no end.
type endless string

func (e endless) Read(p []byte) (int, error) {
	return copy(p, strings.Repeat(string(e), len(p)/len(e)+1)), nil
}

// What is no report is refused, however much of it there is, in memory that its largest
// story bounds.
func TestReadForHostileReports(t *testing.T) {
	many := func(what string) string { return strings.Repeat(what+",", 1<<20) + what }
	for _, c := range []struct {
		name, says string
		from       io.Reader
		most       uint64 // bytes from the heap
	}{
		{"zeros", "the JSON is broken at byte", endless("\x00"), 1 << 20},
		{"a number", "the JSON has a value of the wrong kind (scalar)", strings.NewReader("3"), 1 << 20},
		{"a list", "the JSON has a value of the wrong kind (array)", strings.NewReader("[]"), 1 << 20},
		{"cut", "the JSON ends too early", strings.NewReader(someReport[:len(someReport)-1]), 1 << 20},
		{"more", "something follows the JSON", strings.NewReader(someReport + "{}"), 1 << 20},
		{"two scenarios", `it has the key "scenario" twice`, strings.NewReader(`{"scenario":"a","scenario":"b"}`), 1 << 20},
		{"stories twice", `it has the key "stories" twice`, strings.NewReader(`{"stories":[],"stories":[]}`), 1 << 20},
		{"a story's phones twice", `it has the key "phones" twice`,
			strings.NewReader(`{"stories":[{"phones":["y"],"phones":["x"]}]}`), 1 << 20},
		{"a chapter's state twice", `chapters[0] has the key "state" twice`,
			strings.NewReader(`{"stories":[{"phones":["x"],"chapters":[{"state":"a","State":"b"}]}]}`), 1 << 20},
		{"deep", "exceeded max depth", strings.NewReader(`{"a":` + strings.Repeat("[", 1<<20)), 16 << 20},
		{"deep stories", "the JSON has a value of the wrong kind (array)",
			strings.NewReader(`{"stories":[` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000)), 1 << 20},
		{"chapters", "a story has more chapters than any scenario has steps",
			strings.NewReader(`{"stories":[{"phones":["x"],"chapters":[` + many("{}") + `]}]}`), 40 << 20},
		{"steps", "", strings.NewReader(`{"steps":[` + many("{}") + `]}`), 40 << 20},
		{"stories", "", strings.NewReader(`{"stories":[` + many(`{"phones":["y"]}`) + `]}`), 512 << 20},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := ReadFor("x", c.from)
		runtime.ReadMemStats(&after)
		if c.says == "" {
			require.NoError(t, err, c.name)
		} else {
			require.Error(t, err, c.name)
			require.Contains(t, cause.Of(err), c.says, c.name)
		}
		require.Less(t, after.TotalAlloc-before.TotalAlloc, c.most, c.name)
	}
	_, err := readFor("x", io.MultiReader(strings.NewReader(`{"a":"`), endless("a")), 1<<20)
	require.ErrorAs(t, err, new(*bounded.TooLargeError))
}

// Of what the JSON library reads of a report, ReadFor reads the same.
func FuzzReadFor(f *testing.F) {
	f.Add([]byte(someReport), "SEP001122334455")
	f.Add([]byte(someReport), "SEP001122334457")
	f.Add([]byte(`{"stories":[{"phones":["x"],"phones":null}],"stories":null}`), "x")
	f.Add([]byte(`{"\u0073cenario":"\ud800"}`), "")
	f.Fuzz(func(t *testing.T, data []byte, device string) {
		got, err := ReadFor(device, bytes.NewReader(data))
		if err != nil {
			if cause.Of(err) == "" || err.Error() == "" {
				t.Fatalf("%T says nothing", err)
			}
			return
		}
		if len(got.Stories) > 1 || len(got.Stories) == 1 && !slices.Contains(got.Stories[0].Phones, device) {
			t.Fatalf("%q: the story of another phone: %+v", device, got.Stories)
		}
		var whole Report
		if json.Unmarshal(data, &whole) != nil || whole.Scenario != got.Scenario ||
			whole.StoriesLeftOut != got.StoriesLeftOut {
			return // wrong in a part that passed by, or a key written in another case
		}
		var want, have strings.Builder
		_, _ = whole.Explain(&want, device)
		told, _ := got.Explain(&have, device)
		if told && want.String() != have.String() && !bytes.Contains(bytes.ToLower(data), []byte(`\u`)) {
			t.Fatalf("%s\nand by the library\n%s", &have, &want)
		}
	})
}
