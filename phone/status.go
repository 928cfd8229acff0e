package phone

import (
	"strings"
	"time"
)

// Message is one of the texts of Settings > Status > Status Messages (M6), as
// the 8800 series' administration guide tables them.
type Message uint8

// The messages of a boot.
const (
	MsgITLInstalled Message = iota
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

// statusKept is how many messages the phone's screen goes back.
const statusKept = 16

// statusLog is a phone's last messages, oldest first, in little space.
type statusLog struct {
	at       [statusKept]uint32 // unix seconds
	messages [statusKept]Message
	n        int8
}

// A StatusLine is one line of the phone's status messages.
type StatusLine struct {
	At      time.Time
	Message Message
	Text    string // in the family's spelling
}

// Status gives the status messages, oldest first, as the phone's screen and
// web page show them.
func (p *Phone) Status() []StatusLine {
	if p.status == nil {
		return []StatusLine{}
	}
	lines := make([]StatusLine, p.status.n)
	for i := range lines {
		at, m := p.status.at[i], p.status.messages[i]
		text := messages[m]
		if old, ok := oldSpelling[m]; ok && p.profile.OldSpelling {
			text = old
		}
		text = strings.Replace(text, "SEP<MAC>", p.name, 1)
		lines[i] = StatusLine{time.Unix(int64(at), 0).UTC(), m, text}
	}
	return lines
}

func (p *Phone) show(m Message) {
	if p.status == nil {
		p.status = &statusLog{}
	}
	log := p.status
	if log.n == statusKept {
		copy(log.at[:], log.at[1:])
		copy(log.messages[:], log.messages[1:])
		log.n--
	}
	log.at[log.n], log.messages[log.n] = uint32(p.now.Unix()), m
	log.n++
}
