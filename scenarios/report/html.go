package report

import (
	_ "embed" // for report.html.tmpl
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"
)

// reportHTML is one page that needs nothing else: no network, no other file.
//
//go:embed report.html.tmpl
var reportHTML string

var reportTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"clock":  clock,
	"int":    func(n int) string { return number(n) },
	"uint":   func(n uint64) string { return number(n) },
	"ms":     func(v float64) string { return fmt.Sprintf("%.1f ms", v) },
	"add":    func(a, b int) int { return a + b },
	"width":  func(n, of int) string { return fmt.Sprintf("%.2f%%", 100*float64(n)/float64(max(of, 1))) },
	"some":   Some,
	"states": func() []string { return []string{"trusted", "none", "locked", "untrusted"} },
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
	}{r, template.HTML(r.chart()), template.JS(data), held, failed, held + failed, stopped, r.latency()})
}

// bar is one of the latency chart.
type bar struct {
	Name  string
	MS    float64
	Width string
}

func (r *Report) latency() []bar {
	b := r.Timing.BootMS
	bars := []bar{{"50 % within", b.P50, ""}, {"90 % within", b.P90, ""}, {"99 % within", b.P99, ""}, {"all within", b.Max, ""}}
	for i := range bars {
		bars[i].Width = fmt.Sprintf("%.1f%%", 100*bars[i].MS/max(b.Max, 0.001))
	}
	return bars
}

// chart draws the states over the run as stacked areas: what changed first lies
// left. Time is the wall clock's, since waits cost none; steps are marked.
func (r *Report) chart() string {
	const width, height, left, top = 900.0, 240.0, 10.0, 18.0
	line := r.Timing.Timeline
	if len(line) == 0 {
		return ""
	}
	begin := line[0].WallS // what comes before is the making of keys
	end := max(r.Timing.WallS, line[len(line)-1].WallS, begin+0.001)
	x := func(m Moment) float64 { return left + width*(m.WallS-begin)/(end-begin) }
	y := func(n int) float64 { return top + height*(1-float64(n)/float64(max(r.Phones, 1))) }
	line = append(line[:len(line):len(line)], Moment{
		WallS: end, Step: line[len(line)-1].Step,
		None: r.States.None, Trusted: r.States.Trusted, Locked: r.States.Locked, Untrusted: r.States.Untrusted,
	})
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %.0f %.0f" role="img" aria-label="phones in each state over the run">`, width+2*left, height+top+26)
	layers := []struct {
		class string
		of    func(Moment) int
	}{
		{"trusted", func(m Moment) int { return m.Trusted }},
		{"none", func(m Moment) int { return m.None }},
		{"locked", func(m Moment) int { return m.Locked }},
		{"untrusted", func(m Moment) int { return m.Untrusted }},
	}
	below := make([]int, len(line))
	for _, l := range layers {
		var up, down []string
		for i, m := range line {
			low := below[i]
			below[i] += l.of(m)
			up = append(up, fmt.Sprintf("%.1f,%.1f", x(m), y(below[i])))
			down = append(down, fmt.Sprintf("%.1f,%.1f", x(m), y(low)))
		}
		for i, j := 0, len(down)-1; i < j; i, j = i+1, j-1 {
			down[i], down[j] = down[j], down[i]
		}
		fmt.Fprintf(&b, `<polygon class="%s" points="%s %s"/>`, l.class, strings.Join(up, " "), strings.Join(down, " "))
	}
	step, free := 0, -1.0
	for _, m := range line {
		if m.Step == step {
			continue
		}
		step = m.Step
		fmt.Fprintf(&b, `<line class="mark" x1="%.1f" x2="%.1f" y1="%.0f" y2="%.0f"><title>step %d</title></line>`, x(m), x(m), top, top+height, step)
		if x(m) >= free { // a number where there is room for it
			fmt.Fprintf(&b, `<text x="%.1f" y="%.0f">%d</text>`, x(m)+2, top-5, step)
			free = x(m) + 16
		}
	}
	fmt.Fprintf(&b, `<text x="%.0f" y="%.0f">0 s</text><text text-anchor="end" x="%.0f" y="%.0f">%.1f s of the wall clock; numbers are steps</text></svg>`, left, top+height+16, left+width, top+height+16, end-begin)
	return b.String()
}
