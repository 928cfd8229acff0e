package build

// Plays reports whether one of many cases of a test, numbered from 0, is played: with the
// detector of races at work, which takes six times as long, each fifth.
func Plays(i int) bool { return !Raced || i%5 == 0 }
