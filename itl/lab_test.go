package itl_test

import (
	"crypto/x509/pkix"
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/itl"
)

// When the lists of document 117598 were made, before and after the reset.
var (
	madeAt  = time.Unix(1393439067, 0)
	resetAt = time.Unix(1393439686, 0)
	pst     = time.FixedZone("PST", -8*60*60)
)

// A lab hands out certificates, the same ones in every run.
type lab struct {
	t      testing.TB
	keys   *testkeys.Pool
	random *rand.ChaCha8
}

func newLab(t testing.TB) lab { return lab{t, testkeys.NewPool(1), rand.NewChaCha8([32]byte{})} }

func (l lab) certificate(unit cucm.Unit, bits int, name pkix.Name) itl.Signer {
	l.t.Helper()
	key, err := l.keys.Key(bits)
	require.NoError(l.t, err)
	signer, err := cucm.NewCertificate(unit, name, key, madeAt, l.random)
	require.NoError(l.t, err)
	return signer
}

// rtp is a name at the site of document 117598.
func rtp(cn string) pkix.Name {
	return pkix.Name{CommonName: cn, OrganizationalUnit: []string{"tac"}, Organization: []string{"cisco"},
		Locality: []string{"rtp"}, Province: []string{"nc"}, Country: []string{"US"}}
}

// A cluster is what the publisher's ITL of document 117598 is made of.
type cluster struct{ callManager, recovery, capf, tvs, subscriberTVS itl.Signer }

// newCluster makes certificates of the lengths in that document. Its recovery
// name was edited: the lengths are those of a name of 65 characters.
func newCluster(l lab) cluster {
	return cluster{
		callManager:   l.certificate(cucm.CallManager, 1024, rtp("test10pub.joemar2.lab")),
		recovery:      l.certificate(cucm.ITLRecovery, 1024, rtp("ITLRECOVERY_test10pub.joemar.l")),
		capf:          l.certificate(cucm.CAPFUnit, 1024, rtp("CAPF-75638ad9")),
		tvs:           l.certificate(cucm.TVSUnit, 1024, rtp("test10pub.joemar2.lab")),
		subscriberTVS: l.certificate(cucm.TVSUnit, 2048, rtp("test10sub.joemar2.lab")),
	}
}

func (c cluster) template() itl.Template {
	return itl.Template{
		Filename:  itl.ITLFilename,
		Timestamp: madeAt,
		Digest:    itl.SHA1,
		Records: []itl.Record{
			itl.FullRecord(itl.SAST, c.callManager.Certificate),
			itl.FullRecord(itl.TFTP, c.callManager.Certificate),
			itl.HashRecord(itl.CAPF, c.capf.Certificate),
			itl.HashRecord(itl.TVS, c.tvs.Certificate),
			itl.FullRecord(itl.SAST, c.recovery.Certificate),
			itl.HashRecord(itl.TVS, c.subscriberTVS.Certificate),
		},
	}
}

// list is the ITL before the reset.
func (c cluster) list(t testing.TB) *itl.List {
	t.Helper()
	list, err := c.template().Sign(c.callManager)
	require.NoError(t, err)
	return list
}

// recordLengths reads every record's RECORDLENGTH.
func recordLengths(l *itl.List) (lengths []int) {
	for rest := l.Bytes()[l.Length:]; len(rest) > 0; {
		n := int(binary.BigEndian.Uint16(rest[3:]))
		lengths, rest = append(lengths, n), rest[n:]
	}
	return lengths
}
