package report

import (
	"fmt"
	"slices"
	"strings"
)

// A chart is the states over a run as stacked areas, drawn as SVG. Time is the
// wall clock's, since waits cost none; steps are marked.
type chart struct {
	strings.Builder
	moments    []Moment
	begin, end float64 // wall-clock seconds
	phones     int
}

// The area of the chart, in pixels of the SVG.
const (
	chartWidth, chartHeight = 900.0, 240.0
	chartLeft, chartTop     = 10.0, 18.0
)

// chartOf draws a report's chart, "" where there was no time.
func chartOf(r *Report) string {
	moments := r.Timing.Timeline
	if len(moments) == 0 {
		return ""
	}
	last := moments[len(moments)-1]
	c := &chart{begin: moments[0].WallS, phones: max(r.Phones, 1)} // before that keys are made
	c.end = max(r.Timing.WallS, last.WallS, c.begin+0.001)
	c.moments = append(slices.Clip(moments), Moment{WallS: c.end, Step: last.Step, States: r.States})
	fmt.Fprintf(c, `<svg viewBox="0 0 %.0f %.0f" role="img" aria-label="phones in each state over the run">`,
		chartWidth+2*chartLeft, chartHeight+chartTop+26)
	c.areas()
	c.steps()
	bottom := chartTop + chartHeight + 16
	fmt.Fprintf(c, `<text x="%.0f" y="%.0f">0 s</text>`, chartLeft, bottom)
	fmt.Fprintf(c, `<text text-anchor="end" x="%.0f" y="%.0f">%.1f s of the wall clock; numbers are steps</text></svg>`,
		chartLeft+chartWidth, bottom, c.end-c.begin)
	return c.String()
}

func (c *chart) x(m Moment) float64 { return chartLeft + chartWidth*(m.WallS-c.begin)/(c.end-c.begin) }
func (c *chart) y(n int) float64    { return chartTop + chartHeight*(1-float64(n)/float64(c.phones)) }

// areas draws one area for each state, one on top of the other.
func (c *chart) areas() {
	below := make([]int, len(c.moments))
	for _, layer := range []struct {
		class string
		of    func(Moment) int
	}{
		{"trusted", func(m Moment) int { return m.Trusted }},
		{"none", func(m Moment) int { return m.None }},
		{"locked", func(m Moment) int { return m.Locked }},
		{"untrusted", func(m Moment) int { return m.Untrusted }},
		{"off", func(m Moment) int { return m.Off }},
	} {
		var up, down []string
		for i, m := range c.moments {
			low := below[i]
			below[i] += layer.of(m)
			up = append(up, fmt.Sprintf("%.1f,%.1f", c.x(m), c.y(below[i])))
			down = append(down, fmt.Sprintf("%.1f,%.1f", c.x(m), c.y(low)))
		}
		slices.Reverse(down)
		fmt.Fprintf(c, `<polygon class="%s" points="%s %s"/>`, layer.class, strings.Join(up, " "), strings.Join(down, " "))
	}
}

// steps marks where each step begins, with its number where there is room.
func (c *chart) steps() {
	step, free := 0, -1.0
	for _, m := range c.moments {
		if m.Step == step {
			continue
		}
		step = m.Step
		x := c.x(m)
		fmt.Fprintf(c, `<line class="mark" x1="%.1f" x2="%.1f" y1="%.0f" y2="%.0f"><title>step %d</title></line>`,
			x, x, chartTop, chartTop+chartHeight, step)
		if x >= free {
			fmt.Fprintf(c, `<text x="%.1f" y="%.0f">%d</text>`, x+2, chartTop-5, step)
			free = x + 16
		}
	}
}
