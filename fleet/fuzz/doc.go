// Package fuzz puts the trust of phones to the proof: from a seed it makes a
// cluster, a fleet, an administrator's plan and faults, runs them in virtual
// time, and has checkers look at every step of every phone.
//
//	Plan(seed) ─▶ acts ─▶ Run ─▶ *Failure ─▶ Shrink ─▶ the fewest acts that still fail
//
//	vouched     nothing is stored, but on faith, that nobody vouched for
//	unchanged   a refused file changes nothing stored
//	cured       untrusted is left by its cures alone
//	alive       after faults end, `utils itl reset localkey` brings back whom it can
//	accounted   states add up; every list change has its alarm, every alarm a list
//	verifies    nodes serve no list that does not verify
//
// Each run is called a trial. It tempts phones with files signed by a key of
// their own cluster in the wrong role, with a TVS that they do not know, and so
// on. The checkers judge by the files and certificates themselves, never by what
// package phone says of them.
//
// As in TigerBeetle's simulator a trial has two phases: one with faults, in which
// only safety is checked, and one in which everything is healed and the fleet
// must come back.
package fuzz
