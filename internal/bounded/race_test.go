//go:build race

package bounded_test

// With the race detector sync.Pool forgets at random, so that what parsers take in all
// says nothing.
const raceDetector = true
