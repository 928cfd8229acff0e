package bounded_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
	"time"

	"itlsim/cnf"
	"itlsim/internal/build"
	"itlsim/itl"
	"itlsim/scenarios"
	"itlsim/scenarios/inventory"
	"itlsim/scenarios/report"
	"itlsim/sip"
	"itlsim/tvs"
)

// counted is a text of lines that differ.
func counted(size int, line string) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, line, i)
	}
	return b.String()
}

// filled is a text with something repeated in it up to a size.
func filled(before, again, after string) func(int) string {
	return func(size int) string { return before + strings.Repeat(again, size/len(again)) + after }
}

const (
	scenario = "name: a\nshows: b\nphones:\n- group: g\n  count: 5\nsteps:\n- step: a\n"
	shownITL = "The checksum value of the ITL file:\n"
	risdb    = "DeviceName, Descr, Ipaddr, RegStatus, DeviceModel, ActiveLoadId, Perfmon Object\n"
	sqlTable = "name model\n==== =====\n"
)

// hostile are parsers, how many bytes of memory in all they may take for a byte, and
// what would cost them most.
var hostile = []struct {
	name   string
	most   uint64
	parse  func([]byte)
	inputs map[string]func(size int) string
}{
	// sentences make much garbage, of which little is alive at a time
	{"scenario", 600, func(data []byte) { _, _ = scenarios.Load("a.yaml", data, nil) }, map[string]func(int) string{
		"lists":        filled("", "[", ""),
		"mappings":     filled("", "{a: ", ""),
		"entries":      filled("", "- ", ""),
		"complex keys": filled("", "? ", ""),
		"anchors":      filled("", "&a ", ""),
		"laughs":       filled("a: &a [x]\n", "b: [*a,*a,*a,*a]\n", ""),
		"tags":         filled("", "!!seq ", ""),
		"keys":         func(size int) string { return counted(size, "k%d: a\n") },
		"keys in {}":   func(size int) string { return "{" + counted(size, "k%d: a,") },
		"list keys":    func(size int) string { return counted(size, "[a,a]: b\n[%d]: c\n") },
		"keys of lists": func(size int) string {
			return counted(size, "a%d:\n- b\n")
		},
		"word":           filled(scenario+"  do:\n  - ", "x", ": a\n"),
		"sentence":       filled(scenario+"  do:\n  - phones: ", "a ", "\n"),
		"digits":         filled(scenario+"  expect:\n  - ", "9", " phones are trusted\n"),
		"sentences":      filled(scenario+"  expect:\n", "  - 5 phones are trusted\n", ""),
		"wrong words":    filled(scenario+"  expect:\n", "  - 5 pxhones are trusted\n", ""),
		"comments":       filled(scenario, "#\n", ""),
		"documents":      filled("", "---\n", ""),
		"unclosed quote": filled(scenario+"- step: \"", "\\x", ""),
	}},
	{"import", 110, func(data []byte) {
		inventory.Read([]inventory.Source{{File: "a", Data: data}}, 1_000_000).Plan("a")
	}, map[string]func(int) string{
		"columns":       filled("name,model\n", ",", ""),
		"header":        filled("name,model", ",", ""),
		"quote":         filled("name,model\n\"", "x\n", ""),
		"quoted lines":  filled("name,model\n", "a,\"\n\",", ""),
		"bare quotes":   filled("name,model\n", "a\"b\n", ""),
		"devices":       func(size int) string { return counted(size, "name,model\nSEP%012X,8861\n") },
		"models":        func(size int) string { return "name,model\n" + counted(size, "SEP0011223344%02x,%[1]d\n") },
		"UTF-16":        filled("\xff\xfe", "a\x00", ""),
		"Latin-1":       filled("", "\xff", ""),
		"backspaces":    filled(shownITL, "a\b", ""),
		"escapes":       filled(shownITL, "\x1b[0m", ""),
		"open escape":   filled(shownITL+"\x1b[", "0", ""),
		"pager":         filled(shownITL, "Press <enter> for 1 line", ""),
		"lists":         filled("", shownITL, ""),
		"list of lines": filled(shownITL, "\n", ""),
		"records":       filled(shownITL, "ITL Record #:1\n", ""),
		"open rows":     filled(shownITL, "1 SUBJECTNAME 4000 a\n", ""),
		"risdb":         filled(risdb, ",\n", ""),
		"risdb rows":    filled(risdb, ",", ""),
		"risdb headers": filled("", risdb, ""),
		"rules":         filled("", "=\n", ""),
		"rule":          filled("name\n", "= ", ""),
		"sql":           filled(sqlTable, "SEP001122334455 a\n", ""),
		"sql row":       filled(sqlTable, "a", ""),
		"wide sql": filled("name model "+strings.Repeat("a ", 4000)+"\n==== ===== "+strings.Repeat("= ", 4000)+"\n",
			"a\n", ""),
	}},
	{"devices", 90, func(data []byte) {
		e := inventory.Export{File: "a", Data: data, Most: 1_000_000}
		e.Devices()
	}, map[string]func(int) string{
		"columns": filled("name,model\n", ",", ""),
		"quote":   filled("name,model\n\"", "x\n", ""),
		"devices": func(size int) string { return "name,model\n" + counted(size, "SEP%012X,8861\n") },
	}},
	{"report", 70, func(data []byte) { _, _ = report.ReadFor("x", bytes.NewReader(data)) }, map[string]func(int) string{
		"lists":    filled(`{"a":`, "[", ""),
		"steps":    filled(`{"steps":[{}`, ",{}", "]}"),
		"chapters": filled(`{"stories":[{"phones":["x"],"chapters":[{}`, ",{}", "]}]}"),
		"phones":   filled(`{"stories":[{"phones":["x"`, `,""`, "]}]}"),
	}},
	{"compared reports", 375, func(data []byte) { _, _ = report.Read(bytes.NewReader(data)) }, map[string]func(int) string{
		"lists":        filled(`{"steps":`, "[", ""),
		"steps":        filled(`{"steps":[{}`, ",{}", "]}"),
		"expectations": filled(`{"steps":[{"expectations":[{}`, ",{}", "]}]}"),
		"clusters":     filled(`{"clusters":[{}`, ",{}", "]}"),
		"stories":      filled(`{"stories":[{}`, ",{}", "]}"),
		"chapters":     filled(`{"stories":[{"phones":["x"],"chapters":[{}`, ",{}", "]}]}"),
		"phones":       filled(`{"stories":[{"phones":["x"`, `,""`, "]}]}"),
	}},
	{"part", 660, func(data []byte) {
		var file bytes.Buffer
		z, _ := gzip.NewWriterLevel(&file, gzip.NoCompression)
		_, _ = z.Write(data)
		_ = z.Close()
		_, _ = scenarios.ReadPart(&file)
	}, map[string]func(int) string{
		"lists":   filled(`{"looked":`, "[", ""),
		"steps":   filled(`{"report":{"steps":[{}`, ",{}", "]}}"),
		"acts":    filled(`{"report":{"steps":[{"do":[{}`, ",{}", "]}]}}"),
		"moments": filled(`{"report":{"timing":{"timeline":[{}`, ",{}", "]}}}"),
		"looked":  filled(`{"looked":[[{}`, ",{}", "]]}"),
		"before":  filled(`{"looked":[[{"before":[{}`, ",{}", "]}]]}"),
		"kinds": func(size int) string {
			return `{"looked":[[{"found":{"others":{` + counted(size, `"%d":{},`) + `"":{}}}}]]}`
		},
		"groups":   filled(`{"words":{"groups":[""`, `,""`, "]}}"),
		"names":    filled(`{"cast":{"names":[""`, `,""`, "]}}"),
		"seats":    filled(`{"cast":{"seats":[{}`, ",{}", "]}}"),
		"tales":    filled(`{"cast":{"tales":[{}`, ",{}", "]}}"),
		"chapters": filled(`{"cast":{"tales":[{"chapters":[{}`, ",{}", "]}]}}"),
		"losses":   filled(`{"cast":{"losses":[{}`, ",{}", "]}}"),
		"ends":     filled(`{"cast":{"ends":[{}`, ",{}", "]}}"),
		"seated":   filled(`{"cast":{"seated":"`, "0", `"}}`),
		"signed":   func(size int) string { return `{"shared":{` + counted(size, `"%d":1,`) + `"":1}}` },
	}},
	{"configuration", 110, func(data []byte) { _, _ = cnf.Parse(data) }, map[string]func(int) string{
		"elements":      filled("<device>", "<a>", ""),
		"attributes":    filled("<device", " a=''", ">"),
		"entities":      filled("<device>", "&lt;", "</device>"),
		"laughs":        filled(`<!DOCTYPE device [<!ENTITY a "aaaaaaaa">]><device>`, "&a;", "</device>"),
		"call managers": filled("<device><devicePool><callManagerGroup><members>", "<member/>", ""),
		"binary":        filled("", "\xff", ""),
	}},
	{"list", 60, func(data []byte) { _, _ = itl.ParseList(data); _, _ = itl.ParseFile(data) }, map[string]func(int) string{
		"zeros": filled("", "\x00", ""), "ones": filled("", "\x01", ""),
	}},
	{"TVS", 60, func(data []byte) { _, _ = tvs.ParseRequest(data); _, _ = tvs.ParseAnswer(data) },
		map[string]func(int) string{
			"zeros": filled("", "\x00", ""), "ones": filled("", "\x01", ""),
		}},
	{"SIP bodies", 60, func(data []byte) {
		_, _ = sip.ParseDeviceTLInfo(string(data))
		sip.ParseServiceControl(string(data))
		sip.AnswerOptions(string(data))
	}, map[string]func(int) string{
		"elements": filled("<x-cisco-alarm>", "<a>", ""), "lines": filled("", "action=reset\n", ""),
		"open": filled("", "<", ""),
	}},
}

// What no parser is made for costs no more than a small multiple of its size in memory,
// and time in proportion to it.
func TestParsersOfHostileInput(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	const size, constant = 256 << 10, 4 << 20 // bytes
	for _, p := range hostile {
		for name, input := range p.inputs {
			data := []byte(input(size))
			began := time.Now()
			took := allocated(func() { p.parse(data) })
			if most := p.most*size + constant; took > most {
				t.Errorf("%s: %s: %d bytes for each, want at most %d", p.name, name, took/size, p.most)
			}
			if spent := time.Since(began); spent > time.Minute {
				t.Errorf("%s: %s: %v", p.name, name, spent)
			}
			t.Logf("%s: %s: %d, %v", p.name, name, took/size, time.Since(began))
		}
	}
}
