// Package wire puts the services of a CUCM cluster on real sockets.
//
//	Listen ── Sockets ─┬─ Cisco Tftp        files by TFTP (69), and by HTTP (6970)
//	                   ├─ TVS               certificates, over TLS (2445)
//	                   ├─ Cisco CallManager registrations, alarms and resets, by SIP (5060)
//	                   └─ Cisco Tomcat      the corporate directory and the web APIs, over HTTPS (8443)
//
// What a service answers is the cluster's ([cucm.Node.File], [cucm.Node.AnswerTVS]
// and others); here it is only spoken. [Sockets] are made by [Listen] or
// [ListenWith]; their zero value is not ready for use.
package wire
