//go:build linux

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
)

// A place is where a process of a farm runs, and under which address.
type place struct{ namespace, address string }

// args are a command line for itlsim there.
func (p place) args(args ...string) []string {
	if p.namespace == "" {
		return append([]string{"itlsim"}, args...)
	}
	return append([]string{"ip", "netns", "exec", p.namespace, "itlsim"}, args...)
}

// A phonesFarm is a command that workers have phones for, and they, each a process of its own.
type phonesFarm struct {
	*testing.T
	dir, join string
	cmd       *exec.Cmd
	out       *heard
	workers   []*exec.Cmd
	says      []*heard // they
}

// heard is what a process has said so far.
type heard struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

// heardOf starts itlsim in a directory, and listens to it.
func heardOf(t *testing.T, dir string, args ...string) (*exec.Cmd, *heard) {
	cmd, h := exec.Command(args[0], args[1:]...), &heard{}
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, h, h
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGCONT)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd, h
}

// phonesOf starts itlsim phones and workers.
func phonesOf(t *testing.T, listen string, at []place, own func(i int) []string, flags ...string) *phonesFarm {
	return byWorkers(t, listen, at, own, append([]string{"phones"}, flags...)...)
}

// byWorkers starts a command and its workers. Worker i has the flags that own gives.
func byWorkers(t *testing.T, listen string, at []place, own func(i int) []string, command ...string) *phonesFarm {
	f := &phonesFarm{T: t, dir: t.TempDir()}
	f.join = filepath.Join(f.dir, "store", "join")
	args := append(command, "--farm-listen", listen, "--farm-store", "store", "--json", "r.json",
		"--workers-wanted", fmt.Sprint(len(at)))
	f.cmd, f.out = heardOf(t, f.dir, append([]string{"itlsim"}, args...)...)
	require.NotNil(t, awaitFile(t, f.join), "%s", f.out)
	for i, p := range at {
		args := p.args("worker", "--farm", f.join, "--address", p.address, "--name", fmt.Sprint("w", i+1))
		cmd, says := heardOf(t, f.dir, append(args, own(i)...)...)
		f.workers, f.says = append(f.workers, cmd), append(f.says, says)
	}
	return f
}

// report is what was written last.
func (f *phonesFarm) report() (r phonesReport) {
	data, err := os.ReadFile(filepath.Join(f.dir, "r.json"))
	require.NoError(f, err, "%s", f.out)
	require.NoError(f, json.Unmarshal(data, &r))
	return r
}

// bootsIn is how many boots a report has the times of.
func bootsIn(r phonesReport) (n uint64) {
	for _, b := range r.BootMS.Buckets {
		n += b.Boots
	}
	return n
}

func nothing(int) []string { return nil }

// loopback are machines that loopback has room for.
func loopback(n int) (at []place) {
	for i := range n {
		at = append(at, place{address: fmt.Sprintf("127.21.0.%d", i+1)})
	}
	return at
}

// storms boots the phones of some machines, resets them by an administrator's command, and checks
// the one report of all.
func storms(t *testing.T, s *served, listen string, at []place, own func(int) []string, phones int) {
	f := phonesOf(t, listen, at, own, "--tftp", s.Nodes[0].TFTP, "--phones", fmt.Sprint(phones), "--stay",
		"--quiet-for", "300ms")
	require.NotNil(t, awaitFile(t, filepath.Join(f.dir, "r.json")), "%s", f.out)
	check := func(cause string, boots uint64) {
		r := f.report()
		require.Equal(t, phones, r.Phones, "%s", f.out)
		require.Equal(t, phones, r.States["trusted"], "%+v", r.States)
		require.Len(t, r.Each, phones)
		require.Equal(t, boots, bootsIn(r), "their times add up")
		var where []string // in the order of shards, whoever came first
		for i, p := range r.Each {
			require.Equal(t, fmt.Sprintf("SEP%012X", 0x1BD4000000+int64(i)), p.Name, "in one order")
			require.Equal(t, cause, p.RestartCause, p.Name)
			where = append(where, p.IP)
		}
		require.Len(t, slices.Compact(where), len(at))
		for _, p := range at {
			require.Contains(t, where, p.address)
		}
	}
	check("Reset-Reset", uint64(2*phones)) // as newcomers, when the cluster had entered them
	alarms := f.report().Alarms

	client := s.login(0)
	_, err := s.run(client, "set date "+time.Now().UTC().AddDate(0, 0, 1).Format("15:04:05 01/02/06"))
	require.NoError(t, err)
	_, err = s.run(client, "set cert regen TVS", "yes")
	require.NoError(t, err)
	reports := alarms + uint64(phones*4/5) // of the phones that report their lists, once more each
	require.Eventually(t, func() bool {
		require.NoError(t, f.cmd.Process.Signal(syscall.SIGUSR1))
		return f.report().Alarms >= reports && bootsIn(f.report()) == uint64(3*phones)
	}, soon, 200*time.Millisecond)
	require.NoError(t, f.cmd.Process.Signal(syscall.SIGTERM))
	require.Equal(t, exitInterrupted, ended(t, f.cmd), "%s", f.out)
	check("Reset-Reset", uint64(3*phones))
	require.Equal(t, reports, f.report().Alarms)
}

// The phones of two processes are in one report, and a reset reaches each.
func TestPhonesOfAFarm(t *testing.T) {
	storms(t, serve(t), "127.0.0.1:0", loopback(2), nothing, 40)
}

