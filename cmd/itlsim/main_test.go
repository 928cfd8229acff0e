package main

import (
	"bytes"
	"crypto/x509/pkix"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	cucmcli "itlsim/cucm/cli"
	"itlsim/cucm/testkeys"
	"itlsim/internal/build"
	"itlsim/internal/cause/causetest"
	"itlsim/internal/itltest"
	"itlsim/itl"
)

// programs are what tests start by their names.
var programs = map[string]func(){"itlsim": main}

// What is built for the detector of races waits for a second at its end, unless it is told not to.
const raceOptions, noWait = "GORACE", "atexit_sleep_ms=0"

func TestMain(m *testing.M) {
	os.Setenv(raceOptions, noWait)
	testscript.Main(m, programs)
}

// run is the program in this process.
func run(args []string, s streams) int {
	end, ctx, stop := newEnding()
	defer stop()
	return carryOut(ctx, args, s, end)
}

// The scripts find in lists/ what a cluster of one node serves in the course of
// its life (see fixtures). With the detector of races at work, with which each command takes longer
// to start, those are played in which things happen at once.
func TestScripts(t *testing.T) {
	files, dir, some := fixtures(t), "testdata/script", []string(nil)
	if build.Raced {
		dir, some = "", []string{"testdata/script/farm.txtar", "testdata/script/metrics.txtar", "testdata/script/run.txtar"}
	}
	testscript.Run(t, testscript.Params{
		Dir: dir, Files: some,
		Setup: func(env *testscript.Env) error {
			env.Setenv(raceOptions, noWait)
			for name, data := range files {
				path := filepath.Join(env.WorkDir, "lists", name)
				if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
					return err
				}
				if err := os.WriteFile(path, data, 0o666); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits CODE COMMAND... runs a command that must end with that very exit code, and
// speak in plain words.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
	if words := causetest.Foreign(ts.ReadFile("stdout") + "\n" + ts.ReadFile("stderr")); words != "" {
		ts.Fatalf("users read %q, a library's words", words)
	}
}

// fixed is a clock that stands still, and random bytes that are none.
type fixed struct{ time.Time }

func (c *fixed) Now() time.Time { return c.Time }

func (*fixed) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(i)
	}
	return len(p), nil
}

func fixtures(t *testing.T) map[string][]byte {
	now := &fixed{time.Unix(1393439067, 0)}
	cfg := cucm.Cisco117598()
	cfg.Nodes[1].TVS = false
	cfg.KeyBits, cfg.Clock, cfg.Keys = 1024, now, testkeys.NewPool(1)
	c, err := cucm.New(cfg)
	require.NoError(t, err)
	pub := c.Publisher()
	const device = "SEP0011AABBCCDD"
	c.AddDevice(cucm.Device{Name: device, Model: "8861", Group: c.Nodes()})
	file := func(name string) []byte {
		data, err := pub.File(name)
		require.NoError(t, err)
		return data
	}
	files := map[string][]byte{
		"first.tlv":   file(itl.ITLFilename),
		"config.sgn":  file(device + ".cnf.xml.sgn"),
		"garbage.tlv": bytes.Repeat([]byte("garbage "), 100),
		"large.tlv":   make([]byte, itl.MaxFile+1),
		"empty.tlv":   nil,
	}
	shown := "admin:show itl\n" + itl.Show(c.Nodes()[1].ITL(), time.UTC) + "\nadmin:"
	files["itl.log"] = []byte(strings.ReplaceAll(shown, "\n", "\r\n"))
	files["cut.tlv"] = files["first.tlv"][:1000]
	files["forged.tlv"] = bytes.Clone(files["first.tlv"])
	files["forged.tlv"][len(files["forged.tlv"])-1] ^= 1

	own := pub.Certificate(cucm.CallManager)
	sign := func(filename string, records ...itl.Record) []byte {
		template := itl.Template{Filename: filename, Timestamp: now.Time, Digest: itl.SHA1, Records: records}
		list, err := template.Sign(own.Signer)
		require.NoError(t, err)
		return list.Bytes()
	}
	files["notvs.tlv"] = sign(itl.ITLFilename,
		itl.FullRecord(itl.SAST, own.Certificate), itl.FullRecord(itl.TFTP, own.Certificate))
	files["ctl.tlv"] = sign(itl.CTLFilename, itl.FullRecord(itl.SAST, own.Certificate))
	files["rollback.tlv"] = sign(itl.ITLFilename, itl.FullRecord(itl.SAST, own.Certificate))
	files["opentools.tlv"] = sign(itl.ITLFilename, itl.FullRecord(itl.SAST, own.Certificate),
		itl.FullRecord(itl.CCM, own.Certificate), itl.FullRecord(itl.AppServer, own.Certificate))
	files["over64k.tlv"] = sign(itl.ITLFilename,
		slices.Repeat([]itl.Record{itl.FullRecord(itl.SAST, own.Certificate)}, 70)...)
	other, err := testkeys.NewPool(9).Key(1024)
	require.NoError(t, err)
	twin, err := cucm.NewCertificate(cucm.CallManager, pkix.Name{CommonName: "another issuer"}, other, now.Time,
		bytes.NewReader(own.Certificate.SerialNumber.Bytes()))
	require.NoError(t, err)
	list, err := itl.Template{Filename: itl.ITLFilename, Timestamp: now.Time, Digest: itl.SHA1,
		Records: []itl.Record{itl.FullRecord(itl.SAST, twin.Certificate), itl.FullRecord(itl.TFTP, twin.Certificate)},
	}.Sign(twin)
	require.NoError(t, err)
	files["twin.tlv"] = list.Bytes()
	files["config.enc.sgn"], err = itltest.Encrypted(device+".cnf.xml.enc.sgn", []byte("<device/>"), now.Time, own.Signer,
		&other.PublicKey)
	require.NoError(t, err)
	files["cut.enc.sgn"] = files["config.enc.sgn"][:400]

	require.NoError(t, pub.Regenerate(cucm.CallManager))
	files["regenerated.tlv"] = file(itl.ITLFilename)
	require.NoError(t, cucmcli.Run(pub, &cucmcli.Script{Answers: []string{""}}, "utils itl reset localkey"))
	files["reset.tlv"] = file(itl.ITLFilename)
	return files
}

// interruptSelf is what Ctrl-C does.
func interruptSelf() error {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		return err
	}
	return self.Signal(os.Interrupt)
}

