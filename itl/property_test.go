package itl_test

import (
	"bytes"
	"crypto/rsa"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"itlsim/itl"
)

// checkList is what holds for whatever bytes: they are refused by a
// FormatError, or are a list that serves them again and can be shown.
func checkList(t require.TestingT, data []byte) {
	list, err := itl.ParseList(data)
	if err != nil {
		checkRefusal(t, data, err)
		require.Nil(t, list)
		return
	}
	require.Equal(t, data, list.Bytes())
	checkText(t, itl.Show(list, time.UTC))
}

func checkFile(t require.TestingT, data []byte) {
	file, err := itl.ParseFile(data)
	if err != nil {
		checkRefusal(t, data, err)
		require.Nil(t, file)
		return
	}
	require.Equal(t, data, file.Bytes())
	require.Equal(t, data[file.Length:], file.Payload)
	checkText(t, itl.ShowFile(file))
}

func checkRefusal(t require.TestingT, data []byte, err error) {
	var malformed *itl.FormatError
	require.ErrorAs(t, err, &malformed)
	inside := 0 <= malformed.Offset && malformed.Offset <= len(data)
	require.True(t, inside, "offset %d of %d", malformed.Offset, len(data))
	checkText(t, err.Error())
}

// checkText refuses what a terminal would obey.
func checkText(t require.TestingT, s string) {
	i := strings.IndexFunc(s, func(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsGraphic(r) })
	require.Negative(t, i, "%q", s)
}

// someRecord draws a record, sensible or not.
func someRecord(c cluster) *rapid.Generator[itl.Record] {
	role := rapid.Uint16()
	name := rapid.String().Filter(func(s string) bool { return !strings.HasSuffix(s, "\x00") })
	value := rapid.Custom(func(t *rapid.T) []byte {
		if !rapid.Bool().Draw(t, "there") {
			return nil
		}
		return rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "value")
	})
	address := rapid.Custom(func(t *rapid.T) netip.Addr {
		a, _ := netip.AddrFromSlice(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "address"))
		return a
	})
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) itl.Record {
			return itl.Record{
				DNSName: name.Draw(t, "DNS name"),
				Identity: itl.Identity{
					Subject: name.Draw(t, "subject"), Issuer: name.Draw(t, "issuer"), Serial: value.Draw(t, "serial"),
				},
				Role:        itl.Role(role.Draw(t, "role")),
				PublicKey:   value.Draw(t, "key"),
				Signature:   value.Draw(t, "signature"),
				Certificate: value.Draw(t, "certificate"),
				IPAddress:   address.Draw(t, "address"),
			}
		}),
		rapid.Custom(func(t *rapid.T) itl.Record {
			return itl.FullRecord(itl.Role(role.Draw(t, "role")), c.recovery.Certificate)
		}),
		rapid.Custom(func(t *rapid.T) itl.Record {
			return itl.HashRecord(itl.Role(role.Draw(t, "role")), c.tvs.Certificate)
		}),
	)
}

func TestWhatIsBuiltIsParsed(t *testing.T) {
	c := newCluster(newLab(t))
	records, digests := rapid.SliceOfN(someRecord(c), 1, 6), rapid.SampledFrom([]itl.Digest{itl.SHA1, itl.SHA512})
	rapid.Check(t, func(t *rapid.T) {
		template := itl.Template{
			Filename:  rapid.SampledFrom([]string{itl.ITLFilename, itl.CTLFilename}).Draw(t, "filename"),
			Timestamp: time.Unix(int64(rapid.Uint32().Draw(t, "time")), 0).UTC(),
			Digest:    digests.Draw(t, "digest"),
			Records:   records.Draw(t, "records"),
		}
		list, err := template.Sign(c.callManager)
		require.NoError(t, err)
		require.NoError(t, list.Verify(c.callManager.Certificate.PublicKey.(*rsa.PublicKey)))
		require.Zero(t, list.Length%4)
		require.Equal(t, itl.IdentityOf(c.callManager.Certificate), list.Signer)
		require.Equal(t, template, itl.Template{
			Filename: list.Filename, Timestamp: list.Timestamp, Digest: list.Digest, Records: list.Records,
		})
		checkList(t, list.Bytes())
	})
}

// Every byte counts: whichever is changed, or missing at the end, the file is
// refused. The signature's own bytes are left out, since they are the check.
func TestEveryByteIsCovered(t *testing.T) {
	c := newCluster(newLab(t))
	config, err := itl.SignFile("SEP001122334455.cnf.xml.sgn", []byte("<device/>"), itl.SHA1, madeAt, c.callManager)
	require.NoError(t, err)
	for name, tc := range map[string]struct {
		data     []byte
		accepted func([]byte) bool
	}{
		"list": {c.list(t).Bytes(), func(data []byte) bool {
			list, err := itl.ParseList(data)
			return err == nil && list.VerifySelf() == nil
		}},
		"configuration": {config, func(data []byte) bool {
			file, err := itl.ParseFile(data)
			return err == nil && file.Verify(c.callManager.Certificate.PublicKey.(*rsa.PublicKey)) == nil
		}},
	} {
		require.True(t, tc.accepted(tc.data), name)
		signature := bytes.Index(tc.data, []byte{12, 0, 128})
		for i := range tc.data {
			require.False(t, tc.accepted(tc.data[:i]), "%s cut at %d", name, i)
			if i >= signature && i < signature+3+128 {
				continue
			}
			data := slices.Clone(tc.data)
			data[i] ^= 1 << (i % 8)
			require.False(t, tc.accepted(data), "%s with bit %d of byte %d flipped", name, i%8, i)
		}
	}
}

// Files with a few bytes changed are the hardest to tell from good ones.
func TestDamagedFiles(t *testing.T) {
	c := newCluster(newLab(t))
	withAddress := join(small, record(text(2, "host"), role, tlv(10, 1, 2, 3, 4)))
	files := [][]byte{c.list(t).Bytes(), certutilsList(t, c.callManager), withAddress, small}
	rapid.Check(t, func(t *rapid.T) {
		data := slices.Clone(rapid.SampledFrom(files).Draw(t, "file"))
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			data[rapid.IntRange(0, len(data)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		}
		checkList(t, data)
		checkFile(t, data)
	})
}

func FuzzParseList(f *testing.F) {
	c := newCluster(newLab(f))
	f.Add(c.list(f).Bytes())
	f.Add(certutilsList(f, c.callManager))
	f.Fuzz(func(t *testing.T, data []byte) { checkList(t, data) })
}

func FuzzParseFile(f *testing.F) {
	signer := newCluster(newLab(f)).callManager
	data, err := itl.SignFile("SEP001122334455.cnf.xml.sgn", []byte("<device/>\r\n"), itl.SHA1, madeAt, signer)
	require.NoError(f, err)
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) { checkFile(t, data) })
}
