package wire

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/fleet"
	"itlsim/internal/sftptest"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/tftp"
	"itlsim/tvs"
)

// runs a foreign program to its end.
func runs(t *testing.T, dir, name string, args ...string) string {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader("")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s %v: %s", name, args, out)
	return string(out)
}

// freePort is a port of an address that both TFTP and, beside it, HTTP could
// have.
func freePort(t *testing.T, host string) int {
	for range 100 {
		l, err := net.Listen("tcp4", host+":0")
		require.NoError(t, err)
		port := l.Addr().(*net.TCPAddr).Port - tftp.HTTPOffset
		l.Close()
		conn, err := net.ListenPacket("udp4", fmt.Sprintf("%s:%d", host, port))
		if err == nil {
			conn.Close()
			return port
		}
	}
	t.Fatal("no port")
	return 0
}

// tftpd runs Debian's tftpd-hpa over a folder of files until the test ends. It
// answers when this returns.
func tftpd(t *testing.T, host, dir string) string {
	return fileServer(t, host, "in.tftpd", func(port int) []string {
		return []string{"--listen", "--foreground", "--address", fmt.Sprintf("%s:%d", host, port), "--secure", dir}
	})
}

// dnsmasq does so with dnsmasq.
func dnsmasq(t *testing.T, host, dir string) string {
	return fileServer(t, host, "dnsmasq", func(port int) []string {
		// its DNS is off; the port of TFTP cannot be chosen
		return []string{"--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--user=root", "--port=0",
			"--enable-tftp", "--tftp-root=" + dir, "--listen-address=" + host, "--bind-interfaces"}
	})
}

// fileServer runs a foreign server until the test ends.
func fileServer(t *testing.T, host, program string, args func(port int) []string) string {
	path := sftptest.Program(t, program)
	if os.Getuid() != 0 {
		t.Skip(program + " changes its root or takes port 69, which takes root")
	}
	var out bytes.Buffer
	for range 5 { // somebody may take the port meanwhile
		port := freePort(t, host)
		if program == "dnsmasq" {
			port = tftp.Port
		}
		server := fmt.Sprintf("%s:%d", host, port)
		cmd := exec.Command(path, args(port)...)
		cmd.Stdout, cmd.Stderr = &out, &out
		require.NoError(t, cmd.Start())
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- cmd.Wait()
			cancel()
		}()
		client := tftp.Client{Timeout: 100 * time.Millisecond, Retries: 1200}
		_, err := client.Get(ctx, server, "nothing")
		if errors.Is(err, tftp.ErrNotFound) {
			t.Cleanup(func() {
				cmd.Process.Kill()
				<-ended
			})
			return server
		}
		cmd.Process.Kill()
		t.Logf("%s at %s: %v, %v, %s", program, server, err, <-ended, out.String())
	}
	t.Fatal(program, "does not answer")
	return ""
}

// folder holds what a node serves to phones, as files.
func folder(t *testing.T, n *cucm.Node, names ...string) string {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755))
	for _, name := range names {
		data, err := n.File(name)
		require.NoError(t, err, name)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o644))
	}
	return dir
}

// A foreign server with only a folder of files: no HTTP, so TFTP serves; no CTL.
func TestTFTPDHPAServesPhones(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1, patient)
	name := "SEP0011AABB0000"
	l.cluster.AddDevice(cucm.Device{Name: name, Model: "8861", Group: l.cluster.Nodes()})
	dir := folder(t, l.pub, "ITLFile.tlv", name+".cnf.xml", name+".cnf.xml.sgn")
	server := tftpd(t, "127.3.0.1", dir)
	l.add(1, server)
	l.boot(phone.PowerOn{})
	require.Equal(t, phone.Trusted, l.only().State)
	require.Equal(t, l.pub.ITL().SHA1(), l.only().Flash.Lists.ITL.SHA1())
	require.NotEmpty(t, l.only().CallManager)
	var failed []string
	for _, failure := range l.fleet.Failures() {
		failed = append(failed, fmt.Sprint(failure.Protocol, " ", failure.What, " ", failure.Times))
	}
	require.Equal(t, []string{
		"HTTP connection refused 4", "TFTP CTLSEP<MAC>.tlv not found 1", "TFTP ITLSEP<MAC>.tlv not found 1",
	}, failed)

	// A file that somebody broke is refused, and the phone keeps what it has.
	require.NoError(t, os.WriteFile(filepath.Join(dir, "ITLFile.tlv"), []byte("no list"), 0o644))
	l.boot(phone.Reset{})
	require.Equal(t, phone.Locked, l.only().State)
	require.Equal(t, l.pub.ITL().SHA1(), l.only().Flash.Lists.ITL.SHA1())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "ITLFile.tlv"), l.pub.ITL().Bytes(), 0o644))
	l.boot(phone.Reset{})
	require.Equal(t, phone.Trusted, l.only().State)
}

