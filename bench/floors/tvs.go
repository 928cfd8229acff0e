//go:build linux

package main

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/big"
	"net"
	"time"

	"itlsim/tvs"
)

// questions asks a TVS to verify its own certificate, by a handshake for each question
// as phones make it: TLS 1.2, RSA 2048, no session resumed.
func questions(args []string) {
	f := flag.NewFlagSet("tvs", flag.ExitOnError)
	l := loadFlags(f, 1200)
	server := f.String("server", "", "the TVS to ask; a bare one of one's own where that is empty")
	listen := f.Bool("listen", false, "print where the bare one listens, and serve until killed")
	must(f.Parse(args))
	if *listen {
		fmt.Println(serveTVS())
		select {}
	}
	if *server == "" {
		*server = serveTVS()
	}
	config := &tls.Config{
		InsecureSkipVerify: true, MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12,
		CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}, CurvePreferences: []tls.CurveID{tls.X25519},
	}
	c, err := tls.Dial("tcp4", *server, config)
	must(err)
	shown := c.ConnectionState().PeerCertificates[0].Raw
	c.Close()
	config.VerifyPeerCertificate = func(raw [][]byte, _ [][]*x509.Certificate) error {
		if !bytes.Equal(raw[0], shown) {
			return errors.New("another certificate")
		}
		return nil
	}
	question, err := tvs.Request{
		Command: tvs.VerifyRequest, Session: 1001, Device: "CP-8861-SEP001BD4000000", Certificate: shown,
	}.AppendBinary(nil)
	must(err)
	l.run(func(i int) bool {
		_, from := phone(i)
		raw, err := dial(from, *server)
		if err != nil {
			return false
		}
		defer raw.Close()
		c := tls.Client(raw, config)
		if _, err := c.Write(question); err != nil {
			return false
		}
		_, err = tvs.ReadAnswer(c)
		c.Close()
		return err == nil
	})
	fmt.Println()
}

// serveTVS answers every question alike.
func serveTVS() string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1 << 60), NotAfter: time.Now().Add(24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(err)
	config := &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		MinVersion:   tls.VersionTLS12, SessionTicketsDisabled: true,
		CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}, CurvePreferences: []tls.CurveID{tls.X25519},
	}
	answer, err := tvs.Answer{Command: tvs.VerifyAnswer, Session: 1001, TTL: 24 * time.Hour}.AppendBinary(nil)
	must(err)
	return serveTCP(func(raw net.Conn) {
		c := tls.Server(raw, config)
		if _, err := tvs.ReadRequest(c); err == nil {
			c.Write(answer)
			io.Copy(io.Discard, c)
		}
	})
}
