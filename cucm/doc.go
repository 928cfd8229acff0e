// Package cucm is the CUCM side of a simulation: a cluster of a publisher and
// subscribers with their certificates, trust lists, services and phones'
// configurations, and the administrator's command line.
//
//	Cluster ── Node ── certificates   CallManager, TVS, CAPF, ITLRecovery, tomcat, ipsec
//	   │        ├───── ITL            built when TFTP starts and when a certificate in it changes (M1)
//	   │        ├───── File           what its TFTP serves: the ITL, signed configurations
//	   │        └───── AnswerTVS      what its TVS says of a certificate
//	   ├── devices                    the phones it is configured for
//	   ├── registrations, alarms      the phones it hears of, over SIP (M19); only these are reset
//	   ├── CiscoSyslog                the application log, its alarms and their collectors
//	   ├── state                      what a change works on a copy of, and what Open keeps on disk
//	   └── Console                    the command line: all changes go through it
//
// A change is made to a draft of the whole state, which comes into force at
// once, in memory and on disk, when the change has succeeded. So a command that
// fails has changed nothing on any node, and a process that is killed comes up
// with the old state or the new one.
//
// The cluster itself has neither sockets nor a clock of its own: [Listen] binds
// its services to real sockets, a simulation calls File and AnswerTVS directly,
// and the clock comes from outside.
//
// What a real node prints is printed exactly as in testdata/golden. It is a
// model for tests and demonstrations, not a CUCM.
package cucm