// tripwire calls a function at its first write that has some words.
type tripwire struct {
	words string
	once  sync.Once
	trip  func()
}

func (w *tripwire) Write(p []byte) (int, error) {
	if strings.Contains(string(p), w.words) {
		w.once.Do(w.trip)
	}
	return len(p), nil
}

// Interrupted after its first step, a run ends with the report of what it has.
func TestInterrupt(t *testing.T) {
	var out bytes.Buffer
	path := filepath.Join(t.TempDir(), "report.json")
	interrupt := &tripwire{trip: func() { require.NoError(t, interruptSelf()) }}
	code := run([]string{"run", "bulk-reset", "--phones", "20", "--json", path}, streams{&out, interrupt})
	require.Equal(t, 130, code)
	require.Contains(t, out.String(), "✗ interrupted")
	require.Contains(t, out.String(), "STOPPED")
	written, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(written), `"error": "interrupted"`)
}

// Interrupted, a run in shards has no report, and a shard no part: of others' phones nothing is known.
func TestInterruptedShards(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ words, flags string }{
		{"1/8 shards: ", "--workers 2 --json "}, {"1/7 ", "--shard 3 --part "},
	} {
		var out bytes.Buffer
		interrupt := &tripwire{words: c.words, trip: func() { require.NoError(t, interruptSelf()) }}
		line := "run bulk-reset --mode virtual --phones 16000 --shards 8 " + c.flags + filepath.Join(dir, "file")
		require.Equal(t, 130, run(strings.Fields(line), streams{&out, interrupt}))
		require.Empty(t, out.String())
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, left)
	}
}

func TestAdvice(t *testing.T) {
	require.Contains(t, advice(&os.PathError{Op: "open", Err: syscall.EMFILE}), "ulimit -n")
	require.Contains(t, advice(syscall.EADDRNOTAVAIL), "loopback")
	require.Empty(t, advice(io.EOF))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, err = net.Listen("tcp", l.Addr().String())
	require.Contains(t, advice(err), "or choose another")
	_, err = net.Listen("tcp", "192.0.2.1:0")
	require.ErrorIs(t, err, syscall.EADDRNOTAVAIL)
	require.Empty(t, advice(err))
}
