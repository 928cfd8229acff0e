// Package sip is what a Cisco IP phone and its call manager say to each other
// over SIP on TCP, as far as registration, alarms and resets go:
//
//	phone 127.16.0.1                            call manager 127.0.0.2:5060
//	REFER, one for each stored DeviceTLInfo     -->
//	REGISTER, Expires: 3600                     -->
//	                                            <--  202 Accepted
//	                                            <--  100 Trying
//	                                            <--  200 OK, Expires: 120
//	                                            ...
//	                                            <--  NOTIFY, Event: service-control, action=reset
//	200 OK                                      -->
//	REGISTER, Expires: 0                        -->
//	                                            <--  200 OK, Expires: 0
//
// [Phone] writes a phone's messages and judges what comes to it
// ([Phone.Notified], [Phone.Lifetime]); [CallManager] writes a call manager's.
// [DeviceTLInfo] is the alarm in the body of a REFER. [Client] asks, [Server]
// answers and can also ask over a connection that a peer keeps open.
//
// The zero [Client] is ready; a [Server] is made by [Serve]. A field of
// [ServerConfig] that is zero stands for its default.
//
// A [Message] that came is one text; what its headers say is worked out when somebody
// asks, and what an answer repeats is repeated as it came. The tests have
// github.com/emiago/sipgo read the same messages. It is not used beyond that: a
// registration here is one short connection from the phone's own address, which a pool
// of connections or timers of transactions would not make cheaper, a phone's messages
// have to keep their exact bytes, and to read one costs it fifteen times the objects.
package sip
