package cucm

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"
)

// loginPatience is how long a login waits for its turn after wrong ones from the same
// address: several of the longest pauses, and less than SSH clients wait.
const loginPatience = 30 * time.Second

// An Interface is a way by which administrators come, as the log names it.
type Interface string

// The interfaces. The words for web services are this project's own.
const (
	CommandLine   Interface = "CLI"
	AXL           Interface = "AXL"
	RIS           Interface = "RIS"
	ControlCenter Interface = "Control Center"
	LogCollection Interface = "Log Collection"
	Certificates  Interface = "Certificates" // by REST
)

// LogIn judges a login on the node from an address. A wrong one is logged, and makes the
// next from there wait on all nodes of the cluster, whatever way it comes (package guess).
// The error says no more than that it is refused.
func (n *Node) LogIn(ctx context.Context, by Interface, user, password string, from netip.AddrPort) error {
	c := n.cluster
	err := c.guesses.Try(ctx, from.Addr(), loginPatience, func() bool { return c.isAdmin(user, password) })
	if err != nil {
		n.loginFailed(by, user, from.String())
	}
	return err
}

// isAdmin reports whether a user is the administrator. A wrong one takes the time of a
// password's slow hash, whichever part is wrong.
func (c *Cluster) isAdmin(user, password string) bool {
	login := c.LoginID()
	if user == AdminUser && c.proven.knows(login, password) {
		return true
	}
	right := c.CheckPassword(password) && user == AdminUser
	if right {
		c.proven.note(login, password)
	}
	return right
}

// LoginID tells one administrator's password from the next, whatever changed it. It gives
// nothing away of either.
func (c *Cluster) LoginID() [sha256.Size]byte {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return sha256.Sum256(append(c.login.Salt[:len(c.login.Salt):len(c.login.Salt)], c.login.Hash...))
}

// proven is the last password that was right, as a keyed digest in memory alone: a script
// sends it with each of ten thousand requests, and the slow hash guards what is kept.
type proven struct {
	mu     sync.Mutex
	key    [sha256.Size]byte
	digest []byte // nil: there was none
}

func (p *proven) digestOf(login [sha256.Size]byte, password string) []byte {
	h := hmac.New(sha256.New, p.key[:])
	h.Write(login[:])
	h.Write([]byte(password))
	return h.Sum(nil)
}

func (p *proven) knows(login [sha256.Size]byte, password string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.digest != nil && hmac.Equal(p.digest, p.digestOf(login, password))
}

func (p *proven) note(login [sha256.Size]byte, password string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.digest == nil {
		rand.Read(p.key[:])
	}
	p.digest = p.digestOf(login, password)
}
