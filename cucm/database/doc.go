// Package database is CUCM's database as scripts see it: what objects are called that a
// simulated cluster has no names for, their keys, and the questions that are asked in SQL.
//
// There is no database engine. A statement is read by a small grammar ([Ask]), and answered
// if it asks about one of the [Shapes]: tables that belong together, joined by their keys.
// Anything else is refused, as SQL that is wrong ([ErrSyntax]) or as what a simulator does
// not have ([UnknownError]); never with an empty answer.
//
// The command line's `run sql` and AXL's executeSQLQuery (package webapi) both ask here. The
// package only reads: clusters change by package cucm. It keeps nothing.
package database
