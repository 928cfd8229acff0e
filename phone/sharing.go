package phone

import (
	"crypto/sha256"
	"sync"
)

// maxShared bounds how many things of a kind are shared: clusters serve few, and
// hostile servers may serve many.
const maxShared = 256

// An interner keeps one of the things that are made from equal bytes.
type interner[T any] struct {
	mu     sync.Mutex
	things map[[sha256.Size]byte]T
}

// get is the thing made from these bytes, made now where there is none yet.
func (in *interner[T]) get(from []byte, make func() (T, error)) (T, error) {
	sum := sha256.Sum256(from)
	in.mu.Lock()
	defer in.mu.Unlock()
	thing, ok := in.things[sum]
	if ok {
		return thing, nil
	}
	thing, err := make()
	if err != nil {
		return thing, err
	}
	in.things = room(in.things)
	in.things[sum] = thing
	return thing, nil
}

// A cache keeps answers to questions that every phone asks, errors too.
type cache[Q comparable, A any] struct {
	mu      sync.RWMutex
	answers map[Q]cached[A]
}

type cached[A any] struct {
	answer A
	err    error
}

// remember answers a question, from the cache where the library remembers.
func remember[Q comparable, A any](l *Library, c *cache[Q, A], q Q, answer func() (A, error)) (A, error) {
	if !l.Remember {
		return answer()
	}
	return c.get(q, answer)
}

// get answers a question, from the cache where it has been asked before.
func (c *cache[Q, A]) get(q Q, answer func() (A, error)) (A, error) {
	c.mu.RLock()
	known, ok := c.answers[q]
	c.mu.RUnlock()
	if ok {
		return known.answer, known.err
	}
	known.answer, known.err = answer()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers = room(c.answers)
	c.answers[q] = known
	return known.answer, known.err
}

// room is a map with room for one more. What it held may be dropped: it is made
// again when it is needed.
func room[K comparable, V any](m map[K]V) map[K]V {
	if m == nil || len(m) >= maxShared {
		return make(map[K]V)
	}
	return m
}

// A span identifies a slice by where its elements are. A fleet hands the same few
// files, of some kilobytes each, to a million phones; hashing them each time would
// be most of a boot's work. It is safe, since what is handed to a phone never
// changes, and a span in a map keeps the elements alive, so that no other slice
// can be in their place. Equal slices in different places are merely parsed twice.
type span[E any] struct {
	first  *E
	length int
}

func spanOf[E any](s []E) span[E] {
	if len(s) == 0 {
		return span[E]{}
	}
	return span[E]{&s[0], len(s)}
}
