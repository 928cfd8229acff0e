package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A moment is how far a command's change of the state has come.
type moment int

const (
	before moment = iota // nothing of a new generation is there
	during               // it is being written
	after                // it is in force
	moments
)

// A watch sees from outside how far a change has come.
type watch struct {
	dir         string
	current     string
	generations []string
	began       time.Time
}

func newWatch(dir string) *watch {
	w := &watch{dir: dir, began: time.Now()}
	w.current, w.generations = w.look()
	return w
}

func (w *watch) look() (current string, generations []string) {
	current, _ = os.Readlink(filepath.Join(w.dir, "current"))
	entries, _ := os.ReadDir(filepath.Join(w.dir, "generations"))
	for _, e := range entries {
		generations = append(generations, e.Name())
	}
	return current, generations
}

// reached is how far it is.
func (w *watch) reached() moment {
	switch current, generations := w.look(); {
	case current != w.current:
		return after
	case !slices.Equal(generations, w.generations):
		return during
	}
	return before
}

// await waits until it is so far, or the command has ended, and tells since when it runs.
func (w *watch) await(m moment, ended <-chan struct{}) time.Duration {
	for m < moments && w.reached() < m {
		select {
		case <-ended:
			return time.Since(w.began)
		case <-time.After(100 * time.Microsecond):
		}
	}
	if m == moments {
		<-ended
	}
	return time.Since(w.began)
}

// instants are those at which a command's process is killed: by turns before its change,
// during, and after it, until the command would have ended.
type instants struct {
	lasts [moments]time.Duration // how long a moment is believed to last, at most
	hits  [moments]int           // how far those had come that were killed
}

// measure runs the command, which is let finish.
func (k *instants) measure(dir string, run func()) {
	w, ended := newWatch(dir), make(chan struct{})
	go func() {
		defer close(ended)
		run()
	}()
	since := time.Duration(0)
	for m := range moments {
		until := w.await(m+1, ended)
		k.lasts[m], since = until-since, until
	}
}

// kill kills the process that runs the command, at the moment that was met least often, and
// tells how far the change was.
func (k *instants) kill(s *served, dir string, run func()) moment {
	w, ended := newWatch(dir), make(chan struct{})
	go func() {
		defer close(ended)
		run() // cut short
	}()
	next := moment(slices.Index(k.hits[:], slices.Min(k.hits[:])))
	w.await(next, ended)
	time.Sleep(time.Duration(rand.Int64N(int64(k.lasts[next]) + 1)))
	s.kill()
	<-ended
	met := w.reached()
	if met > next { // too late
		k.lasts[next] = k.lasts[next] * 3 / 4
	}
	k.hits[met]++
	return met
}

func (k *instants) String() string {
	return fmt.Sprintf("%d kills before the change, %d while it was written, %d after it",
		k.hits[before], k.hits[during], k.hits[after])
}

// check wants every moment to have been met, where there were kills enough.
func (k *instants) check(t *testing.T) {
	if sum := k.hits[before] + k.hits[during] + k.hits[after]; sum >= 12 {
		require.NotZero(t, slices.Min(k.hits[:]), k)
	}
}
