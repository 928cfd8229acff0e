package sip_test

import (
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/sip"
)

// By TLS both sides show their certificates, and the handler learns the phone's.
// Whoever shows none, or refuses the server's, is not heard.
func TestByTLS(t *testing.T) {
	keys := testkeys.NewPool(1)
	certificate := func(name string) tls.Certificate {
		key, err := keys.Key(1024)
		require.NoError(t, err)
		return selfSigned(t, name, key)
	}
	own, phones := certificate("callmanager"), certificate("phone")
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	shown := make(chan *x509.Certificate, 1)
	server := sip.Serve(l, sip.ServerConfig{
		TLS: &tls.Config{Certificates: []tls.Certificate{own}, ClientAuth: tls.RequireAnyClientCert},
		Handle: func(x *sip.Exchange) {
			require.True(t, x.ByTLS)
			shown <- x.Peer
			x.Answer(sip.Reply{Code: 200})
		},
	})
	defer server.Close()
	me := sip.Phone{Device: "SEP001122334455", Number: "1", Address: server.Addr(), TLS: true}
	ask := func(config *tls.Config) error {
		client := sip.Client{TLS: config, Timeout: time.Minute}
		conn, err := client.Dial(t.Context(), server.Addr().String())
		if err != nil {
			return err
		}
		defer conn.Close()
		request := me.Register("pub", 1, time.Now(), nil)
		require.Contains(t, string(request.Bytes), "Via: SIP/2.0/TLS ")
		return conn.Ask(request).Err
	}
	config := tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12}
	require.Error(t, ask(&config), "without a certificate")
	config.Certificates = []tls.Certificate{phones}
	require.NoError(t, ask(&config))
	require.Equal(t, phones.Certificate[0], (<-shown).Raw)

	strange := errors.New("strange")
	config.VerifyPeerCertificate = func(certificates [][]byte, _ [][]*x509.Certificate) error {
		require.Equal(t, own.Certificate[0], certificates[0])
		return strange
	}
	err = ask(&config)
	var silent *sip.NoAnswerError
	require.ErrorAs(t, err, &silent)
	require.Equal(t, "handshake", silent.During)
	require.ErrorIs(t, err, strange)
	require.Eventually(t, func() bool { return server.Failed() == 2 }, time.Minute, time.Millisecond)
}

// selfSigned is a certificate of a key.
func selfSigned(t *testing.T, name string, key *rsa.PrivateKey) tls.Certificate {
	template := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}}
	der, err := x509.CreateCertificate(nil, &template, &template, &key.PublicKey, key)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
