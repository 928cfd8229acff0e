package ciscolog

import (
	"fmt"
	"strings"
	"time"
)

// An Entry is an alarm as a node's log has it.
type Entry struct {
	Alarm    Alarm
	At       time.Time // by the cluster's clock
	Details  Details   // nil: none
	Sequence uint32    // counts a log's entries from 0
	Host     string    // name of the node when the alarm was raised
	FQDN     string    // the same with the domain
}

// Details are what an entry says besides its alarm's text. They are asked for their
// tags only when somebody reads the entry.
type Details interface{ Tags() []Tag }

// A Tag is a name and a value, [Name=Value] in an entry.
type Tag struct{ Name, Value string }

// Tags are details without a type of their own.
type Tags []Tag

// Tags gives themselves.
func (t Tags) Tags() []Tag { return t }

// MaxEntry is how long an entry may be, in bytes (CiscoLog, without PRI).
const MaxEntry = 800

// String is the whole line as CUCM prints it, which is not quite as its own
// guide says: a blank before the colon after the zone, two after it, and
// milliseconds without leading zeros.
func (e *Entry) String() string {
	line, _ := e.write()
	return line
}

// Body is the line from its tags on.
func (e *Entry) Body() string {
	line, body := e.write()
	return line[min(body, len(line)):]
}

// write gives the line and where its body begins.
func (e *Entry) write() (line string, body int) {
	alarm, at := &catalogue[e.Alarm], e.At.UTC()
	var b strings.Builder
	fmt.Fprintf(&b, "%d: %s: %s.%d UTC :  ", e.Sequence, e.FQDN, at.Format("Jan _2 2006 15:04:05"), at.Nanosecond()/1e6)
	fmt.Fprintf(&b, "%%%s-%d-%s: %%", alarm.facility, alarm.severity, alarm.name)
	body = b.Len()
	if e.Details != nil {
		for _, t := range e.Details.Tags() {
			fmt.Fprintf(&b, "[%s=%s]", t.Name, oneLine(t.Value))
		}
	}
	fmt.Fprintf(&b, "[AppID=%s][ClusterID=StandAloneCluster][NodeID=%s]: %s", alarm.appID, e.Host, alarm.text)
	line = b.String()
	if len(line) > MaxEntry {
		// a copy, since the log would keep all that the line is cut from
		line = strings.Clone(strings.ToValidUTF8(line[:MaxEntry], ""))
	}
	return line, body
}

// oneLine keeps values that came from elsewhere from forging entries or tags.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '[' || r == ']' {
			return '_'
		}
		return r
	}, s)
}
