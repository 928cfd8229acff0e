//go:build !race

package build

// Raced reports whether the detector of races is at work, for tests of what it changes.
const Raced = false
