package webapi

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/ciscolog"
)

// logOperations find files of logs; [Handler.postFile] gives them.
var logOperations = map[string]func(*call) (content, error){
	"listNodeServiceLogs": (*call).listLogs,
	"selectLogFiles":      (*call).selectLogs,
}

const (
	// activeLog is the directory that the command `file … activelog` is about.
	activeLog = "/var/log/active/"
	// systemLog is what CiscoSyslog and those before it are called together. There is no
	// other log.
	systemLog = "Syslog"
)

// listLogs tells of all nodes which logs they may have, whichever is asked (a client saw
// that). Services have none here.
func (c *call) listLogs() (content, error) {
	return func(w *writer) {
		w.in("listNodeServiceLogsResponse", func() {
			for _, n := range c.cluster.Nodes() {
				if !n.Down() {
					w.in("listNodeServiceLogsReturn", func() { writeLogs(w, n) })
				}
			}
		}, "xmlns:ns1", astSpace)
	}, nil
}

func writeLogs(w *writer, n *cucm.Node) {
	w.part("name", n.Name())
	w.in("ServiceLog", func() {
		for _, s := range n.ServiceStatuses() {
			if s.Activated {
				w.part("item", string(s.Service))
			}
		}
	})
	w.in("SystemLog", func() { w.part("item", systemLog) })
}

// selectLogs finds the files of this node that are of a log and of a time.
func (c *call) selectLogs() (content, error) {
	asked := c.asked.child("FileSelectionCriteria")
	for name, there := range map[string]string{"JobType": "DownloadtoClient", "Frequency": "OnDemand"} {
		if text := asked.child(name).text; text != "" && !strings.EqualFold(text, there) {
			return nil, &fault{client, noCode, fmt.Sprintf("The %s %s is not there: this is a simulator, which has %s alone",
				name, text, there)}
		}
	}
	when, err := newPeriod(asked, c.cluster.Now())
	if err != nil {
		return nil, err
	}
	wanted := false
	for _, of := range []string{"SystemLogs", "ServiceLogs"} {
		names, err := named(asked.child(of))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			wanted = wanted || strings.EqualFold(name, systemLog)
		}
	}
	var files []logFile
	if wanted {
		files = c.logFiles(when, asked.child("SearchStr").text)
	}
	return func(w *writer) { c.writeFiles(w, files) }, nil
}

// writeFiles answers with files. Clients take a missing SetOfFiles for none.
func (c *call) writeFiles(w *writer, files []logFile) {
	w.in("selectLogFilesResponse", func() {
		w.in("ResultSet", func() {
			w.in("SchemaFileSelectionResult", func() {
				w.in("Node", func() {
					w.part("name", c.node.Name())
					w.in("ServiceList", func() {
						w.in("ServiceLogs", func() { writeSyslog(w, files) })
					})
				})
			})
		})
	}, "xmlns:ns1", astSpace)
}

func writeSyslog(w *writer, files []logFile) {
	w.part("name", systemLog)
	if files == nil {
		return
	}
	w.in("SetOfFiles", func() {
		for i := range files {
			w.in("File", func() { files[i].write(w) })
		}
	})
}

// A logFile is a file as answers show it.
type logFile struct {
	name     string // as `file … activelog` has it
	size     int64
	modified time.Time
}

func (f *logFile) write(w *writer) {
	w.part("name", f.name[strings.LastIndexByte(f.name, '/')+1:])
	w.part("absolutepath", activeLog+f.name)
	w.part("filesize", strconv.FormatInt(f.size, 10))
	w.part("modifiedDate", f.modified.UTC().Format(time.UnixDate))
}

// logFiles are the node's files that changed in a period, and in which a text stands
// unless it is empty (this project's own reading of SearchStr).
func (c *call) logFiles(when period, search string) (files []logFile) {
	for _, name := range c.node.LogFiles() {
		e, err := c.node.OpenLogFile(name)
		if err != nil {
			continue // turned over meanwhile
		}
		if when.has(e.Modified) && (search == "" || contains(e, search)) {
			files = append(files, logFile{name, e.Size, e.Modified})
		}
		e.Close()
	}
	return files
}

// contains reports whether a text stands in a line. It may where not all can be read.
func contains(r io.Reader, text string) bool {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, ciscolog.MaxFile)
	for lines.Scan() {
		if strings.Contains(lines.Text(), text) {
			return true
		}
	}
	return lines.Err() != nil
}

// A period is when files must have changed. Zero is any time.
type period struct{ from, to time.Time }

func (p period) has(at time.Time) bool {
	return !at.Before(p.from) && (p.to.IsZero() || at.Before(p.to))
}

// clientZone matches TimeZone: "Client: (GMT-8:0)America/Los_Angeles".
var clientZone = regexp.MustCompile(`\(GMT([+-]\d{1,2})(?::(\d{1,2}))?\)`)

// dateLayout is that of FromDate and ToDate, to the minute.
const dateLayout = "1/2/06 3:04 PM"

// relative are the units of RelTime, in days and minutes.
var relative = map[string]struct{ days, minutes int }{
	"minutes": {0, 1}, "hours": {0, 60}, "days": {1, 0}, "weeks": {7, 0}, "months": {30, 0},
}

// newPeriod is the one that is asked for: the last RelTime units, or from date to date.
func newPeriod(asked *element, now time.Time) (p period, err error) {
	if unit, ok := relative[strings.ToLower(asked.child("RelText").text)]; ok {
		n, err := strconv.ParseUint(asked.child("RelTime").text, 10, 8)
		if err != nil {
			return p, &fault{client, noCode, "RelTime is not a number up to 255"}
		}
		p.from = now.AddDate(0, 0, -unit.days*int(n)).Add(-time.Duration(unit.minutes) * time.Duration(n) * time.Minute)
		return p, nil
	}
	zone := time.UTC
	if m := clientZone.FindStringSubmatch(asked.child("TimeZone").text); m != nil {
		hours, _ := strconv.Atoi(m[1])
		minutes, _ := strconv.Atoi(cmp.Or(m[2], "0"))
		if m[1][0] == '-' {
			minutes = -minutes
		}
		zone = time.FixedZone("", hours*3600+minutes*60)
	}
	if p.from, err = dateOf(asked, "FromDate", zone); err != nil {
		return p, err
	}
	if p.to, err = dateOf(asked, "ToDate", zone); err == nil && !p.to.IsZero() {
		p.to = p.to.Add(time.Minute) // the whole of it
	}
	return p, err
}

// dateOf is a date that is asked for; zero where there is none.
func dateOf(asked *element, name string, zone *time.Location) (at time.Time, err error) {
	text := asked.child(name).text
	if text == "" {
		return at, nil
	}
	if at, err = time.ParseInLocation(dateLayout, strings.ToUpper(text), zone); err != nil {
		return at, &fault{client, noCode, fmt.Sprintf("The %s %q is none as 11/25/26 9:01 PM", name, text)}
	}
	return at, nil
}
