// Command make writes the example's picture of a fleet: fleet.csv with 5,000
// rows, and in lists/ what the nodes serve and what phones that missed something
// still hold. Its keys are public test keys; run it in examples/fleet:
//
//	go run ./make
package main

import (
	"encoding/csv"
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
	cfg := cucm.Cisco117598()
	at := &clock{time.Date(2025, 3, 2, 22, 0, 0, 0, time.UTC)}
	cfg.Clock, cfg.Keys, cfg.Random, cfg.KeyBits = at, testkeys.NewPool(5), numbers{rand.NewChaCha8([32]byte{5})}, 1024
	c, err := cucm.New(cfg)
	if err != nil {
		return err
	}
	pub, sub := c.Nodes()[0], c.Nodes()[1]
	lists := map[string]*itl.List{}
	// before the upgrade to 10.0 there was no recovery key
	old := itl.Template{Filename: itl.ITLFilename, Timestamp: at.now, Digest: itl.SHA1}
	for _, r := range pub.ITL().Records {
		if !strings.HasPrefix(itl.CommonName(r.Subject), cucm.RecoveryPrefix) {
			old.Records = append(old.Records, r)
		}
	}
	if lists["before-upgrade"], err = old.Sign(pub.Certificate(cucm.CallManager).Signer); err != nil {
		return err
	}
	lists["last-year"] = pub.ITL()
	for _, unit := range []cucm.Unit{cucm.CallManager, cucm.TVSUnit} {
		at.now = at.now.Add(30 * 24 * time.Hour)
		if err := pub.Regenerate(unit); err != nil {
			return err
		}
	}
	lists["test10pub"], lists["test10sub"] = pub.ITL(), sub.ITL()
	for name, list := range lists {
		if err := os.WriteFile("lists/"+name+".tlv", list.Bytes(), 0o666); err != nil {
			return err
		}
	}

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
		if !p.ReportsLists() && registered == "yes" {
			sum = "" // such firmware reports nothing
		}
		w.Write([]string{fmt.Sprintf("SEP00A1B2%06X", 7*i), p.Model, p.Firmware, node, sum, registered})
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return f.Close()
}
