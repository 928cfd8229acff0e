// Command generate writes keys.txt anew: run `go generate ./cucm/testkeys`.
package main

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"log"
	"os"
)

func main() {
	var out bytes.Buffer
	for _, lot := range []struct{ bits, count int }{{1024, 160}, {2048, 96}, {4096, 8}} {
		for range lot.count {
			key, err := rsa.GenerateKey(rand.Reader, lot.bits)
			if err != nil {
				log.Fatal(err)
			}
			size := lot.bits / 16
			primes := make([]byte, 2*size)
			key.Primes[0].FillBytes(primes[:size])
			key.Primes[1].FillBytes(primes[size:])
			fmt.Fprintln(&out, lot.bits, base64.RawStdEncoding.EncodeToString(primes))
		}
	}
	if err := os.WriteFile("keys.txt", out.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}
