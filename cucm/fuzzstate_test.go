package cucm

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/tvs"
)

// stateOf is a small cluster's state with a CTL and a CSR in it, as files.
func stateOf(t testing.TB) map[string][]byte {
	t.Helper()
	c, err := New(small())
	require.NoError(t, err)
	require.NoError(t, c.Publisher().SetSecurityMode(Mixed))
	require.NoError(t, c.Nodes()[1].RequestCertificate(Tomcat, false))
	require.NoError(t, c.Nodes()[1].RememberServer(ServerKey{"a:22", "k"}))
	files, err := encode(c.draft())
	require.NoError(t, err)
	return files
}

// A state with any file in the place of one of its own is refused by that file's name,
// or can be worked with and kept again.
func FuzzState(f *testing.F) {
	intact := stateOf(f)
	names := slices.Sorted(maps.Keys(intact))
	for i, name := range names {
		f.Add(uint8(i), intact[name])
		f.Add(uint8(i), []byte{})
	}
	cluster := slices.Index(names, clusterFile)
	for _, edit := range [][2]string{
		{`"Running": {`, `"Running": null, "X": {`}, {`"Home": "test10pub"`, `"Home": "../../outside"`},
		{`"KnownHosts": {`, `"KnownHosts": null, "Unread": {`}, {`"KeyBits": 1024`, `"KeyBits": -1`},
		{`"ClockAhead": 0`, `"ClockAhead": 9000000000000000000`}, {`"Trust": [`, `"Trust": ["TVS",`},
	} {
		f.Add(uint8(cluster), bytes.Replace(intact[clusterFile], []byte(edit[0]), []byte(edit[1]), 1))
	}
	f.Fuzz(func(t *testing.T, which uint8, content []byte) {
		if rounds(content, 0) > 10_000 {
			return // allowed of a p12, but a waste of a fuzzer's time
		}
		name := names[int(which)%len(names)]
		files := maps.Clone(intact)
		files[name] = content
		d, err := decode(files)
		if err != nil {
			base, _, _ := strings.Cut(strings.TrimSuffix(name, keyEnding), ".")
			base = strings.TrimSuffix(base, "_csr")
			if name != trustFile && name != clusterFile && !strings.Contains(err.Error(), base) {
				t.Fatalf("%s is refused as: %v", name, err)
			}
			return
		}
		if err := workWith(d); err != nil {
			t.Fatalf("%s is %q: %v", name, content, err)
		}
	})
}

// workWith does what is done with a state that was loaded.
func workWith(d *draft) error {
	c, err := newCluster(small())
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.resume(d); err != nil {
		return err
	}
	for _, n := range c.Nodes() {
		n.TFTPFiles()
		n.Services()
		n.ServiceStatuses()
		n.AnswerTVS(tvs.Request{Command: tvs.QueryRequest})
		err := errors.Join(n.Restart(TFTPService), n.RememberServer(ServerKey{"b:22", "k"}))
		if err == nil {
			err = n.Regenerate(TVSUnit)
		}
		if err != nil && !errors.Is(err, ErrRefused) {
			return err
		}
	}
	if err := c.Tick(); err != nil {
		return err
	}
	files, err := encode(c.draft())
	if err == nil {
		_, err = decode(files)
	}
	if err != nil {
		return fmt.Errorf("it cannot be kept again: %w", err)
	}
	return nil
}

// What a state's files need in memory is bounded by a small multiple of their size,
// whatever is in them.
func TestMemoryOfAState(t *testing.T) {
	intact := stateOf(t)
	const size = 1 << 20
	repeated := func(before, part, after string) []byte {
		return []byte(before + strings.Repeat(part, size/len(part)) + after)
	}
	list := "test10pub" + listFile
	for what, file := range map[string]struct {
		name    string
		content []byte
	}{
		"nodes":        {clusterFile, repeated(`{"Nodes":[{}`, `,{}`, `]}`)},
		"places":       {clusterFile, repeated(`{"Trust":[""`, `,""`, `]}`)},
		"brackets":     {clusterFile, repeated(`{"Nodes":`, `[`, ``)},
		"known hosts":  {clusterFile, hosts(size)},
		"addresses":    {clusterFile, repeated(`{"Monitor":{"To":[""`, `,""`, `]}}`)},
		"certificates": {trustFile, bytes.Repeat(intact[trustFile], size/len(intact[trustFile]))},
		"lines":        {trustFile, repeated("", "-----BEGIN CERTIFICATE-----\n", "")},
		"a list":       {list, bytes.Repeat(intact[list], size/len(intact[list]))},
		"a key": {"test10pub/ssh/host_key.pem", repeated("",
			"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n", "")},
		"a p12": {"test10pub" + p12File, repeated("", "\x30\x80", "")},
	} {
		files := maps.Clone(intact)
		files[file.name] = file.content
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _ = decode(files)
		runtime.ReadMemStats(&after)
		needed := after.TotalAlloc - before.TotalAlloc
		t.Logf("%-14s %5.1f times its size", what, float64(needed)/size)
		require.Less(t, needed, uint64(40*size), what)
	}
}

// hosts is a state with many SSH servers.
func hosts(size int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"Nodes":[{"KnownHosts":{"":""`)
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, `,"%x":""`, i)
	}
	b.WriteString(`}}]}`)
	return b.Bytes()
}
