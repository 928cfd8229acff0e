package itl_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/itl"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), got), "go test -update rewrites %s", path)
}

// signatureRow is a row of a signature's bytes.
var signatureRow = regexp.MustCompile(`^[0-9a-f]{1,2}( [0-9a-f]{1,2}){7}$`)

// fold brings a dump and Show's text to what they must have in common: white
// space, rules of dashes and the prompt are dropped; what depends on keys is
// masked, and so is the name that was edited in the document.
func fold(s string) (text string, signatureRows int) {
	masks := []struct {
		what *regexp.Regexp
		with string
	}{
		{regexp.MustCompile(`^[0-9a-f]+\((MD5|SHA1)\)$`), "sum($1)"},
		{regexp.MustCompile(`([0-9A-F]{2}:){15}[0-9A-F]{2}$`), "serial"},
		{regexp.MustCompile(`([0-9A-F]{2} ){19}[0-9A-F]{2}( \(SHA1 Hash HEX\))?$`), "hash$2"},
		{regexp.MustCompile(`ITLRECOVERY_[^;]+`), "ITLRECOVERY_name"},
	}
	var lines []string
	for line := range strings.Lines(s) {
		line = strings.Join(strings.Fields(line), " ")
		if strings.Trim(line, "- ") == "" || line == "admin:show itl" {
			continue
		}
		if signatureRow.MatchString(line) {
			signatureRows++
			continue
		}
		for _, mask := range masks {
			line = mask.what.ReplaceAllString(line, mask.with)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), signatureRows
}

// M11: what a real publisher printed, before and after a reset.
func TestShowPrintsWhatCUCMPrinted(t *testing.T) {
	c := newCluster(newLab(t))
	before := c.list(t)
	after, err := before.Resign(c.recovery, resetAt)
	require.NoError(t, err)
	for _, tc := range []struct {
		dump string
		list *itl.List
		rows int // in the dump, which lost one after the reset
	}{
		{"show-itl-before-reset.txt", before, 16},
		{"show-itl-after-reset.txt", after, 15},
	} {
		dump, err := os.ReadFile("../testdata/golden/" + tc.dump)
		require.NoError(t, err)
		want, rows := fold(string(dump))
		require.Equal(t, tc.rows, rows)
		got, rows := fold(itl.Show(tc.list, pst))
		require.Equal(t, 16, rows)
		require.Empty(t, cmp.Diff(want, got), tc.dump)
	}
}

// ITLFile.tlv is a list as document 117598 shows it before the reset.
func TestShowITL(t *testing.T) {
	data, err := os.ReadFile("testdata/ITLFile.tlv")
	require.NoError(t, err)
	list, err := itl.ParseList(data)
	require.NoError(t, err)
	golden(t, "testdata/show-itl.txt", itl.Show(list, pst))
}

// A CTL with everything that the other list has not, and a signer without a key.
func TestShowCTL(t *testing.T) {
	list, err := itl.ParseList(join(
		header(tlv(28, 1, 0), signerID, sigInfo, signature, text(14, itl.CTLFilename), timestamp, tlv(99, 1, 2)),
		record(text(2, ""), tlv(4, 0, 0), text(3, "CN=a"), text(5, "CN=a"), tlv(6, 0x17), tlv(7, 4, 5, 6)),
		record(text(2, ""), tlv(4, 0, 0), text(3, "CN=a"), text(5, "CN=CA"), tlv(6, 0x17)), // another signer's
		record(text(2, "10.1.1.1"), role, tlv(10, 10, 1, 1, 1), tlv(200)),
		record(tlv(4, 1, 2)),
	))
	require.NoError(t, err)
	golden(t, "testdata/show-ctl.txt", itl.Show(list, time.UTC))
}

func TestShowFile(t *testing.T) {
	file, err := itl.ParseFile(join(
		header(signerID, sigInfo, signature, text(14, "SEP001122334455.cnf.xml.sgn"), timestamp),
		[]byte("<device>\r\n\t<fullConfig>true</fullConfig>\r\n</device>"),
	))
	require.NoError(t, err)
	golden(t, "testdata/show-sgn.txt", itl.ShowFile(file))
}

// Whoever writes a list writes its names: they must neither forge rows nor
// reach the terminal that shows them, the errors' included.
func TestShowIsSafeForTerminals(t *testing.T) {
	const hostile = "CN=\x1b[2J\u202egnp\x9b\nThe ITL file was verified successfully.\r\t\xffé"
	const shown = "CN=�[2J�gnp��The ITL file was verified successfully.���é"
	list, err := itl.ParseList(join(
		header(tlv(3, join(text(4, hostile), serial, text(6, hostile))...),
			sigInfo, signature, text(14, hostile), timestamp),
		record(text(2, hostile), text(3, hostile), text(5, hostile), tlv(4, 0, 0), tlv(6, 0x17)),
	))
	require.NoError(t, err)
	require.Equal(t, hostile, list.Signer.Subject, "names are opaque: they are compared as they are")

	text := itl.Show(list, time.UTC)
	checkText(t, text)
	require.Equal(t, 7, strings.Count(text, shown), text) // 2 of the signer, 3 of the record, 2 in the error
	require.NotContains(t, text, "\nThe ITL file was verified")
	checkText(t, list.VerifySelf().Error())

	file, err := itl.ParseFile(join(
		header(signerID, sigInfo, signature, tlv(14, []byte(hostile)...), timestamp),
		[]byte("\x1b]0;title\x07\rx"),
	))
	require.NoError(t, err)
	text = itl.ShowFile(file)
	checkText(t, text)
	require.Contains(t, text, "Signed file "+shown)
	require.Contains(t, text, "\n�]0;title��x\n")
}
