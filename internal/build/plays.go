package build

// Plays reports whether one of many cases of a test, numbered from 0, is played: with the
// detector of races at work, which takes six times as long, each fifth.
func Plays(i int) bool { return !Raced || i%5 == 0 }

// Alone is why a test is skipped where the detector of races is at work: it computes by itself, and
// for long. .ci/run plays all tests of its package without the detector, too.
const Alone = "one goroutine computes for long: there is no race to find"
