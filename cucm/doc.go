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
//	   └── Console                    the command line: all changes go through it
//
// The cluster itself has neither sockets nor a clock of its own: [Listen] binds
// its services to real sockets, a simulation calls File and AnswerTVS directly,
// and the clock comes from outside.
//
// What a real node prints is printed exactly as in testdata/golden. It is a
// model for tests and demonstrations, not a CUCM.
package cucm
