package report

import (
	_ "embed" // for report.html.tmpl
	"encoding/json"
	"fmt"
	"html/template"
	"io"
)

// reportHTML is one page that needs nothing else: no network, no other file.
//
//go:embed report.html.tmpl
var reportHTML string

var reportTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"clock":  atTime,
	"int":    func(n int) string { return number(n) },
	"uint":   func(n uint64) string { return number(n) },
	"ms":     func(v float64) string { return Span(milliseconds(v)) },
	"add":    func(a, b int) int { return a + b },
	"width":  func(n, of int) string { return fmt.Sprintf("%.2f%%", 100*float64(n)/float64(max(of, 1))) },
	"some":   Some,
	"states": func() []string { return []string{"trusted", "none", "locked", "untrusted", "off"} },
}).Parse(reportHTML))

// WriteHTML writes the report as one self-contained page, with the report's
// data in it.
func (r *Report) WriteHTML(w io.Writer) error {
	data, err := json.Marshal(r) // escapes <, > and &, so that no text ends the script element
	if err != nil {
		return err
	}
	held, failed, stopped := r.Tally()
	return reportTemplate.Execute(w, struct {
		*Report
		Chart               template.HTML
		Data                template.JS
		Held, Failed, InAll int
		Stopped             bool
		Latency             []bar
	}{r, template.HTML(chartOf(r)), template.JS(data), held, failed, held + failed, stopped, r.latency()})
}

// bar is one of the chart of boot times.
type bar struct {
	Name  string
	MS    float64
	Width string
}

// latency is how long boots took, as bars.
func (r *Report) latency() []bar {
	b := r.Timing.BootMS
	bars := []bar{
		{"50 % within", b.P50, ""}, {"90 % within", b.P90, ""}, {"99 % within", b.P99, ""}, {"all within", b.Max, ""},
	}
	for i := range bars {
		bars[i].Width = fmt.Sprintf("%.1f%%", 100*bars[i].MS/max(b.Max, 0.001))
	}
	return bars
}
