package phone

import (
	"slices"
	"strings"
	"time"
)

// Message is one of the texts of Settings > Status > Status Messages (M6), as
// the 8800 series' administration guide tables them.
type Message uint8

// The messages of a boot.
const (
	MsgITLInstalled Message = iota + 1
	MsgCTLInstalled
	MsgBothInstalled
	MsgListUpdated
	MsgListFailed
	MsgCTLFailed
	MsgNoList
	MsgErasing
	MsgNoCTLFile
	MsgTFTPTimeout
	MsgConfigUsed
	MsgDefaultUsed
	MsgNoConfig
	MsgConfigFailed
)

// messages in the 8800 family's spelling. The guides have no message for a
// configuration that does not verify; "File auth error" is remembered from
// 7900 guides and is this project's choice.
var messages = [...]string{
	MsgITLInstalled:  "ITL installed",
	MsgCTLInstalled:  "CTL Installed",
	MsgBothInstalled: "CTL and ITL installed",
	MsgListUpdated:   "Trust List updated",
	MsgListFailed:    "Trust List update failed",
	MsgCTLFailed:     "CTL update failed",
	MsgNoList:        "No Trust List installed",
	MsgErasing:       "Erasing CTL and ITL files",
	MsgNoCTLFile:     "File Not Found <CTLFile.tlv>",
	MsgTFTPTimeout:   "TFTP timeout",
	MsgConfigUsed:    "SEP<MAC>.cnf.xml",
	MsgDefaultUsed:   "XmlDefault.cnf.xml",
	MsgNoConfig:      "File not found <Cfg File>",
	MsgConfigFailed:  "File auth error",
}

// oldSpelling of the families that capitalise.
var oldSpelling = map[Message]string{
	MsgITLInstalled: "ITL Installed",
	MsgListUpdated:  "Trust List Updated",
	MsgListFailed:   "Trust List Update Failed",
	MsgCTLFailed:    "CTL Update Failed",
	MsgNoList:       "No Trust List Installed",
	MsgNoConfig:     "CFG File Not Found",
}

// statusKept is how many messages a phone keeps: the guides say the ten newest
// (8800 guide).
const statusKept = 10

// statusLog is a phone's last messages, oldest first, in little space: fifty
// bytes.
type statusLog struct {
	at       [statusKept]uint32  // unix seconds
	messages [statusKept]Message // zero behind the last
}

// A StatusLine is one line of the phone's status messages.
type StatusLine struct {
	At      time.Time // by the clock of the phone's driver
	Message Message
	Text    string // in the family's spelling
}

// A StatusLog is a copy of a phone's status messages; the zero value has none.
type StatusLog struct {
	log     statusLog
	profile *Profile
	name    string
}

// StatusLog copies the status messages, which costs less than Status.
func (p *Phone) StatusLog() StatusLog {
	l := StatusLog{profile: &p.profile, name: p.name}
	if p.status != nil {
		l.log = *p.status
	}
	return l
}

// Status gives the status messages, oldest first, as the phone's screen and
// web page show them.
func (p *Phone) Status() []StatusLine { return p.StatusLog().Lines() }

// Lines are the messages, oldest first.
func (l StatusLog) Lines() []StatusLine {
	lines := make([]StatusLine, l.log.n())
	for i := range lines {
		m := l.log.messages[i]
		text := messages[m]
		if old, ok := oldSpelling[m]; ok && l.profile.OldSpelling {
			text = old
		}
		text = strings.Replace(text, "SEP<MAC>", l.name, 1)
		lines[i] = StatusLine{time.Unix(int64(l.log.at[i]), 0).UTC(), m, text}
	}
	return lines
}

// n is how many messages there are.
func (l *statusLog) n() int {
	if n := slices.Index(l.messages[:], 0); n >= 0 {
		return n
	}
	return statusKept
}

func (p *Phone) show(m Message) {
	if p.status == nil {
		p.status = &statusLog{}
	}
	log := p.status
	n := log.n()
	if n == statusKept {
		copy(log.at[:], log.at[1:])
		copy(log.messages[:], log.messages[1:])
		n--
	}
	log.at[n], log.messages[n] = uint32(p.now.Unix()), m
}
