//go:build linux

package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

// descriptors prints how many descriptors a process has open at most until it ends.
// It looks two hundred times a second: what is shorter is missed, as is the difference
// of a few that are opened while it looks.
func descriptors(args []string) {
	f := flag.NewFlagSet("descriptors", flag.ExitOnError)
	pid := f.Int("pid", 0, "the process")
	must(f.Parse(args))
	most := 0
	for {
		open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", *pid))
		if err != nil || len(open) == 0 { // a process that has ended has none
			break
		}
		most = max(most, len(open))
		time.Sleep(5 * time.Millisecond)
	}
	fmt.Println("most", most)
}
