// Package cli is the administrator's command line of a CUCM node: what scenarios,
// an SSH session and a page's console type into.
//
//	line ── Run ──▶ command ──▶ dialogue ──▶ operation of cucm.Cluster or cucm.Node
//	                               │  ▲
//	                               ▼  │ questions and answers
//	                            Terminal   a person's, or a Script
//
// What a real node prints is printed exactly as in testdata/golden; where no
// transcript shows the words they are this project's own, and comments say so. A
// refusal of the cluster becomes a [*CommandError] in the words that are printed.
//
// The zero value of a [Script] answers no question.
package cli
