// Package ciscolog is CiscoSyslog, the application log of a CUCM node: the
// catalogue of alarms, the entries that a log holds, and where they go.
//
//	Alarm ── Raise ──▶ Log of a node ──▶ the entries it keeps   `file view activelog`
//	Details ──┘             ├──────────▶ a file                 [Open]
//	                        └──────────▶ Collectors             syslog by UDP, as local7
//
// The details of an alarm stay typed until somebody reads the entry: most entries of
// a large fleet are never written out.
//
// The zero value of a [Log] keeps its entries in memory and sends them nowhere;
// the zero value of [Collectors] has none.
package ciscolog
