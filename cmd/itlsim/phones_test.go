package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/cucm/wire"
	"itlsim/fleet"
	"itlsim/internal/interval"
	"itlsim/itl"
	"itlsim/phone"
)

// phones runs itlsim phones.
func phones(out, errs io.Writer, args ...string) (code int) {
	return run(append([]string{"phones"}, args...), streams{out, errs})
}

// listening is a cluster that listens at two addresses and knows two phones.
func listening(t *testing.T, hosts []string, change ...func(*cucm.Config)) (*cucm.Cluster, *wire.Sockets) {
	cfg := cucm.Cisco117598()
	cfg.Clock, cfg.Keys = wallClock{}, testkeys.NewPool(1)
	for _, f := range change {
		f(&cfg)
	}
	cluster, err := cucm.New(cfg)
	require.NoError(t, err)
	sockets, err := wire.Listen(cluster, hosts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sockets.Close()) })
	for _, name := range []string{"SEP001BD4000000", "SEP001BD4000001"} {
		cluster.AddDevice(cucm.Device{Name: name, Model: "8861", Group: cluster.Nodes()})
	}
	return cluster, sockets
}

// Phones alone, against a cluster that knows two of the three.
func TestPhonesAgainstACluster(t *testing.T) {
	cluster, _ := listening(t, []string{"127.2.1.2", "127.2.1.3"})
	pub := cluster.Publisher()
	var out, errs bytes.Buffer
	tftp := pub.Address(cucm.TFTPService)
	code := phones(&out, &errs, "--tftp", tftp, "--phones", "3", "--model", "8861", "--from", "127.2.2.1", "--json", "-")
	require.Equal(t, exitFailed, code, "one has no configuration of its own")
	require.Empty(t, errs.String())
	var r phonesReport
	require.NoError(t, json.Unmarshal(out.Bytes(), &r))
	require.Equal(t, map[string]int{"none": 0, "trusted": 3, "locked": 0, "untrusted": 0}, r.States)
	require.Equal(t, map[string]int{pub.Address(cucm.CallManagerService): 2, "": 1}, r.Registered)
	require.Equal(t, map[string]int{"the stored ITL": 3}, r.ConfigsBy)
	require.Zero(t, r.Unconfigured)
	require.Equal(t, 1, r.ByDefault)
	require.EqualValues(t, 3, r.Alarms)
	require.Zero(t, r.AlarmsWaiting)
	require.Contains(t, r.Failures, failureReport{"TFTP", tftp, "SEP<MAC>.cnf.xml.sgn not found", 1})
	require.Contains(t, r.Failures, failureReport{"TFTP", tftp, "CTLSEP<MAC>.tlv not found", 3})

	// A cluster that takes every phone, as itlsim serve does.
	open, _ := listening(t, []string{"127.2.1.4", "127.2.1.5"}, func(c *cucm.Config) { c.AutoRegister = true })
	out.Reset()
	sub := open.Nodes()[1]
	defer interval.Every(50*time.Millisecond, func() { _ = open.Tick() })()
	code = phones(&out, &errs, "--tftp", sub.Address(cucm.TFTPService), "--phones", "3", "--from", "127.2.3.1",
		"--name", "SEP00000000A000")
	require.Equal(t, exitPassed, code, errs.String())
	require.NotContains(t, out.String(), "by XMLDefault", "they were reset, and have their own")
	require.Contains(t, out.String(), "registered with       3  "+sub.Address(cucm.CallManagerService))
	require.Len(t, open.ITLStatuses()[cucm.ITLMatch], 3)

	// The same where all have one address: resets reach them there.
	out.Reset()
	code = phones(&out, &errs, "--tftp", sub.Address(cucm.TFTPService), "--phones", "3", "--address", "127.2.3.9",
		"--name", "SEP00000000B000", "--json", "-")
	require.Equal(t, exitPassed, code, errs.String())
	r = phonesReport{}
	require.NoError(t, json.Unmarshal(out.Bytes(), &r))
	require.Zero(t, r.ByDefault)
	require.Equal(t, "127.2.3.9", r.Each[2].IP)
	require.NotZero(t, r.BootMS.Max)

	// In words, once more.
	out.Reset()
	code = phones(&out, &errs, "--tftp", tftp, "--phones", "1", "--from", "127.2.2.1")
	require.Equal(t, exitPassed, code, errs.String())
	require.Contains(t, out.String(), "CTLSEP<MAC>.tlv not found (normal outside mixed mode)")
}

