package fleet

import (
	"cmp"
	"time"

	"itlsim/sip"
	"itlsim/tftp"
	"itlsim/tvs"
)

// Limits are how many phones boot at a time, and how long phones wait for
// servers. A field that is zero stands for a phone's own time-out (the constants
// below), or for the DefaultBoots of the driver.
type Limits struct {
	Boots       int           // phones that boot at a time
	TFTPTimeout time.Duration // for the answer to a packet, before it is sent again
	TFTPRetries int           // of a packet
	TVSTimeout  time.Duration // of a whole exchange
	HTTPTimeout time.Duration // of a file or page
	SIPTimeout  time.Duration // of a connection, and of each answer
}

// A phone's own time-outs. That of HTTP is this project's choice.
const (
	TFTPTimeout = tftp.DefaultTimeout
	TFTPRetries = tftp.DefaultRetries
	TVSTimeout  = tvs.DefaultTimeout
	HTTPTimeout = 10 * time.Second
	SIPTimeout  = sip.DefaultTimeout
)

// OrDefaults fills in what is zero; boots is the driver's default.
func (l Limits) OrDefaults(boots int) Limits {
	return Limits{
		Boots:       cmp.Or(l.Boots, boots),
		TFTPTimeout: cmp.Or(l.TFTPTimeout, TFTPTimeout),
		TFTPRetries: cmp.Or(l.TFTPRetries, TFTPRetries),
		TVSTimeout:  cmp.Or(l.TVSTimeout, TVSTimeout),
		HTTPTimeout: cmp.Or(l.HTTPTimeout, HTTPTimeout),
		SIPTimeout:  cmp.Or(l.SIPTimeout, SIPTimeout),
	}
}

// Faster are the limits of phones that lose their patience so many times as fast.
func (l Limits) Faster(pace float64) Limits {
	for _, d := range []*time.Duration{&l.TFTPTimeout, &l.TVSTimeout, &l.HTTPTimeout, &l.SIPTimeout} {
		*d = time.Duration(float64(*d) / pace)
	}
	return l
}

// RenewAfter is how long after a registration for as long as CUCM grants a phone
// registers again.
const RenewAfter = sip.Granted - sip.Early
