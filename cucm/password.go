package cucm

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"io"
)

// AdminUser is the administrator's name at a login.
const AdminUser = "admin"

// login is the administrator's password, salted and hashed.
type login struct{ Salt, Hash []byte }

const loginRounds = 4096

func newLogin(password string, random io.Reader) (login, error) {
	l := login{Salt: make([]byte, 16)}
	if _, err := io.ReadFull(random, l.Salt); err != nil {
		return l, err
	}
	var err error
	l.Hash, err = pbkdf2.Key(sha256.New, password, l.Salt, loginRounds, sha256.Size)
	return l, err
}

func (l login) is(password string) bool {
	hash, err := pbkdf2.Key(sha256.New, password, l.Salt, loginRounds, sha256.Size)
	return err == nil && subtle.ConstantTimeCompare(hash, l.Hash) == 1
}
