// Command make writes the example's picture of a fleet: fleet.csv with 5,000
// rows, and in lists/ what the nodes serve and what phones that missed something
// still hold. Its keys are public test keys; run it in examples/fleet:
//
//	go run ./make
package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/scenarios/inventory"
)

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// numbers are serial numbers that are the same each time.
type numbers struct{ *rand.ChaCha8 }

func main() {
	if err := write(); err != nil {
		log.Fatal(err)
	}
}

func write() error {
	lists, err := writeLists()
	if err != nil {
		return err
	}
	return writeFleet(lists)
}

// writeLists plays a year of the cluster: an upgrade, and two new certificates of
// the publisher. It writes the lists that there were.
func writeLists() (map[string]*itl.List, error) {
	cfg := cucm.Cisco117598()
	at := &clock{time.Date(2025, 3, 2, 22, 0, 0, 0, time.UTC)}
	cfg.Clock, cfg.Keys, cfg.Random, cfg.KeyBits = at, testkeys.NewPool(5), numbers{rand.NewChaCha8([32]byte{5})}, 1024
	c, err := cucm.New(cfg)
	if err != nil {
		return nil, err
	}
	pub, sub := c.Nodes()[0], c.Nodes()[1]
	lists := map[string]*itl.List{"last-year": pub.ITL()}
	if lists["before-upgrade"], err = inventory.WithoutRecovery(pub, at.now); err != nil {
		return nil, err
	}
	for _, unit := range []cucm.Unit{cucm.CallManager, cucm.TVSUnit} {
		at.now = at.now.Add(30 * 24 * time.Hour)
		if err := pub.Regenerate(unit); err != nil {
			return nil, err
		}
	}
	lists["test10pub"], lists["test10sub"] = pub.ITL(), sub.ITL()
	for name, list := range lists {
		if err := os.WriteFile("lists/"+name+".tlv", list.Bytes(), 0o666); err != nil {
			return nil, err
		}
	}
	return lists, nil
}

// writeFleet writes the export. Most phones hold the list of their node.
func writeFleet(lists map[string]*itl.List) error {
	f, err := os.Create("fleet.csv")
	if err != nil {
		return err
	}
	defer f.Close()
	w := csv.NewWriter(f)
	w.Write([]string{"name", "model", "firmware", "tftp", "itl", "registered"})
	random, profiles := rand.New(rand.NewPCG(5, 5)), phone.Profiles()
	for i := range 5000 {
		p := profiles[random.IntN(len(profiles))]
		node, registered := "test10pub", "yes"
		if i%2 == 1 {
			node = "test10sub"
		}
		held := node
		switch dice := random.IntN(1000); {
		case dice < 8:
			held, registered = "before-upgrade", "no"
		case dice < 20:
			held, registered = "last-year", "no"
		case dice < 40:
			registered = "no"
		}
		sum := fmt.Sprintf("%X", lists[held].SHA1())
		if dice := random.IntN(1000); dice < 3 {
			sum = strings.Repeat("00", 16) + fmt.Sprintf("%08X", i) // of another cluster, perhaps
		}
		if !p.ReportsLists && registered == "yes" {
			sum = "" // such firmware reports nothing
		}
		w.Write([]string{fmt.Sprintf("SEP00A1B2%06X", 7*i), p.Model, p.Firmware, node, sum, registered})
	}
	w.Flush()
	return errors.Join(w.Error(), f.Close())
}
