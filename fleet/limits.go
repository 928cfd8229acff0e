package fleet

import (
	"time"

	"itlsim/sip"
)

// Limits are how much phones do at a time, and how long they wait for others.
// Each field that is zero stands for that of DefaultLimits.
type Limits struct {
	Boots       int           // phones that boot at a time
	TFTPTimeout time.Duration // for the answer to a packet, before it is sent again
	TFTPRetries int           // of a packet
	TVSTimeout  time.Duration // of a whole exchange
	HTTPTimeout time.Duration // of a file or page
	SIPTimeout  time.Duration // of a connection, and of each answer
}

// DefaultLimits are a phone's own time-outs (see packages tftp and tvs), and as
// many boots as keep answers well within them: throughput on loopback is flat
// from 64 to 256 boots at a time and falls beyond.
var DefaultLimits = Limits{Boots: 128, TFTPTimeout: 500 * time.Millisecond, TFTPRetries: 9, TVSTimeout: 10 * time.Second, HTTPTimeout: 10 * time.Second, SIPTimeout: sip.DefaultTimeout}
