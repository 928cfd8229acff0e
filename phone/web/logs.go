package web

import (
	"fmt"
	"html"
	"path"
	"slices"
	"strings"
	"time"
)

// statusShown is how many messages a phone's page shows, the newest last (7800
// and 8800 guide; scrapers).
const statusShown = 10

func (p *shown) messages() []string {
	var all []string
	for _, line := range p.Status[max(0, len(p.Status)-statusShown):] {
		all = append(all, p.stamp(line.At)+line.Text)
	}
	return all
}

// cell is a row of one bold cell.
func cell(inner string) string { return "<TR><TD><B>" + inner + "</B></TD></TR>" }

func messageCells(p *shown) string {
	var b strings.Builder
	for _, m := range p.messages() {
		b.WriteString(cell(html.EscapeString(m)))
	}
	return b.String()
}

func messageElements(p *shown) []element { return statuses(p.messages()...) }

func statuses(values ...string) []element {
	var all []element
	for _, v := range values {
		all = append(all, element{"status", v})
	}
	return all
}

// scriptedMessages are the messages of a 6900, which a script writes (scrapers).
func scriptedMessages(p *shown) string {
	var all []string
	for _, m := range p.messages() {
		all = append(all, strings.NewReplacer("\n", "", `"`, "", "&", "").Replace(m))
	}
	return "<SCRIPT>\nvar s0 = \"" + strings.Join(all, "&") + "\";\n</SCRIPT>\n"
}

// alarmCell shows the last alarm as it was sent, without escapes: scrapers cut
// the XML out of the page.
func alarmCell(p *shown) string {
	if p.AlarmAt.IsZero() {
		return ""
	}
	return cell(p.stamp(p.AlarmAt) + string(p.Alarm.XML()))
}

// alarmElement is the last alarm in one line: its name, then its parameters.
func alarmElement(p *shown) []element {
	if p.AlarmAt.IsZero() {
		return nil
	}
	line := strings.Fields(p.stamp(p.AlarmAt) + "DeviceTLInfo")
	for parameter := range strings.Lines(string(p.Alarm.XML())) {
		if parameter, ok := strings.CutPrefix(parameter, `<String name="`); ok {
			name, value, _ := strings.Cut(parameter, `">`)
			value, _, _ = strings.Cut(value, "</String>")
			line = append(line, name+"="+strings.TrimSpace(html.UnescapeString(value)))
		}
	}
	return statuses(strings.Join(line, " "))
}

// logLinks are the links of the console logs' page. What the files say is this
// project's own choice, in the form of real phones' lines.
func logLinks(p *shown) string {
	var b strings.Builder
	for _, name := range p.logs {
		fmt.Fprintf(&b, "<TR><TD><a href=\"%s/FS/%s\"><B>%s</B></A></TD></TR>", p.Below, name, path.Base(name))
	}
	return b.String()
}

func logElements(p *shown) []element {
	var names []string
	for _, name := range p.logs {
		names = append(names, "/FS/"+name)
	}
	return statuses(names...)
}

// log is a file under /FS/. The newer half of the messages is in the first.
func (p *shown) log(name string) (text string, found bool) {
	i := slices.Index(p.logs, name)
	if i < 0 {
		return "", false
	}
	half := len(p.Status) / 2
	first, lines := half, p.Status[half:]
	if i > 0 {
		first, lines = 0, p.Status[:half]
	}
	var b strings.Builder
	for j, line := range lines {
		b.WriteString(p.logLine(1001+first+j, line.At, line.Text))
	}
	return b.String(), true
}

// newLogLine and oldLogLine are lines of the logs that technotes 214535 and
// 118699 print.
func newLogLine(n int, at time.Time, text string) string {
	return fmt.Sprintf("%d NOT %s (1021:1044) JAVA-status message: %s\n", n, at.Format("Jan 02 15:04:05.000000"), text)
}

func oldLogLine(n int, at time.Time, text string) string {
	return fmt.Sprintf("%d: NOT %s JVM: status message: %s\n", n, at.Format("15:04:05.000000"), text)
}
