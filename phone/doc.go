// Package phone is the firmware of a Cisco IP phone as far as trust goes: a
// state machine without I/O. An event goes in, the actions to take come out:
//
//	PowerOn, Reset  ─▶ Fetch CTLSEP<MAC>.tlv
//	FileNotFound    ─▶ Fetch ITLSEP<MAC>.tlv (then ITLFile.tlv)
//	FileReceived    ─▶ AskTVS, where no stored list knows the signer
//	TVSAnswered     ─▶ Verdict, RaiseAlarm, Fetch SEP<MAC>.cnf.xml.sgn
//	FileReceived    ─▶ Verdict, Register, Booted
//
// There is no clock, socket, goroutine, logger or random source in it: the
// driver carries the actions out and brings their results back, over real
// sockets (package fleet) or a simulated network. The time comes in with each
// event. The same state and the same events always give the same actions.
//
// What the phone keeps is its [Flash]: trust lists, the configuration in
// force, what TVS vouched for. A refused file changes none of it.
//
// The trust states are this project's reading of words that Cisco uses for one
// symptom (see [State]). The rules of trust stand in trust.go, each with its
// source; a file that they turn down is a [*Refusal], whose words reach the
// phone's status messages and the report.
package phone
