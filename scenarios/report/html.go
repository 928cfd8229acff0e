package report

import (
	_ "embed" // for report.html.tmpl
	"encoding/json"
	"fmt"
	"html/template"
	"io"

	"itlsim/scenarios/language"
)

// reportHTML is one page that needs nothing else: no network, no other file, and no script
// but to copy names, to find a phone and to unfold what is printed.
//
//go:embed report.html.tmpl
var reportHTML string

var reportTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"clock":    atTime,
	"int":      func(n int) string { return language.Number(n) },
	"uint":     func(n uint64) string { return language.Number(n) },
	"mb":       func(bytes uint64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) },
	"s":        func(v float64) string { return Span(seconds(v)) },
	"ms":       func(v float64) string { return Span(milliseconds(v)) },
	"add":      func(a, b int) int { return a + b },
	"percent":  func(of float64) string { return fmt.Sprintf("%.2f%%", of) },
	"phones":   phones,
	"some":     Some,
	"commands": commands,
}).Parse(reportHTML))

// WriteHTML writes the report as one self-contained page, with the report's
// data in it.
func (r *Report) WriteHTML(w io.Writer) error {
	data, err := json.Marshal(r) // escapes <, > and &, so that no text ends the script element
	if err != nil {
		return err
	}
	return reportTemplate.Execute(w, struct {
		page
		Data template.JS
	}{newPage(r), template.JS(data)})
}
