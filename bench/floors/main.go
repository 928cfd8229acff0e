//go:build linux

// Command floors does the bare work of what itlsim does on the wire, without
// bookkeeping, logging or limits: the least that it can cost on this machine. It prints
// one line of names and figures. bench/wire, bench/bulk and bench/webapi run it beside itlsim.
//
//	floors boot -by pin|udp   boots of phones: TFTP, HTTP, verifications, SIP's messages
//	floors node -server A:P   asks any TFTP server for files, from an address each
//	floors tvs                questions to a TVS over bare crypto/tls, both ends
//	floors tvs -server A:P    the same client, any TVS
//	floors web -server A:P    what scripts ask a node's web APIs
//	floors descriptors -pid P how many a process has open at most until it ends
package main

import (
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	commands := map[string]func(args []string){
		"boot": boots, "node": node, "tvs": questions, "web": web, "descriptors": descriptors,
	}
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "floors boot|node|tvs|web|descriptors [flags]")
		os.Exit(2)
	}
	commands[os.Args[1]](os.Args[2:])
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "floors:", err)
		os.Exit(1)
	}
}

// load is how much is done, how much of it at a time, and whose processor time is
// told besides.
type load struct{ n, inflight, pid int }

func loadFlags(f *flag.FlagSet, n int) *load {
	l := &load{}
	f.IntVar(&l.n, "n", n, "how many")
	f.IntVar(&l.inflight, "inflight", 64, "how many at a time")
	f.IntVar(&l.pid, "pid", 0, "the server's process, whose processor time is told")
	return l
}

// run does it, and prints microseconds of processor time for each, how many a second,
// failures, and times in milliseconds.
func (l *load) run(do func(i int) bool) {
	var next, failed atomic.Int64
	var done sync.WaitGroup
	took := make([]time.Duration, l.n)
	own, theirs := processorTime(), l.theirs()
	began := time.Now()
	for range l.inflight {
		done.Go(func() {
			for i := next.Add(1) - 1; i < int64(l.n); i = next.Add(1) - 1 {
				at := time.Now()
				if !do(int(i)) {
					failed.Add(1)
				}
				took[i] = time.Since(at)
			}
		})
	}
	done.Wait()
	all := time.Since(began)
	own = processorTime() - own
	time.Sleep(50 * time.Millisecond) // for the server's last ACKs
	theirs = l.theirs() - theirs
	slices.Sort(took)
	each := func(d time.Duration) int64 { return d.Microseconds() / int64(l.n) }
	fmt.Printf("cpu_us %d per_s %.0f failed %d p99_ms %d", each(own), float64(l.n)/all.Seconds(), failed.Load(),
		took[len(took)*99/100].Milliseconds())
	if l.pid != 0 {
		fmt.Printf(" server_cpu_us %d", each(theirs))
	}
}

// processorTime is that of this process, of user and system.
func processorTime() time.Duration {
	var u syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// theirs is that of the server's process, in steps of ten milliseconds (proc(5)).
func (l *load) theirs() time.Duration {
	if l.pid == 0 {
		return 0
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", l.pid))
	must(err)
	_, rest, _ := strings.Cut(string(stat), ") ")
	ticks := 0
	for _, field := range strings.Fields(rest)[11:15] {
		n, err := strconv.Atoi(field)
		must(err)
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// phone is the i-th phone: its name, and its own address.
func phone(i int) (name string, from netip.Addr) {
	device := fmt.Sprintf("SEP%012X", 0x001BD4000000+int64(i))
	return device, netip.AddrFrom4([4]byte{127, 16 + byte(i>>16)&15, byte(i >> 8), byte(i)})
}

// dial connects from a phone's address.
func dial(from netip.Addr, to string) (net.Conn, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: from.AsSlice()}, KeepAlive: -1, Timeout: 10 * time.Second}
	c, err := d.Dial("tcp4", to)
	if err == nil {
		err = c.SetDeadline(time.Now().Add(10 * time.Second))
	}
	return c, err
}
