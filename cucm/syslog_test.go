package cucm

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/ciscolog"
	"itlsim/cucm/testkeys"
)

type clock func() time.Time

func (c clock) Now() time.Time { return c() }

var then = time.Date(2014, 2, 26, 18, 24, 27, 0, time.UTC)

func small() Config {
	cfg := Cisco117598()
	cfg.Clock = clock(func() time.Time { return then })
	cfg.Keys, cfg.KeyBits, cfg.Password = testkeys.NewPool(1), 1024, "secret"
	return cfg
}

// clocked is such a cluster, by a clock that shows what is in now.
func clocked(t *testing.T, now *time.Time) *Cluster {
	t.Helper()
	cfg := small()
	cfg.Clock = clock(func() time.Time { return *now })
	c, err := New(cfg)
	require.NoError(t, err)
	return c
}

// A log's entries hold no more than they show, however much was sent.
func TestEntriesAreShort(t *testing.T) {
	c, err := New(small())
	require.NoError(t, err)
	long := func() string { return strings.Repeat("x", 16<<10) }
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	for range ciscolog.Kept {
		r := &Registration{Node: c.Publisher(), Session: long(), Contact: long()}
		c.register(Caller{Device: "SEP00000000000A"}, r, true)
		c.Publisher().LoginFailed(long(), "127.0.0.1:1")
	}
	require.Less(t, (heap()-before)>>20, int64(32), "MiB")
	_, entry, _ := strings.Cut(c.Publisher().Log()[ciscolog.Kept], " : ") // what the file has before it
	require.Len(t, entry, ciscolog.MaxEntry)
}

// A log that somebody edited is read as it is.
func TestABlankLineInTheLog(t *testing.T) {
	dir := t.TempDir()
	c, err := Open(dir, small())
	require.NoError(t, err)
	c.Publisher().LoginFailed("eve", "127.0.0.1:1")
	require.NoError(t, c.Close())
	name := filepath.Join(dir, "log", "test10pub", "syslog", "CiscoSyslog")
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(name, append([]byte("\n"), text...), 0o600))

	c, err = Open(dir, small())
	require.NoError(t, err)
	defer c.Close()
	require.Equal(t, []string{"", strings.TrimSuffix(string(text), "\n")}, c.Publisher().Log())
}