// The same with three machines, as far as namespaces have what machines do: the farm by TLS,
// servers that are not on the workers' loopback.
func TestPhonesOfMachines(t *testing.T) {
	if os.Getenv("ITLSIM_LONG") == "" {
		t.Skip("network namespaces are for ITLSIM_LONG")
	}
	home, at := namespaces(t, 3)
	s := up(t, "serve", "--address", home, "--port-offset", "20000", "--admin-password", servedPassword,
		"--key-bits", "1024")
	own := func(int) []string { return []string{"--target", home + "/30"} }
	storms(t, s, home+":0", at, own, 300)
}

// namespaces are machines of their own, with this one in their midst, which has four addresses
// from home on.
func namespaces(t *testing.T, n int) (home string, at []place) {
	t.Helper()
	ip := func(args ...string) error {
		out, err := exec.Command("ip", args...).CombinedOutput()
		if err != nil {
			err = fmt.Errorf("ip %s: %w: %s", strings.Join(args, " "), err, out)
		}
		return err
	}
	name := func(i int) string { return fmt.Sprintf("itlsim%d-%d", os.Getpid(), i) }
	if err := ip("netns", "add", name(0)); err != nil {
		t.Skip("no namespaces can be made here:", err)
	}
	require.NoError(t, ip("netns", "delete", name(0)))
	const net = "10.213.77." // of a test network
	home = net + "200"
	for i := range 4 {
		local := fmt.Sprintf("%s%d/32", net, 200+i)
		require.NoError(t, ip("address", "add", local, "dev", "lo"))
		t.Cleanup(func() { _ = ip("address", "delete", local, "dev", "lo") })
	}
	for i := range n {
		ns, id := name(i+1), fmt.Sprintf("%d-%d", os.Getpid()%10000, i)
		here, there := "itl"+id, "itm"+id
		near, far := fmt.Sprintf("%s%d", net, 4*i+1), fmt.Sprintf("%s%d", net, 4*i+2)
		require.NoError(t, ip("netns", "add", ns))
		t.Cleanup(func() { _ = ip("netns", "delete", ns) })
		for _, args := range [][]string{
			{"link", "add", here, "type", "veth", "peer", "name", there, "netns", ns},
			{"address", "add", near + "/30", "dev", here},
			{"link", "set", here, "up"},
			{"-n", ns, "address", "add", far + "/30", "dev", there},
			{"-n", ns, "link", "set", there, "up"},
			{"-n", ns, "link", "set", "lo", "up"},
			{"-n", ns, "route", "add", "default", "via", near},
		} {
			require.NoError(t, ip(args...))
		}
		at = append(at, place{ns, far})
	}
	return home, at
}

// A worker that is killed ends the run with numbers, and a report of the others' phones.
func TestLostWorker(t *testing.T) {
	if os.Getenv("ITLSIM_LONG") == "" {
		t.Skip("it waits for ten seconds")
	}
	s := serve(t)
	f := phonesOf(t, "127.0.0.1:0", loopback(2), nothing, "--tftp", s.Nodes[0].TFTP, "--phones", "20", "--stay")
	require.NotNil(t, awaitFile(t, filepath.Join(f.dir, "r.json")), "%s", f.out)
	require.NoError(t, f.workers[1].Process.Kill())
	require.Equal(t, exitBroken, ended(t, f.cmd))
	r := f.report()
	require.Equal(t, 10, r.Phones)
	require.Len(t, r.Lost, 1)
	require.Equal(t, 10, r.Lost[0].Phones)
	require.Contains(t, f.out.String(), fmt.Sprintf("itlsim: worker %s lost 10 phones", r.Lost[0].Worker))
	require.Contains(t, f.out.String(), "lost                 10  with worker "+r.Lost[0].Worker)
}

// A worker sends to its targets alone, and takes as many phones as it may.
func TestRefusedByAWorker(t *testing.T) {
	for flag, says := range map[string]string{
		"--target=10.0.0.0/8": "itlsim: worker w1: --target: nothing is sent to 127.21.9.1:69: it is not in 10.0.0.0/8",
		"--phones-max=4":      "itlsim: worker w1: 5 phones are more than --phones-max 4 allows here",
	} {
		f := phonesOf(t, "127.0.0.1:0", loopback(1), func(int) []string { return []string{flag} },
			"--tftp", "127.21.9.1", "--phones", "5")
		require.Equal(t, exitBroken, ended(t, f.cmd), "%s", f.out)
		require.Contains(t, f.out.String(), says)
	}
}

// What happens to phones that stay on their worker tells, from when they are to.
func TestPhonesOfAWorkerThatStay(t *testing.T) {
	cluster, _ := listening(t, []string{"127.2.1.22", "127.2.1.23"})
	told, out := io.Pipe()
	d := &phonesDuty{at: phonesAt{one: netip.MustParseAddr("127.2.9.9")}, takes: (&workerCmd{PhonesMax: 2}).takes, warnings: out}
	defer d.Close()
	defer told.Close() // so that nothing waits to be told
	spec := &phonesSpec{
		TFTP: []string{cluster.Publisher().Address(cucm.TFTPService)}, Phones: 1, Name: "SEP001BD4000000",
		Model: []string{"8861"}, Boots: 1,
	}
	for _, o := range []phonesOrder{{Do: orderPutUp, Spec: spec}, {Do: orderBoot}, {Do: orderStay}, {Do: orderStay}} {
		text, err := json.Marshal(o)
		require.NoError(t, err)
		_, err = d.Do(t.Context(), text)
		require.NoError(t, err)
	}
	spoilt := func(name string, data []byte) []byte {
		if strings.HasSuffix(name, ".tlv") {
			return []byte("no list")
		}
		return data
	}
	cluster.Publisher().SetFaults(&cucm.Faults{File: spoilt})
	cluster.ResetPhones()
	line, err := bufio.NewReader(told).ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, line, "SEP001BD4000000 trusted → locked: ")
}
