// Package scenarios runs scenarios and judges them: a cluster, a fleet of
// phones, steps, and expectations that count phones.
//
// A step does something (an administrator's command exactly as typed, an act on
// phones, a wait on the scenario clock), lets the phones settle, and states
// what is then expected. [Run] carries a scenario out and gives a [Report],
// which prints as text and as JSON.
//
// Waits cost no time: the scenario clock runs with the wall clock and is moved
// forward by them.
package scenarios
