// Command attack is many strangers at once who take places at the services of a cluster
// and give nothing for them. .ci/attack runs it beside phones that boot.
//
//	attack -ready FILE -clients 1000 -transfers 10000 -ways silent,half
//
// At the services that the ready file of `itlsim serve` names, each way has so many
// clients at each TCP port, and so many TFTP transfers are asked for at the first node
// and never acknowledged. Who is cut off comes again after five seconds. It goes on until it
// is interrupted, and prints then what it did, a line for each way.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A target is a port.
type target struct {
	service string // by its name in the ready file; sips is SIP by TLS
	at      netip.AddrPort
}

func main() {
	ready := flag.String("ready", "", "the ready `FILE` of itlsim serve")
	clients := flag.Int("clients", 1000, "clients of each way at each TCP port")
	transfers := flag.Int("transfers", 10000, "TFTP transfers that are never acknowledged; 0: none")
	chosen := flag.String("ways", "silent", "comma-separated, of "+strings.Join(wayNames(), ", "))
	addresses := flag.Int("addresses", 1, "how many loopback addresses, from 127.77.0.1 on, strangers have")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := attack(ctx, *ready, strings.Split(*chosen, ","), *clients, *transfers, *addresses); err != nil {
		fmt.Fprintln(os.Stderr, "attack:", err)
		os.Exit(1)
	}
}

func attack(ctx context.Context, ready string, chosen []string, clients, transfers, addresses int) error {
	targets, err := read(ready)
	if err != nil {
		return err
	}
	from := sources(addresses)
	var all []*way
	var running sync.WaitGroup
	for _, name := range chosen {
		if clients == 0 {
			break
		}
		i := slices.IndexFunc(ways, func(w *way) bool { return w.name == name })
		if i < 0 {
			return fmt.Errorf("no way %q", name)
		}
		w := ways[i]
		all = append(all, w)
		for _, t := range targets {
			for range clients {
				if t.service != "tftp" {
					running.Go(func() { w.goOn(ctx, t, from()) })
				}
			}
		}
	}
	if i := slices.IndexFunc(targets, func(t target) bool { return t.service == "tftp" }); i >= 0 && transfers > 0 {
		running.Go(func() { halfOpen(ctx, targets[i].at, transfers, from) })
	}
	<-ctx.Done()
	for _, w := range all {
		fmt.Printf("%-8s %6d connections open, %d were opened, %d refused\n",
			w.name, w.open.Load(), w.opened.Load(), w.refused.Load())
	}
	if transfers > 0 {
		fmt.Printf("%-8s %6d transfers, asked for %d times\n", "tftp", transfers, asked.Load())
	}
	running.Wait()
	return nil
}

// read finds the ports in a ready file.
func read(ready string) ([]target, error) {
	data, err := os.ReadFile(ready)
	if err != nil {
		return nil, err
	}
	var file struct{ Nodes []map[string]string }
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", ready, err)
	}
	var all []target
	for _, node := range file.Nodes {
		for service, address := range node {
			at, err := netip.ParseAddrPort(address)
			if err != nil {
				continue // its name or its role
			}
			all = append(all, target{service, at})
			if service == "sip" {
				all = append(all, target{"sips", netip.AddrPortFrom(at.Addr(), at.Port()+1)})
			}
		}
	}
	return all, nil
}

// sources gives strangers their addresses in turn.
func sources(n int) func() netip.Addr {
	first := netip.MustParseAddr("127.77.0.1").As4()
	var mu sync.Mutex
	next := 0
	return func() netip.Addr {
		mu.Lock()
		defer mu.Unlock()
		a := first
		a[2], a[3] = byte(next/250), byte(1+next%250)
		next = (next + 1) % n
		return netip.AddrFrom4(a)
	}
}

// Strangers come one after the other within coming; who was cut off comes again.
const (
	coming = 3 * time.Second
	again  = 5 * time.Second
)

// pause waits, or less if the context ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
