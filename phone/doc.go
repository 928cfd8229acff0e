// Package phone is the firmware of a Cisco IP phone as far as trust goes: a
// state machine without I/O. An event goes in, the actions to take come out:
//
//	PowerOn, Reset  ─▶ Fetch CTLSEP<MAC>.tlv
//	FileNotFound    ─▶ Fetch ITLSEP<MAC>.tlv (then ITLFile.tlv)
//	FileReceived    ─▶ AskTVS, where no stored list knows the signer
//	TVSAnswered     ─▶ Verdict, RaiseAlarm, Fetch SEP<MAC>.cnf.xml.sgn
//	FileReceived    ─▶ Verdict, Register with the stored alarms
//	Registered      ─▶ Booted
//
// There is no clock, socket, goroutine, logger or random source in it: the
// driver carries the actions out and brings their results back, over real
// sockets (package fleet) or a simulated network. The time comes in with each
// event. The same state and the same events always give the same actions.
//
// A trust list or configuration that comes is judged by what the phone knows of
// its signer:
//
//	no list is stored; signed by a record of its own                          taken    Trusted
//	the stored list once more                                                 kept     Trusted
//	signed by a record of the stored lists                                    taken    Trusted
//	unknown signer; an authenticated TVS vouches for it                       taken    Trusted
//	malformed, or too large                              *MalformedError      refused  Locked
//	signed over a digest that the firmware lacks         *DigestError         refused  Locked
//	not signed by the signer that it names               *ForgedError         refused  Locked
//	unknown signer; an authenticated TVS says no         *DeniedError         refused  Locked
//	unknown signer; a TVS gave no answer                 *NoTVSAnswerError    refused  Locked
//	unknown signer; no TVS that it knows is left         *LostError           refused  Untrusted
//
// The state after a boot is the worse of what list and configuration gave, and
// no refusal improves on the state before. The states are this project's
// reading of words that Cisco uses for one symptom (see [State]); the rules of
// who may sign what stand in trust.go, each with its source.
//
// What the phone keeps is its [Flash]: trust lists, the configuration in
// force, what TVS vouched for. A refused file changes none of it.
package phone
