package ciscolog

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// An Entry is an alarm as a node's log has it.
type Entry struct {
	Alarm    Alarm
	At       time.Time // by the cluster's clock
	Details  Details   // nil: none
	Sequence uint32    // counts the entries of a process since it began, from 0
	Host     string    // name of the node when the alarm was raised
	FQDN     string    // the same with the domain
}

// Details are what an entry says besides its alarm's text. They are asked for their
// tags only when somebody reads the entry.
type Details interface {
	// Tags are names and values in the order in which the entry shows them.
	Tags() []Tag
}

// A Tag is a name and a value, [Name=Value] in an entry.
type Tag struct{ Name, Value string }

// Tags are details without a type of their own.
type Tags []Tag

// Tags gives themselves.
func (t Tags) Tags() []Tag { return t }

// MaxEntry is how long an entry may be, in bytes, without what the file or the wire
// puts before it (CiscoLog).
const MaxEntry = 800

// ClusterID is the enterprise parameter of that name, as an installation has it.
const ClusterID = "StandAloneCluster"

// String is the entry's line in the file (HCM-F log): when it was written, by the
// node's time, the host, syslog's facility and severity, and the entry itself.
// Emergencies are of a facility that syslog does not have. The time of a simulated
// node is UTC (this project's own choice).
func (e *Entry) String() string {
	severity, facility := catalogue[e.Alarm].severity, "local7"
	if severity == 0 {
		facility = "local99"
	}
	return fmt.Sprintf("%s %s %s %d : %s", e.At.UTC().Format(time.Stamp), e.Host, facility, severity, e.Message())
}

// Message is the entry itself as CUCM writes it, which is not quite as its own guide
// says: a blank before the colon after the zone, two after it, and milliseconds
// without leading zeros.
func (e *Entry) Message() string {
	message, _ := e.write()
	return message
}

// Body is the message from its tags on.
func (e *Entry) Body() string {
	message, body := e.write()
	return message[min(body, len(message)):]
}

// write gives the message and where its body begins.
func (e *Entry) write() (message string, body int) {
	alarm, at := &catalogue[e.Alarm], e.At.UTC()
	before, behind := "  ", "" // blanks around the alarm's name
	if alarm.facility == "UC_SERVICEMANAGER" {
		before, behind = " ", " " // HCM-F log
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d: %s: %s.%d UTC :", e.Sequence, e.FQDN, at.Format("Jan _2 2006 15:04:05"), at.Nanosecond()/1e6)
	fmt.Fprintf(&b, "%s%%%s-%d-%s%s: %%", before, alarm.facility, alarm.severity, alarm.name, behind)
	body = b.Len()
	if e.Details != nil {
		for _, t := range e.Details.Tags() {
			fmt.Fprintf(&b, "[%s=%s]", t.Name, oneLine(t.Value))
		}
	}
	fmt.Fprintf(&b, "[AppID=%s][ClusterID=%s][NodeID=%s]: %s", alarm.appID, ClusterID, e.Host, alarm.text)
	message = b.String()
	if len(message) > MaxEntry {
		// a copy, since the log would keep all that the message is cut from
		message = strings.Clone(strings.ToValidUTF8(message[:MaxEntry], ""))
	}
	return message, body
}

// numbered finds the process that sent the entry of a line, and its number there. It
// reads the file's form, and the entry alone, as earlier versions kept it.
func numbered(line string) (process string, sequence uint32, ok bool) {
	head, rest, found := strings.Cut(line, " UTC :")
	if !found {
		return "", 0, false
	}
	n, err := number(head)
	if err != nil { // what the file puts before an entry
		_, head, _ = strings.Cut(head, " : ")
		n, err = number(head)
	}
	name, _, _ := strings.Cut(strings.TrimLeft(rest, " "), ":")
	parts := strings.SplitN(name, "-", 3) // %UC_CERT, its severity, the name
	if err != nil || len(parts) < 3 {
		return "", 0, false
	}
	process = sender(strings.TrimRight(parts[2], " "))
	return process, n, process != ""
}

// number reads the sequence number that an entry begins with.
func number(entry string) (uint32, error) {
	digits, _, _ := strings.Cut(entry, ":")
	n, err := strconv.ParseUint(digits, 10, 32)
	return uint32(n), err
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
