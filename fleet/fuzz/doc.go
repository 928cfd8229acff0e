// Package fuzz puts the trust of phones to the proof: from a seed it makes a
// cluster, a fleet, an administrator's plan and faults, runs them in virtual
// time, and has checkers look at every step of every phone.
//
//	seed ─▶ a plan of acts ─▶ Run ─▶ *Failure ─▶ Shrink ─▶ the fewest acts that still fail
//
//	vouched     a phone stores only what somebody that it trusts vouched for, or
//	            on faith
//	unchanged   a refused file changes nothing that is stored
//	cured       only the known cures end the state untrusted
//	alive       when faults have ended, `utils itl reset localkey` brings back every
//	            phone that it should
//	accounted   states add up; every change of a list has its alarm, every alarm a list
//	verifies    every list that a node serves verifies
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
