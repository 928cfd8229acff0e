package tvs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"itlsim/itl"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const device = "CP-8861-SEPB000B4BA0AEE"

var (
	verify = Request{
		Command: VerifyRequest, Session: 1001, Device: device, Certificate: []byte("the certificate of a directory"),
	}
	query = Request{
		Command: QueryRequest, Session: 1002, Device: device,
		Subject: "CN=ucm11pub", Issuer: "CN=CA", Serial: []byte{0x17},
	}
)

// vouch is a trust store that knows everything.
func vouch(r Request) Answer {
	a := Answer{Roles: []itl.Role{itl.SAST, itl.TFTP}, TTL: 24 * time.Hour}
	if r.Command == QueryRequest {
		a.Certificate = []byte("the certificate of " + r.Subject)
	}
	return a
}

// identity is a self-signed TVS certificate, for a key of its own or one of testdata.
func identity(t testing.TB, keyFile string) *tls.Certificate {
	var key crypto.Signer
	if keyFile == "" {
		generated, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		key = generated
	} else {
		text, err := os.ReadFile("testdata/" + keyFile)
		require.NoError(t, err)
		block, _ := pem.Decode(text)
		fixed, err := x509.ParsePKCS1PrivateKey(block.Bytes)
		require.NoError(t, err)
		key = fixed
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "ucm11pub"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// only trusts one certificate, as a phone trusts the TVS of its list.
func only(known *tls.Certificate) func([]byte) error {
	return func(der []byte) error {
		if string(der) != string(known.Certificate[0]) {
			return errors.New("not in the trust list")
		}
		return nil
	}
}

func listen(t testing.TB, config ServerConfig) *Server {
	if config.Answer == nil {
		config.Answer = vouch
	}
	s, err := Listen("127.0.0.1:0", config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func showing(c *tls.Certificate) func() *tls.Certificate {
	return func() *tls.Certificate { return c }
}

// peer listens and does as it likes with each connection.
func peer(t *testing.T, do func(net.Conn)) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				defer conn.Close()
				do(conn)
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		running.Wait()
	})
	return listener.Addr().String()
}
