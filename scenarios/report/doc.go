// Package report holds what a run of a scenario found: which expectations held,
// how many phones were in which state, what happened on the network, and the
// stories of the phones. A [Report] is written as text, JSON, JUnit XML, CSV and HTML,
// and read back from its JSON; [Compare] finds what differs between two.
//
//	Report      one run
//	 ├─ Step         what was typed and printed, and what became of a step's expectations
//	 ├─ Stranded     phones that are lost at the end, why, and what would help
//	 ├─ Counts       what happened on the network
//	 ├─ Story        what happened to phones, and what would cure them; Explain tells one
//	 └─ Timing       what the run cost
//
// A [Part] is what a run gives of some of its phones, and [Merge] makes a report of all of them;
// the report of a whole run is that of one part.
//
// [Stories] grow while a scenario plays. A [Teller] tells of a lab's phones and
// servers in words that are the same for all phones.
//
// The zero value of a [Report] is a run without steps, which did not pass.
// Tellers and Stories are made by [NewTeller] and [NewStories].
package report