// Many phones boot by dnsmasq at once, each from its own address.
func TestDNSMasqServesPhones(t *testing.T) {
	t.Parallel()
	const phones = 40
	l := newLab(t, 1, patient)
	names := []string{"ITLFile.tlv"}
	for i := range phones {
		name := fmt.Sprintf("SEP0011AABB%04X", i)
		l.cluster.AddDevice(cucm.Device{Name: name, Model: "7965", Group: l.cluster.Nodes()})
		names = append(names, name+".cnf.xml", name+".cnf.xml.sgn")
	}
	server := dnsmasq(t, "127.3.0.4", folder(t, l.pub, names...))
	l.add(phones, server)
	for range 3 {
		l.boot(phone.PowerOn{})
		require.Equal(t, fleet.States{phone.Trusted: phones}, l.fleet.States())
		l.boot(phone.PowerOff{})
	}
	for _, failure := range l.fleet.Failures() {
		require.True(t, failure.Protocol == "HTTP" || strings.HasSuffix(failure.What, " not found"), "%v", failure)
	}
}

// A folder as people keep it for phones without CUCM: files of 0 bytes in place of
// lists, then a list as open tools make it. Configurations are plain with either.
func TestTFTPDHPAWithoutTFTPEntries(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1, patient)
	name := "SEP0011AABB0000"
	l.cluster.AddDevice(cucm.Device{Name: name, Model: "8861", Group: l.cluster.Nodes()})
	dir := folder(t, l.pub, name+".cnf.xml")
	write := func(name string, data []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o644))
	}
	for _, empty := range []string{"CTL" + name + ".tlv", "ITL" + name + ".tlv", "ITLFile.tlv"} {
		write(empty, nil)
	}
	l.add(1, tftpd(t, "127.3.0.2", dir))
	l.boot(phone.PowerOn{})
	require.Equal(t, phone.None, l.only().State)
	require.Empty(t, l.only().Refusals())
	require.NotEmpty(t, l.only().CallManager)

	require.NoError(t, os.Remove(filepath.Join(dir, "CTL"+name+".tlv")))
	token := l.pub.Certificate(cucm.ITLRecovery)
	template := itl.Template{Filename: itl.ITLFilename, Timestamp: l.clock.Now(), Digest: itl.SHA1, Records: []itl.Record{
		itl.FullRecord(itl.SAST, token.Certificate),
		itl.FullRecord(itl.CCM, l.pub.Certificate(cucm.CallManager).Certificate),
		itl.FullRecord(itl.AppServer, l.pub.Certificate(cucm.Tomcat).Certificate),
	}}
	list, err := template.Sign(token.Signer)
	require.NoError(t, err)
	write("ITL"+name+".tlv", list.Bytes())
	l.boot(phone.Reset{})
	require.Equal(t, phone.Trusted, l.only().State)
	require.Equal(t, phone.Unsigned, l.only().ConfigBy)

	template.Records[0] = itl.FullRecord(itl.SAST, l.pub.Certificate(cucm.TVSUnit).Certificate)
	foreign, err := template.Sign(l.pub.Certificate(cucm.TVSUnit).Signer)
	require.NoError(t, err)
	write("ITL"+name+".tlv", foreign.Bytes())
	l.boot(phone.Reset{})
	require.Equal(t, list.SHA1(), l.only().Flash.Lists.ITL.SHA1(), "a list is a list, whoever made it")
	require.Equal(t, phone.Untrusted, l.only().State)
}

