package api

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/ciscolog"
	"itlsim/scenarios/live"
)

// A place is how far somebody has read some nodes' logs: the number of an entry for each, as
// "12,7".
type place []uint64

func (p place) String() string {
	texts := make([]string, len(p))
	for i, number := range p {
		texts[i] = strconv.FormatUint(number, 10)
	}
	return strings.Join(texts, ",")
}

// placeOf reads a place in so many logs.
func placeOf(text string, logs int) (place, error) {
	texts := strings.Split(text, ",")
	p := make(place, len(texts))
	for i, t := range texts {
		number, err := strconv.ParseUint(t, 10, 64)
		if err != nil || len(texts) != logs {
			return nil, noPlace(text)
		}
		p[i] = number
	}
	return p, nil
}

func noPlace(text string) error {
	return &unread{fmt.Errorf("after %.40q: want next of an answer about this lab, or 0", text)}
}

// logged are entries of some nodes' logs, of one alarm where that is not zero, the oldest first,
// as a request wants them: the newest, or those after a place. next is the place behind them.
func logged(r *http.Request, nodes []*cucm.Node, of ciscolog.Alarm) (entries []ciscolog.Logged, next place, err error) {
	limit, err := most(r)
	if err != nil {
		return nil, nil, err
	}
	next = make(place, len(nodes))
	logs := make([][]ciscolog.Logged, len(nodes))
	after := r.URL.Query().Get("after")
	if after != "" {
		if next, err = placeOf(after, len(nodes)); err != nil {
			return nil, nil, err
		}
	}
	for i, n := range nodes {
		if after == "" {
			logs[i] = n.Logged(limit, of)
			continue
		}
		ok := false
		if logs[i], ok = n.LoggedAfter(next[i], limit, of); !ok {
			return nil, nil, noPlace(after)
		}
	}
	for at := oldest(logs); at >= 0 && (after == "" || len(entries) < limit); at = oldest(logs) {
		e := logs[at][0]
		logs[at], next[at] = logs[at][1:], e.Number
		entries = append(entries, e)
	}
	return entries[max(0, len(entries)-limit):], next, nil
}

// oldest is the log whose first entry is the oldest, -1 where all have ended.
func oldest(logs [][]ciscolog.Logged) int {
	at := -1
	for i, l := range logs {
		if len(l) > 0 && (at < 0 || l[0].At.Before(logs[at][0].At)) {
			at = i
		}
	}
	return at
}

// An alarm is a phone's DeviceTLInfo, as the publisher logged it.
type alarm struct {
	At     time.Time `json:"at"`
	Node   string    `json:"node"`
	Phone  string    `json:"phone"`
	ITL    string    `json:"itl,omitempty"` // checksum of the list that it holds
	Status string    `json:"status"`        // Match, Mismatch, Not Installed
}

// alarms are those of all clusters.
func alarms(l *live.Lab, r *http.Request) (any, error) {
	var publishers []*cucm.Node
	for _, c := range l.Clusters() {
		publishers = append(publishers, c.Publisher())
	}
	entries, next, err := logged(r, publishers, ciscolog.DeviceTLInfo)
	if err != nil {
		return nil, err
	}
	all := []alarm{}
	for _, e := range entries {
		report, ok := e.Details.(cucm.Report)
		if !ok {
			continue
		}
		a := alarm{At: e.At, Node: e.Host, Phone: report.Device, Status: string(report.Status)}
		if report.ITL != nil {
			a.ITL = fmt.Sprintf("%x", report.ITL[:])
		}
		all = append(all, a)
	}
	return map[string]any{"alarms": all, "next": next.String()}, nil
}

// An entry is one of a node's application log.
type entry struct {
	At    time.Time `json:"at"`
	Alarm string    `json:"alarm"`
	Line  string    `json:"line"` // of CiscoSyslog
}

// log is a node's application log; that of the publisher, where none is named.
func log(l *live.Lab, r *http.Request) (any, error) {
	name := cmp.Or(r.URL.Query().Get("node"), l.NodeNames()[0])
	at, err := find(l, name)
	if err != nil {
		return nil, err
	}
	all, next, err := logged(r, l.Nodes()[at:at+1], 0)
	if err != nil {
		return nil, err
	}
	entries := []entry{}
	for _, e := range all {
		entries = append(entries, entry{e.At, e.Alarm.String(), e.Line()})
	}
	return map[string]any{"node": name, "entries": entries, "next": next.String()}, nil
}
