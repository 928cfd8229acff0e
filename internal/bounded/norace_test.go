//go:build !race

package bounded_test

const raceDetector = false