// Why a directory does not open is said in plain words.
func TestScreenIsPlain(t *testing.T) {
	closed, err := net.Listen("tcp4", "127.2.1.9:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	_, err = net.Dial("tcp4", closed.Addr().String())
	shown := screen(&fleet.View{Name: "SEP001BD4000000", Screen: phone.HostNotFound, ScreenReason: err})
	require.Equal(t, "Host Not Found: connection refused", shown)
}

// What a file that is not there means depends on the file.
func TestCommentsOnMissingFiles(t *testing.T) {
	for name, means := range map[string]string{
		"CTLSEP<MAC>.tlv":          "normal outside mixed mode",
		"ITLSEP<MAC>.tlv":          "",
		"ITLFile.tlv":              "take configurations on faith",
		"SEP<MAC>.cnf.xml":         "asked for the default configuration",
		"SEP<MAC>.cnf.xml.sgn":     "asked for the default configuration",
		"SEP<MAC>.cnf.xml.enc.sgn": "cannot read the stub",
		"XMLDefault.cnf.xml.sgn":   "go on with the configuration that they have",
	} {
		got := comment(failureReport{Protocol: "TFTP", What: name + " not found"})
		require.Contains(t, got, means, name)
		require.Equal(t, means == "", got == "", name)
	}
}

// Phones open their directory: a TVS verifies tomcat's certificate, which is in no
// list.
func TestPhonesOpenTheirDirectory(t *testing.T) {
	cluster, sockets := listening(t, []string{"127.2.1.7", "127.2.1.8"})
	open := func() (report phonesReport, code int, text string) {
		for _, as := range []string{"--json=-", "--json="} {
			var out, errs bytes.Buffer
			code = phones(&out, &errs, "--tftp", cluster.Publisher().Address(cucm.TFTPService), "--phones", "2",
				"--from", "127.2.5.1", "--directory", as)
			require.Empty(t, errs.String())
			text = out.String()
			if as == "--json=-" {
				require.NoError(t, json.Unmarshal(out.Bytes(), &report))
			}
		}
		return report, code, text
	}
	verified := sockets.Traffic().TVS.Verifies
	r, code, text := open()
	require.Equal(t, exitPassed, code)
	require.Equal(t, map[string]int{"Corporate Directory": 2}, r.Directory)
	require.Contains(t, text, "directory             2  Corporate Directory\n")
	require.Greater(t, sockets.Traffic().TVS.Verifies, verified)

	for _, n := range cluster.Nodes() {
		require.NoError(t, n.StopService(cucm.TVSService))
	}
	r, code, text = open()
	require.Equal(t, exitFailed, code)
	require.Equal(t, map[string]int{"none": 0, "trusted": 2, "locked": 0, "untrusted": 0}, r.States)
	require.Len(t, r.Directory, 1)
	require.Contains(t, text, "directory             2  Host Not Found: ")
}

// What phones refused and what they ignored is told, of list and configuration each.
func TestPhonesTellOfEachRefusal(t *testing.T) {
	cluster, _ := listening(t, []string{"127.2.1.9", "127.2.1.10"})
	pub := cluster.Publisher()
	boot := func(bad func(name string, data []byte) []byte) (r phonesReport, code int) {
		pub.SetFaults(&cucm.Faults{File: bad})
		var out, errs bytes.Buffer
		code = phones(&out, &errs, "--tftp", pub.Address(cucm.TFTPService), "--phones", "1", "--from", "127.2.6.1",
			"--model", "8861", "--json", "-")
		require.NoError(t, json.Unmarshal(out.Bytes(), &r), errs.String())
		return r, code
	}
	r, code := boot(func(string, []byte) []byte { return []byte("garbage") })
	require.Equal(t, exitFailed, code)
	var refused []string
	for what := range r.Refusals {
		refused = append(refused, what[:strings.Index(what, " refused")])
	}
	require.ElementsMatch(t, []string{"ITLSEP<MAC>.tlv", "SEP<MAC>.cnf.xml"}, refused)

	signer := pub.Certificate(cucm.CallManager).Signer
	r, code = boot(func(name string, data []byte) []byte {
		file, err := itl.ParseFile(data)
		if err != nil || !strings.HasSuffix(name, ".sgn") {
			return data
		}
		secure := strings.NewReplacer(
			"<deviceSecurityMode>1<", "<deviceSecurityMode>3<", "<capfAuthMode>0<", "<capfAuthMode>1<").
			Replace(string(file.Payload))
		data, _ = itl.SignFile(name, []byte(secure), itl.SHA1, file.Timestamp, signer)
		return data
	})
	require.Equal(t, exitPassed, code)
	require.Equal(t, map[string]int{"capfAuthMode 1: the phone does not turn to CAPF": 1}, r.Ignored)
	require.Equal(t, map[string]int{"": 1}, r.Registered)
	require.Equal(t, "the phone has no CTL to know the call manager's certificate by", r.Failures[0].What)
}

// Interrupted while they wait for a silent server, phones end with what they have.
func TestPhonesInterrupted(t *testing.T) {
	silent, err := net.ListenPacket("udp4", "127.2.1.6:0")
	require.NoError(t, err)
	defer silent.Close()
	go func() {
		if _, _, err := silent.ReadFrom(make([]byte, 512)); err == nil {
			_ = interruptSelf()
		}
	}()
	var out, errs bytes.Buffer
	tftp := silent.LocalAddr().String()
	code := phones(&out, &errs, "--tftp", tftp, "--phones", "2", "--from", "127.2.4.1", "--json", "-")
	require.Equal(t, exitInterrupted, code)
	require.Equal(t, "itlsim: interrupted\n", errs.String())
	var r phonesReport
	require.NoError(t, json.Unmarshal(out.Bytes(), &r))
	require.Equal(t, map[string]int{"none": 2, "trusted": 0, "locked": 0, "untrusted": 0}, r.States)
	for _, f := range r.Failures {
		require.NotEqual(t, "TFTP", f.Protocol, "that was the interruption's fault: %s", f.What)
	}
}

// A model that nobody knows is taken with a warning; one that knows no ITL lacks none.
func TestPhonesOfAnyModel(t *testing.T) {
	cluster, _ := listening(t, []string{"127.2.1.6", "127.2.1.7"})
	var out, errs bytes.Buffer
	code := phones(&out, &errs, "--tftp", cluster.Publisher().Address(cucm.TFTPService), "--phones", "2",
		"--model", "CP-7960G,8899 14.1(1),cp-8899", "--from", "127.2.8.1")
	require.Equal(t, exitPassed, code, out.String())
	require.Equal(t, `warning: --model: "8899" is not a model that is known here; `+
		"it is played as one of family N (7800s and 8800s), without SHA-512\n", errs.String())
	require.Contains(t, out.String(), "2 phones\nknow no ITL           1\nstate                 1  none\n")
	require.Contains(t, out.String(), "config by             1  faith (first use)\n")
}

func TestPhonesCommandLine(t *testing.T) {
	for _, tc := range []struct{ arg, want string }{
		{"--phones=0", "--phones 0: want 1 to 1000000"},
		{"--name=phone", `--name "phone": want SEP and the twelve digits`},
		{"--model= ", "--model: the value is missing"},
		{"--from=10.0.0.1", `--from "10.0.0.1": want an address in 127.0.0.0/8`},
		{"--from=127.255.255.251", "--from 127.255.255.251: 127.0.0.0/8 has 4 addresses from there on, for 10 phones"},
	} {
		var out, errs bytes.Buffer
		require.Equal(t, exitUsage, phones(&out, &errs, "--tftp", "127.0.0.2", tc.arg))
		require.Contains(t, errs.String(), tc.want)
		require.Empty(t, out.String())
	}
}

// Newcomers are waited for as long as one after the other is reset, and no longer.
func TestAwaitNone(t *testing.T) {
	for stays, want := range map[int]time.Duration{0: 9 * 4 * time.Second, 4: 5*4*time.Second + newcomerPatience} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			require.NoError(t, awaitNone(t.Context(), func() int {
				return max(stays, 9-int(time.Since(began)/(4*time.Second)))
			}))
			require.Equal(t, want, time.Since(began))
		})
	}
}
