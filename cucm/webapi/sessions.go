package webapi

import (
	"crypto/rand"
	"sync"
	"time"
)

const (
	// cookieName is what Tomcat calls the cookie of a session that counts for all APIs.
	cookieName = "JSESSIONIDSSO"
	// idleAfter is for how long a session may be idle (AXL developer guide).
	idleAfter = 30 * time.Minute
	// maxSessions bounds those of a node; then the one idle for longest goes. Scripts that
	// keep no cookie begin one with each request (this project's own choice).
	maxSessions = 1000
)

// session is what a cookie stands for.
type session struct {
	login [32]byte // of the password that began it
	last  time.Time
}

// sessions are those of a node.
type sessions struct {
	mu  sync.Mutex
	all map[string]*session
	now func() time.Time
}

// begin begins a session under a login, and gives its cookie's value: 130 random bits.
func (s *sessions) begin(login [32]byte) string {
	id := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) >= maxSessions {
		var oldest string
		for id, one := range s.all {
			if oldest == "" || one.last.Before(s.all[oldest].last) {
				oldest = id
			}
		}
		delete(s.all, oldest)
	}
	s.all[id] = &session{login, s.now()}
	return id
}

// goesOn reports whether a cookie's session is still good under a login, which it is used in.
func (s *sessions) goesOn(id string, login [32]byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, now := s.all[id], s.now()
	if one == nil {
		return false
	}
	if one.login != login || now.Sub(one.last) > idleAfter {
		delete(s.all, id)
		return false
	}
	one.last = now
	return true
}
