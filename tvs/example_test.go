package tvs_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/itl"
	"itlsim/tvs"
)

// A phone asks TVS about a signer that its trust list lacks. It knows the TVS by
// its certificate alone, which its list holds.
func Example() {
	key, err := testkeys.NewPool(1).Key(1024)
	if err != nil {
		panic(err)
	}
	subject, random := pkix.Name{CommonName: "pub"}, rand.NewChaCha8([32]byte{})
	cert, err := cucm.NewCertificate(cucm.TVSUnit, subject, key, time.Now(), random)
	if err != nil {
		panic(err)
	}
	der := cert.Certificate.Raw
	server, err := tvs.Listen("127.0.0.1:0", tvs.ServerConfig{
		Certificate: func() *tls.Certificate {
			return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
		},
		Answer: func(r tvs.Request) tvs.Answer {
			if r.Issuer != "CN=CallManager" {
				return tvs.Answer{Status: tvs.Invalid}
			}
			return tvs.Answer{Status: tvs.Valid, Roles: []itl.Role{itl.SAST, itl.TFTP}, TTL: 24 * time.Hour}
		},
	})
	if err != nil {
		panic(err)
	}
	defer server.Close()

	var client tvs.Client
	authenticate := func(shown []byte) error {
		if !bytes.Equal(shown, der) {
			return errors.New("not in the trust list")
		}
		return nil
	}
	for _, name := range []string{"CN=CallManager", "CN=somebody"} {
		answer, err := client.Ask(context.Background(), server.Addr().String(), authenticate, tvs.Request{
			Command: tvs.QueryRequest, Session: 1001, Device: "CP-8861-SEPB000B4BA0AEE",
			Subject: name, Issuer: name, Serial: []byte{1},
		})
		if err != nil {
			panic(err)
		}
		fmt.Println(name, "-", answer.Command, "-", answer.Status, answer.Roles, answer.TTL)
	}
	// Output:
	// CN=CallManager - QUERY answer - valid [System Administrator Security Token TFTP] 24h0m0s
	// CN=somebody - QUERY answer - invalid (1) [] 0s
}
