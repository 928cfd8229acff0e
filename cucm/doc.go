// Package cucm is the CUCM side of a simulation: a cluster of a publisher and
// subscribers with their certificates, trust lists, services, and the phones that
// they know. It opens no sockets and prints nothing: [itlsim/cucm/wire] speaks for
// its services, [itlsim/cucm/cli] is the administrator's command line.
//
//	Cluster ─┬─ Node ─┬─ certificates   CallManager, TVS, CAPF, ITLRecovery, tomcat, ipsec
//	         │        ├─ ITL            built when TFTP starts and when a certificate in it changes (M1)
//	         │        ├─ File           what its TFTP serves: the ITL, configurations
//	         │        ├─ AnswerTVS      what its TVS says of a certificate
//	         │        └─ Log            CiscoSyslog, see [itlsim/cucm/ciscolog]
//	         ├─ Phones                  the database, registrations, and what phones report (M19)
//	         └─ Network                 how nodes are reached, and how they reach phones
//
//	change ──▶ draft ──▶ commit ──▶ disk, all nodes, their logs
//
// A change is made to a draft of the whole state, which comes into force at
// once, in memory and on disk, when the change has succeeded. So a change that
// fails has changed nothing on any node, and a process that is killed comes up
// with the old state or the new one. Refusals are errors of the family
// [ErrRefused].
//
// What a release does in its own way is a row of one table, see [Facts].
//
// Inside, files refer downwards: state and draft know neither cluster nor node;
// lists, keys and the files of a state work on drafts; Cluster and Node stand
// above them, and what administrators do above these.
//
// The zero value of a [Config] lacks nothing but nodes: [New] makes real keys and
// goes by the time of day. The zero values of [Cluster] and [Node] are not ready
// for use.
//
// It is a model for tests and demonstrations, not a CUCM.
package cucm
