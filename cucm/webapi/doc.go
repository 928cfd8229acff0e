// Package webapi is the part of a CUCM node that administrators' scripts talk to: SOAP over
// HTTPS on port 8443, beside the corporate directory of "Cisco Tomcat".
//
//	Handler ── gate: Basic or cookie ── envelope ── operation, by name ── answer
//
// AXL is there in part, RIS, Control Center and log collection, and certificates to read by
// REST: what is not there gets a fault that names it, never an empty success. Which
// operations there are, and where they differ from a real node's, stands in
// docs/web-apis.md.
//
// Operations read and change the cluster by package cucm's exported operations alone; what
// they answer is what the cluster knows. [Handler] is made by [NewHandler]; its zero value is
// not ready for use.
package webapi
