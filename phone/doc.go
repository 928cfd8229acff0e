// Package phone is the firmware of a Cisco IP phone as far as trust goes: a
// state machine without I/O. An event goes in, the actions to take come out:
//
//	PowerOn, Reset  ─▶ Fetch CTLSEP<MAC>.tlv
//	FileNotFound    ─▶ Fetch ITLSEP<MAC>.tlv (then ITLFile.tlv)
//	FileReceived    ─▶ AskTVS, where no stored list knows the signer
//	TVSAnswered     ─▶ Verdict, RaiseAlarm, Fetch SEP<MAC>.cnf.xml.sgn (or plain)
//	FileNotFound    ─▶ Fetch XMLDefault.cnf.xml.sgn (likewise)
//	FileReceived    ─▶ Verdict, Register with the stored alarms
//	Registered      ─▶ Booted
//
// What differs between phones is in one table of models and their families
// (family.go, models.go). One that knows no ITL goes on from the CTL to its
// configuration.
//
// It has no clock, socket, goroutine, logger or random source. A driver carries
// the actions out and brings back what came of them, over real sockets (package
// fleet/wire) or a simulated network (fleet/virtual); each event comes with its
// time. The same state and the same events always give the same actions.
//
// A trust list or configuration is judged by what the phone knows of its signer:
//
//	no list is stored; signed by a record of its own                          taken    Trusted
//	the stored list once more                                                 kept     Trusted
//	signed by a record of the stored lists                                    taken    Trusted
//	unknown signer; an authenticated TVS vouches for it                       taken    Trusted
//	malformed, too large, or empty                       *MalformedError      refused  Locked
//	signed over a digest that the firmware lacks         *DigestError         refused  Locked
//	a configuration that is encrypted                    *EncryptedError      refused  Locked
//	not signed by the signer that it names               *ForgedError         refused  Locked
//	unknown signer; an authenticated TVS says no         *DeniedError         refused  Locked
//	unknown signer; a TVS gave no answer                 *NoTVSAnswerError    refused  Locked
//	unknown signer; no TVS that it knows is left         *LostError           refused  Untrusted
//
// The state after a boot is the worse of what list and configuration gave, and
// no refusal improves on the state before. The states are this project's
// reading of words that Cisco uses for one symptom (see [State]). The rules of
// who may sign what are in trust.go, each with its source; everything that is
// said of a reason of refusal is in reasons.go.
//
// A phone keeps its [Flash] through resets and power loss: trust lists, the
// configuration in force, what TVS vouched for. A refused file changes none of
// it.
//
// The zero [Flash] is a phone's from the factory, the zero [Library] is ready for
// use, the zero [LastBoot] is that of a phone that has not booted. A [Phone] is
// made by [New]; its zero value is of no use.
package phone
