package phone

import (
	"sync"
	"unsafe"
)

// An extent is where a file's bytes stand. Bytes handed to a phone never
// change, and a memo that knows an extent keeps it alive, so that the place
// tells files apart at no cost.
type extent struct {
	at     *byte
	length int
}

func extentOf(data []byte) extent { return extent{unsafe.SliceData(data), len(data)} }

// A memo keeps answers to questions that every phone asks; at most shelfSize of
// them.
type memo[Q comparable, A any] struct {
	mu      sync.RWMutex
	answers map[Q]remembered[A]
}

type remembered[A any] struct {
	answer A
	err    error
}

// remember answers a question, from memory where the library remembers.
func remember[Q comparable, A any](l *Library, m *memo[Q, A], q Q, answer func() (A, error)) (A, error) {
	if !l.Remember {
		return answer()
	}
	m.mu.RLock()
	r, ok := m.answers[q]
	m.mu.RUnlock()
	if ok {
		return r.answer, r.err
	}
	r.answer, r.err = answer()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.answers == nil || len(m.answers) >= shelfSize {
		m.answers = make(map[Q]remembered[A])
	}
	m.answers[q] = r
	return r.answer, r.err
}
