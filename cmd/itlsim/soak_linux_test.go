package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/require"
)

func init() { programs["itlsim-soaked"] = soaked }

// soaked is the program as it is, which tells on SIGUSR1 how many goroutines it has, and
// what they do: that cannot be seen from outside, and nobody else needs to know it.
func soaked() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	go func() {
		for range asked {
			tell(os.Getenv("ITLSIM_TOLD"))
		}
	}()
	main()
}

// tell writes a file of numbers, and beside it one of stacks.
func tell(name string) {
	var m runtime.MemStats
	runtime.GC() // what is left of the heap is alive
	runtime.ReadMemStats(&m)
	if f, err := os.Create(name + ".stacks"); err == nil {
		_ = pprof.Lookup("goroutine").WriteTo(f, 1)
		f.Close()
	}
	said, _ := json.Marshal(heapAndStacks{runtime.NumGoroutine(), m.HeapAlloc}) // numbers
	if os.WriteFile(name+".part", said, 0o600) == nil {
		_ = os.Rename(name+".part", name)
	}
}

type heapAndStacks struct {
	Goroutines int
	Heap       uint64 // bytes
}

// A soakedProcess is one of the two that are soaked.
type soakedProcess struct {
	t     *testing.T
	file  string // that it tells by
	flags []string
	cmd   *exec.Cmd
	said  strings.Builder // by all of its lives
}

func (p *soakedProcess) start() {
	p.cmd = exec.Command("itlsim-soaked", p.flags...)
	p.cmd.Env = append(os.Environ(), "ITLSIM_TOLD="+p.file, "ITLSIM_ADMIN_PASSWORD="+servedPassword)
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	require.NoError(p.t, p.cmd.Start())
}

func (p *soakedProcess) end(with os.Signal) {
	_ = p.cmd.Process.Signal(with)
	_ = p.cmd.Wait()
}

// usage is what a process has of the machine.
type usage struct {
	heapAndStacks
	memory, descriptors int // resident, in KiB
}

func (p *soakedProcess) usage() (u usage) {
	p.t.Helper()
	_ = os.Remove(p.file)
	require.NoError(p.t, p.cmd.Process.Signal(syscall.SIGUSR1), "the process has ended: %s", &p.said)
	require.NoError(p.t, json.Unmarshal(awaitFile(p.t, p.file), &u.heapAndStacks))
	proc := fmt.Sprintf("/proc/%d/", p.cmd.Process.Pid)
	status, err := os.ReadFile(proc + "status")
	require.NoError(p.t, err)
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	_, err = fmt.Sscan(after, &u.memory)
	require.NoError(p.t, err)
	open, err := os.ReadDir(proc + "fd")
	require.NoError(p.t, err)
	u.descriptors = len(open)
	return u
}

// size is how many KiB the files of a directory have.
func size(dir string) (kib int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil { // else it has gone
				kib += (info.Size() + 1023) / 1024
			}
		}
		return nil
	})
	return kib
}

// A soak is a cluster and phones under way.
type soak struct {
	*served        // how the server is reached
	server, phones *soakedProcess
	state          string
	did            map[string]int // acts
	random         *rand.Rand
}

const soakedPhones = 60