// Foreign clients get the node's files.
func TestForeignClientsGetFiles(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1, patient)
	host, port, _ := net.SplitHostPort(l.pub.Address(cucm.TFTPService))
	want := l.pub.ITL().Bytes()
	got := func(dir string) []byte {
		data, err := os.ReadFile(filepath.Join(dir, "out"))
		require.NoError(t, err)
		return data
	}
	t.Run("tftp-hpa", func(t *testing.T) {
		dir := t.TempDir()
		runs(t, dir, sftptest.Program(t, "tftp"), "-m", "octet", host, port, "-c", "get", "ITLFile.tlv", "out")
		require.Equal(t, want, got(dir))
		said := runs(t, dir, sftptest.Program(t, "tftp"), "-m", "octet", host, port, "-c", "get", "CTLFile.tlv", "none")
		require.Contains(t, said, "Error code 1: File not found")
	})
	t.Run("atftp", func(t *testing.T) {
		dir := t.TempDir()
		for _, option := range [][]string{{}, {"--option", "blksize 1024", "--option", "tsize 0"}} {
			runs(t, dir, sftptest.Program(t, "atftp"), append(option, "-g", "-r", "ITLFile.tlv", "-l", "out", host, port)...)
			require.Equal(t, want, got(dir))
		}
	})
	t.Run("busybox", func(t *testing.T) {
		dir := t.TempDir()
		busybox := sftptest.Program(t, "busybox")
		for _, option := range [][]string{{}, {"-b", "64"}, {"-b", "1400"}, {"-b", "65464"}} {
			args := append([]string{"tftp", "-g", "-r", "ITLFile.tlv", "-l", "out"}, option...)
			runs(t, dir, busybox, append(args, host, port)...)
			require.Equal(t, want, got(dir), option)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		missing := exec.CommandContext(ctx, busybox, "tftp", "-g", "-r", "CTLFile.tlv", "-l", dir+"/none", host, port)
		said, err := missing.CombinedOutput()
		require.Error(t, err)
		require.Contains(t, string(said), "File not found")
	})
	t.Run("curl", func(t *testing.T) {
		dir := t.TempDir()
		curl := sftptest.Program(t, "curl")
		node := "http://" + tftp.HTTPAddress(l.pub.Address(cucm.TFTPService))
		head := runs(t, dir, curl, "-sS", "-D", "-", "-o", "out", node+"/ITLFile.tlv")
		require.Equal(t, want, got(dir))
		require.Contains(t, head, "HTTP/1.1 200 OK")
		require.Contains(t, strings.ToLower(head), "cache-control: no-store")
		code := func(args ...string) string {
			return runs(t, dir, curl, append([]string{"-sS", "-o", "none", "-w", "%{http_code}"}, args...)...)
		}
		require.Equal(t, "404", code(node+"/CTLFile.tlv"))
		require.Equal(t, "405", code("-X", "PUT", node+"/ITLFile.tlv"))
		for _, blksize := range []string{"8", "512", "1468", "65464"} {
			runs(t, dir, curl, "-sS", "--tftp-blksize", blksize, "-o", "out",
				"tftp://"+l.pub.Address(cucm.TFTPService)+"/ITLFile.tlv")
			require.Equal(t, want, got(dir), blksize)
		}
	})
}

// openssl sees the TVS's certificate, with the handshake of an 8861: TLS 1.2,
// AES256-SHA.
func TestOpenSSLSeesTheTVS(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1, patient)
	for _, how := range [][]string{{"-tls1_2", "-cipher", "AES256-SHA:@SECLEVEL=0"}, {"-tls1_3"}} {
		args := append([]string{"s_client", "-connect", l.pub.Address(cucm.TVSService), "-showcerts"}, how...)
		said := runs(t, ".", sftptest.Program(t, "openssl"), args...)
		block, _ := pem.Decode([]byte(said[strings.Index(said, "-----BEGIN"):]))
		require.NotNil(t, block)
		require.Equal(t, sha256.Sum256(l.pub.Certificate(cucm.TVSUnit).Certificate.Raw), sha256.Sum256(block.Bytes))
		if how[0] == "-tls1_2" {
			require.Contains(t, said, "Cipher is AES256-SHA")
		}
	}
}

// sippScenario is a scenario of SIPp, with a code in place of CODE.
func sippScenario(t *testing.T, name string, code int) string {
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), name)
	text := strings.Replace(string(data), "CODE", strconv.Itoa(code), 1)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	return path
}

// SIPp as a phone: the cluster takes its registration, answers as CUCM does, and
// logs it. No `set date` ends it.
func TestSIPpRegisters(t *testing.T) {
	t.Parallel()
	sipp := sftptest.Program(t, "sipp")
	l := newLab(t, 1, patient)
	const name = "SEP0011AABB00FF"
	l.cluster.AddDevice(cucm.Device{Name: name, Model: "8861", Group: l.cluster.Nodes()})
	runs(t, t.TempDir(), sipp, "-sf", sippScenario(t, "phone.sipp.xml", 0), "-t", "t1", "-m", "1", "-i", "127.3.1.1",
		"-s", name, "-nostdin", "-timeout", "100s", l.pub.Address(cucm.CallManagerService))
	require.Equal(t, 1, l.cluster.Registered())
	require.Contains(t, l.pub.Log()[len(l.pub.Log())-1],
		"%UC_CALLMANAGER-6-EndPointRegistered: %[DeviceName="+name+"][IPAddress=127.3.1.1]")
	for _, date := range []string{"10:00:00 02/20/24", "10:00:00 02/20/04"} {
		require.NoError(t, cli.Run(l.pub, &cli.Script{}, "set date "+date))
		require.Equal(t, 1, l.cluster.Registered(), "its keep-alive is not late")
	}
	// It has gone without a word: the reset does not reach it.
	l.cluster.ResetPhones()
	require.Zero(t, l.cluster.Registered())
	require.Equal(t, []string{"6"}, l.reasons(), "ConnectivityError")
}

