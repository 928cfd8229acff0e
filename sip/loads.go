package sip

import "strings"

// Loads are the names of the firmware that a phone runs, and of the one that it
// keeps beside. Older phones tell of one alone. The zero value is neither.
type Loads struct{ Active, Inactive string }

// Loads are those that the short alarm in a REGISTER's Reason names (see
// [Message.Header]); none where there is no such alarm.
func (m *Message) Loads() (l Loads) {
	_, alarm, _ := strings.Cut(m.Header("Reason"), "cisco-alarm:")
	for word := range strings.FieldsSeq(alarm) {
		switch name, value, _ := strings.Cut(strings.TrimRight(word, `"`), "="); name {
		case "ActiveLoad", "Load":
			l.Active = value
		case "InactiveLoad":
			l.Inactive = value
		}
	}
	return l
}