// TestSoak has a cluster that keeps its state, and phones, live through an administrator
// who changes certificates and restarts services, strangers who flood every port, and
// kills, all of it by chance. In the first three tenths of the time the processes are
// killed, later they live on, so that what grows is seen. ITLSIM_SOAK says for how long, and
// ITLSIM_SOAK_ATTACK where bench/attack is; .ci/soak sets both.
func TestSoak(t *testing.T) {
	long, err := time.ParseDuration(os.Getenv("ITLSIM_SOAK"))
	if err != nil {
		t.Skip("ITLSIM_SOAK is not a duration")
	}
	s := newSoak(t)
	table := tabwriter.NewWriter(t.Output(), 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "min\tserve MiB\theap\tfiles\tgoroutines\tphones MiB\theap\tfiles\tgoroutines\tstate KiB\t")
	row := func(name string) (server, phones usage) {
		server, phones = s.server.usage(), s.phones.usage()
		fmt.Fprint(table, name)
		for _, u := range []usage{server, phones} {
			fmt.Fprintf(table, "\t%d\t%d\t%d\t%d", u.memory>>10, u.Heap>>20, u.descriptors, u.Goroutines)
		}
		fmt.Fprintf(table, "\t%d\t\n", size(s.state))
		return server, phones
	}
	row("0")
	var middle [2]usage
	began := time.Now()
	for tenth := 1; tenth <= 10; tenth++ {
		for time.Since(began) < long*time.Duration(tenth)/10 {
			s.act(tenth <= 3)
		}
		if tenth == 10 {
			time.Sleep(time.Minute) // what was begun comes to its end
		}
		server, phones := row(fmt.Sprintf("%.1f", time.Since(began).Minutes()))
		if tenth == 5 {
			middle = [2]usage{server, phones}
		}
		if tenth == 10 {
			s.grown("serve", middle[0], server)
			s.grown("phones", middle[1], phones)
		}
	}
	table.Flush()
	t.Logf("done: %v", s.did)
	s.phones.end(os.Interrupt)
	s.server.end(os.Interrupt)
	for _, p := range []*soakedProcess{s.server, s.phones} {
		for _, bad := range []string{"DATA RACE", "panic:", "fatal error:", "goroutine "} {
			require.NotContains(t, p.said.String(), bad)
		}
	}
	t.Logf("%s", s.phones.said.String())
	s.registered()
}

// newSoak puts both up, and waits until the phones are registered.
func newSoak(t *testing.T) *soak {
	dir := t.TempDir()
	s := &soak{state: filepath.Join(dir, "state"), did: map[string]int{}, random: rand.New(rand.NewPCG(1, 2))}
	network := 20 + rand.IntN(100)
	readyFile := filepath.Join(dir, "ready.json")
	s.server = &soakedProcess{t: t, file: filepath.Join(dir, "server"), flags: []string{
		"serve", "--ready-file", readyFile, "--state", s.state, "--key-bits", "1024",
		"--address", fmt.Sprintf("127.%d.1.2", network), "--port-offset", fmt.Sprint(10000 + rand.IntN(14000)),
	}}
	s.served = &served{t: t}
	s.server.start()
	require.NoError(t, json.Unmarshal(awaitFile(t, readyFile), &s.ready))
	s.phones = &soakedProcess{t: t, file: filepath.Join(dir, "phones"), flags: []string{
		"phones", "--tftp", s.Nodes[0].TFTP, "--phones", fmt.Sprint(soakedPhones), "--stay",
		"--from", fmt.Sprintf("127.%d.0.1", network+100), "--json", filepath.Join(dir, "phones.json"),
	}}
	s.phones.start()
	t.Cleanup(func() {
		s.server.end(os.Kill)
		s.phones.end(os.Kill)
	})
	time.Sleep(10 * time.Second)
	return s
}

// grown fails where something has grown for half of the time.
func (s *soak) grown(who string, before, after usage) {
	if after.memory > before.memory*3/2+32<<10 || after.Goroutines > before.Goroutines+50 ||
		after.descriptors > before.descriptors+50 {
		stacks, _ := os.ReadFile(s.server.file + ".stacks")
		s.t.Errorf("%s has grown: %+v, and was %+v\n%s", who, after, before, stacks)
	}
}

// registered fails where a phone is not registered at the end.
func (s *soak) registered() {
	data, err := os.ReadFile(filepath.Join(filepath.Dir(s.state), "phones.json"))
	require.NoError(s.t, err)
	var r phonesReport
	require.NoError(s.t, json.Unmarshal(data, &r))
	require.Equal(s.t, soakedPhones, r.Phones)
	require.Zero(s.t, r.Registered[""], "phones without a call manager: %v", r.Registered)
}

