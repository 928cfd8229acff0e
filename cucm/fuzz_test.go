package cucm

import (
	"bytes"
	"crypto/x509"
	"errors"
	"strings"
	"testing"

	pkcs12 "software.sslmate.com/src/go-pkcs12"

	"itlsim/cucm/testkeys"
)

// A file from a hostile server is refused with a *P12Error, and costs little.
func FuzzOpenP12(f *testing.F) {
	const password = "secret"
	key, err := testkeys.NewPool(3).Key(1024)
	if err != nil {
		f.Fatal(err)
	}
	signer, err := NewCertificate(ITLRecovery, Location{}.name("ITLRECOVERY_x"), key, certTime, zeros{})
	if err != nil {
		f.Fatal(err)
	}
	for _, encoder := range []*pkcs12.Encoder{pkcs12.Modern.WithIterations(1), pkcs12.LegacyDES.WithIterations(1)} {
		data, err := encoder.Encode(key, signer.Certificate, nil, password)
		if err != nil {
			f.Fatal(err)
		}
		if _, err := openP12(data, password); err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	exported, err := encodeCertificates([]*x509.Certificate{signer.Certificate})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(exported)
	f.Fuzz(func(t *testing.T, data []byte) {
		if n := rounds(data, 0); n > 10_000 && n <= maxRounds {
			return // allowed, but a waste of a fuzzer's time
		}
		cert, err := openP12(data, password)
		var refused *P12Error
		if (cert == nil) != (err != nil) || err != nil && !errors.As(err, &refused) {
			t.Fatalf("%v, %v", cert, err)
		}
		certs, err := decodeCertificates(data)
		if (len(certs) == 0) != (err != nil) || err != nil && !errors.As(err, &refused) {
			t.Fatalf("%d certificates, %v", len(certs), err)
		}
	})
}

func TestP12ThatAsksForTooMuchWork(t *testing.T) {
	key, err := testkeys.NewPool(3).Key(1024)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := NewCertificate(ITLRecovery, Location{}.name("x"), key, certTime, zeros{})
	if err != nil {
		t.Fatal(err)
	}
	data, err := pkcs12.Modern.WithIterations(0x11170).Encode(key, signer.Certificate, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.ReplaceAll(data, []byte{2, 3, 1, 0x11, 0x70}, []byte{2, 3, 0x7f, 0xff, 0xff}) // the number of rounds
	if got := rounds(data, 0); got < maxRounds {
		t.Errorf("%d rounds counted", got)
	}
	encrypted := []byte{4, 10, 4, 1, 0, 2, 4, 0x7f, 0xff, 0xff, 0xff, 1} // octets, not a sequence
	if got := rounds(encrypted, 0); got != 0 {
		t.Errorf("%d rounds counted in what is encrypted", got)
	}
	var refused *P12Error
	if _, err := openP12(data, ""); !errors.As(err, &refused) || !strings.Contains(err.Error(), "too much work") {
		t.Errorf("%v", err)
	}
}

// Any text is a version of some release; what is taken for a build is one that a node
// can run, and of the release that it names.
func FuzzVersions(f *testing.F) {
	for _, s := range []string{"9.1", "14", "12.5.1.13900-152", "12.5(1)", "99999999999999999999.1.1.1-1", "-", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, version string) {
		r, exact := ReleaseOf(version)
		if r.Facts() == nil {
			t.Fatalf("%q is of release %q", version, r)
		}
		build := BuildOf(version)
		if build == "" {
			return
		}
		of, known := ReleaseOf(build)
		if !exact || !known || of != r || BuildOf(build) != build || compareVersions(build, build) != 0 {
			t.Fatalf("%q: build %q of release %q, %q", version, build, r, of)
		}
	})
}
