package phone

import (
	"bytes"
	"crypto/sha1"
	"slices"
	"sync"
	"time"

	"itlsim/itl"
)

// Flash is what a phone keeps through resets and power loss. A refused file
// changes nothing in it.
type Flash struct {
	Lists   Lists
	Config  *Config // in force; nil: none was ever accepted
	Vouches []Vouch // what TVS said, each for its time to live
}

// vouchFor finds a TVS answer about a signer in one of the roles that has not
// expired.
func (f *Flash) vouchFor(signer itl.Identity, roles []itl.Role, now time.Time) *Vouch {
	for i := range f.Vouches {
		v := &f.Vouches[i]
		if v.Signer.SameSerial(signer) && v.Signer.Issuer == signer.Issuer && now.Before(v.Expires) &&
			slices.ContainsFunc(roles, func(r itl.Role) bool { return slices.Contains(v.Roles, r) }) {
			return v
		}
	}
	return nil
}

// keepVouch stores an answer in place of earlier ones of the same signer, and
// drops what has expired.
func (f *Flash) keepVouch(v Vouch, now time.Time) {
	kept := slices.DeleteFunc(slices.Clone(f.Vouches), func(old Vouch) bool {
		return !now.Before(old.Expires) || old.Signer.SameSerial(v.Signer) && old.Signer.Issuer == v.Signer.Issuer
	})
	f.Vouches = append(kept, v)
}

// A Library lets the phones of one process hold the same list in one place:
// lists never change once parsed. Only parsing is shared; every phone verifies
// for itself. The zero value is ready, and safe for concurrent use.
type Library struct {
	mu    sync.Mutex
	lists map[[sha1.Size]byte]*itl.List
}

// libraryLists bounds the library; clusters serve few lists, and hostile
// servers may serve many.
const libraryLists = 256

// list parses data, or finds the list that was parsed from the same bytes.
func (l *Library) list(data []byte) (*itl.List, error) {
	sum := sha1.Sum(data)
	l.mu.Lock()
	known := l.lists[sum]
	l.mu.Unlock()
	if known != nil && bytes.Equal(known.Bytes(), data) {
		return known, nil
	}
	list, err := itl.ParseList(data)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lists == nil || len(l.lists) >= libraryLists {
		l.lists = make(map[[sha1.Size]byte]*itl.List)
	}
	l.lists[sum] = list
	return list, nil
}