// act does something, and takes a while for it.
func (s *soak) act(kills bool) {
	node := s.random.IntN(len(s.Nodes))
	acts := []func(){
		func() { s.types(node, "set cert regen CallManager", "yes") },
		func() { s.types(node, "set cert regen TVS", "yes") },
		func() { s.types(0, "set cert regen ITLRecovery", "yes") },
		func() { s.types(node, "utils service restart Cisco Tftp") },
		func() { s.types(node, "utils service restart Cisco CallManager") },
		func() { s.types(node, "utils service restart Cisco Trust Verification Service") },
		func() { s.types(0, "utils itl reset localkey", servedPassword) },
		func() { s.types(node, "show itl") },
		func() { s.types(node, "file view activelog syslog/CiscoSyslog") },
		func() { s.flood(node) }, func() { s.flood(node) }, func() { s.flood(node) },
	}
	if kills {
		acts = append(acts, func() {
			s.count("kill of serve", nil)
			s.server.end(os.Kill)
			_ = os.Remove(s.server.flags[2]) // the ready file
			s.server.start()
			require.NotNil(s.t, awaitFile(s.t, s.server.flags[2]), "%s", &s.server.said)
		}, func() {
			s.count("kill of phones", nil)
			s.phones.end(os.Kill)
			s.phones.start()
			time.Sleep(5 * time.Second)
		})
	}
	acts[s.random.IntN(len(acts))]()
	time.Sleep(time.Second)
}

func (s *soak) count(what string, err error) {
	if err != nil {
		what += ", refused"
	}
	s.did[what]++
}

// types gives a command by SSH; refusals are as well.
func (s *soak) types(node int, line string, answers ...string) {
	client, err := s.dial(node, servedPassword)
	if err == nil {
		_, err = s.run(client, line, answers...)
		client.Close()
	}
	s.count(line, err)
}

// flood has strangers come: to all ports of all nodes in one of the ways of bench/attack,
// and to those of a node with noise, names of no phone and a wrong password.
func (s *soak) flood(node int) {
	ways := []string{"silent", "half", "drip", "asks", "gorges", "comes"}
	way := ways[s.random.IntN(len(ways))]
	s.count("flood that "+way, nil)
	attack := exec.Command(os.Getenv("ITLSIM_SOAK_ATTACK"), "-ready", s.server.flags[2],
		"-clients", "30", "-transfers", "200", "-addresses", "3", "-ways", way)
	attack.Stderr = &s.server.said
	require.NoError(s.t, attack.Start())
	defer func() {
		_ = attack.Process.Signal(os.Interrupt)
		require.NoError(s.t, attack.Wait())
	}()
	n := s.Nodes[node]
	noise := make([]byte, 100)
	for i := range noise {
		noise[i] = byte(s.random.IntN(256))
	}
	for i := range 30 {
		name := fmt.Sprintf("SEP0000000000%02X", i)
		for _, address := range []string{n.HTTP, n.TVS, n.SIP, n.HTTPS, n.SSH} {
			defer says("tcp", address, string(noise))()
		}
		defer says("tcp", n.HTTP, "GET /"+name+".cnf.xml.sgn HTTP/1.1\r\nHost: a\r\n\r\n")()
		defer says("tcp", n.SIP, "REGISTER sip:a SIP/2.0\r\nVia: SIP/2.0/TCP a\r\nFrom: <sip:"+name+"@a>;tag=1\r\n"+
			"To: <sip:"+name+"@a>\r\nCall-ID: "+name+"\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n")()
		defer says("udp", n.TFTP, string(noise))()
		defer says("udp", n.TFTP, "\x00\x01"+name+".cnf.xml.sgn\x00octet\x00")()
	}
	if c, err := s.dial(node, "wrong"); err == nil {
		c.Close()
		s.t.Error("a wrong password lets in")
	}
	time.Sleep(time.Duration(s.random.IntN(5000)) * time.Millisecond)
}

// says says something to a server, and gives what ends the connection.
func says(network, address, what string) (end func()) {
	c, err := net.DialTimeout(network, address, time.Second)
	if err != nil {
		return func() {}
	}
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	_, _ = c.Write([]byte(what)) // whether it is heard does not matter
	return func() { c.Close() }
}