// SIPp as a call manager: phones report to it and register with it, whatever time
// it takes for the alarms.
func TestPhonesRegisterWithSIPp(t *testing.T) {
	t.Parallel()
	sipp := sftptest.Program(t, "sipp")
	l := newLab(t, 1, patient)
	server := l.pub.Address(cucm.CallManagerService)
	require.NoError(t, l.sockets.Stop(l.pub, cucm.CallManagerService))
	host, port, _ := net.SplitHostPort(server)
	var out bytes.Buffer
	cmd := exec.Command(sipp, "-sf", sippScenario(t, "callmanager.sipp.xml", 0), "-t", "t1", "-m", "6", "-i", host, "-p",
		port,
		"-nostdin", "-timeout", "100s")
	cmd.Dir, cmd.Stdout, cmd.Stderr = t.TempDir(), &out, &out
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { cmd.Process.Kill() })
	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", server)
		if err == nil {
			conn.Close()
		}
		return err == nil
	}, time.Minute, 20*time.Millisecond)
	l.add(3, l.pub.Address(cucm.TFTPService))
	l.boot(phone.PowerOn{})
	for _, v := range l.fleet.Phones() {
		require.Equal(t, server, v.CallManager, v.NotRegistered)
		require.Zero(t, v.StoredAlarms)
	}
	require.NoError(t, <-ended, "what came is what SIPp wants: %s", &out)
}

// SIPp has phones reset, as a call manager would: they take that for which it knows
// the Call-ID of their REGISTER.
func TestSIPpResetsPhones(t *testing.T) {
	t.Parallel()
	sipp := sftptest.Program(t, "sipp")
	l := whole(t, 1, 1)
	s := l.fleet.all()[0]
	me := l.fleet.caller(s.phone, s.phone.Boots())
	contact := fmt.Sprintf("%s:%d", me.Address.Addr(), me.Address.Port())
	asks := func(code int, key ...string) {
		args := []string{"-sf", sippScenario(t, "notify.sipp.xml", code), "-t", "t1", "-m", "1", "-i", "127.3.1.2",
			"-nostdin", "-timeout", "100s"}
		given := map[string]string{"user": me.Number, "event": "service-control", "action": "reset",
			"registercallid": me.RegisterCallID()}
		for i := 0; i < len(key); i += 2 {
			given[key[i]] = key[i+1]
		}
		for k, v := range given {
			args = append(args, "-key", k, v)
		}
		runs(t, t.TempDir(), sipp, append(args, contact)...)
		l.settle()
	}
	asks(404, "user", "1234")
	asks(400, "event", "weather")
	asks(400, "registercallid", "")
	asks(400, "registercallid", "1@host")
	asks(400, "action", "check-version")
	asks(200, "event", "check-sync")
	asks(200, "action", "dance")
	require.EqualValues(t, 1, l.fleet.Tally().Boots.Load(), "none of these had it boot")
	asks(200, "action", "restart")
	require.EqualValues(t, 2, l.fleet.Tally().Boots.Load())
	require.Equal(t, phone.ResetRestart, l.only().Cause)
	me.Session = s.phone.Boots()
	asks(200)
	require.EqualValues(t, 3, l.fleet.Tally().Boots.Load())
	require.Equal(t, phone.ResetReset, l.only().Cause)
	require.Equal(t, 1, l.cluster.Registered())
	// Each time it told its call manager, which had not asked for it, that it goes.
	require.Equal(t, []string{"8", "8"}, l.reasons())
}

// A foreign TVS that knows VERIFY but not QUERY closes the connection, as tvsd
// does: phones cannot follow by it, yet open their directory.
func TestTVSWithoutQUERY(t *testing.T) {
	t.Parallel()
	l := whole(t, 1, 1)
	restore := l.replaceTVS(func(l *lab, conn net.Conn) {
		c := l.secure(conn, cucm.TVSUnit)
		defer c.Close()
		request, err := tvs.ReadRequest(c)
		if err != nil || request.Command != tvs.VerifyRequest {
			return // as tvsd: "Unexpected command: 3", and closes
		}
		answer := l.pub.AnswerTVS(request)
		answer.Certificate = nil
		message, err := answer.AppendBinary(nil)
		if err == nil {
			c.Write(message)
		}
	})
	require.NoError(t, l.pub.Regenerate(cucm.CallManager)) // which resets the phones
	l.settle()
	require.Equal(t, phone.Locked, l.only().State)
	require.ErrorContains(t, l.only().Refusal, "no TVS could be asked")
	var failed []string
	for _, failure := range l.fleet.Failures() {
		if failure.Protocol == "TVS" {
			failed = append(failed, failure.What)
		}
	}
	require.Equal(t, []string{"QUERY request: the connection was closed without an answer"}, failed)
	l.boot(phone.OpenDirectory{})
	require.Equal(t, phone.DirectoryTitle, l.only().Screen, l.only().ScreenReason)
	restore()
}
