//go:build linux

package main

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
)

// A shop is what phones boot by: a list and a configuration, signed, and servers.
type shop struct {
	key       *rsa.PrivateKey
	files     map[string][]byte // by what names begin with
	signature []byte            // of the configuration
	tftp      string
	http, sip string
}

// A fetcher fetches a file by TFTP; nil without an error is "not found".
type fetcher func(from netip.Addr, server, name string) ([]byte, error)

// boots does boots of phones for which nothing has changed: no CTL, a list, a
// configuration whose signature is verified, an alarm and a registration.
func boots(args []string) {
	f := flag.NewFlagSet("boot", flag.ExitOnError)
	l := loadFlags(f, 2500)
	by := f.String("by", "udp", "pin: pin/tftp; udp: one socket for all transfers at each end")
	list := f.Int("list", 6500, "bytes of the list")
	config := f.Int("config", 4400, "bytes of the configuration")
	share := f.Float64("http", 0, "share of phones that ask by HTTP")
	must(f.Parse(args))
	s := newShop(*list, *config)
	var fetch fetcher
	if *by == "pin" {
		fetch = s.servePin()
	} else {
		fetch = s.serveUDP()
	}
	l.run(func(i int) bool { return s.boot(i, fetch, float64(i%10) < *share*10) })
	fmt.Println()
}

func newShop(list, config int) *shop {
	s := &shop{files: map[string][]byte{"ITL": make([]byte, list), "SEP": make([]byte, config)}}
	for _, data := range s.files {
		rand.Read(data)
	}
	var err error
	s.key, err = rsa.GenerateKey(rand.Reader, 2048)
	must(err)
	digest := sha1.Sum(s.files["SEP"])
	s.signature, err = rsa.SignPKCS1v15(nil, s.key, crypto.SHA1, digest[:])
	must(err)
	l, err := net.Listen("tcp4", "127.0.0.2:0")
	must(err)
	s.http = l.Addr().String()
	go http.Serve(l, http.HandlerFunc(s.answerHTTP))
	s.sip = serveTCP(answerSIP)
	return s
}

// find is nil for what is not there.
func (s *shop) find(name string) []byte { return s.files[name[:min(3, len(name))]] }

// boot is one boot of the i-th phone.
func (s *shop) boot(i int, fetch fetcher, byHTTP bool) bool {
	name, from := phone(i)
	get := fetch
	server := s.tftp
	if byHTTP {
		get, server = getHTTP, s.http
		if data, err := get(from, server, "CTL"+name+".tlv"); data != nil || err != nil {
			return false
		}
	}
	if data, err := fetch(from, s.tftp, "CTL"+name+".tlv"); data != nil || err != nil {
		return false // what HTTP does not have, TFTP is asked for
	}
	list, err := get(from, server, "ITL"+name+".tlv")
	if err != nil || !bytes.Equal(list, s.files["ITL"]) {
		return false
	}
	config, err := get(from, server, name+".cnf.xml.sgn")
	digest := sha1.Sum(config)
	if err != nil || rsa.VerifyPKCS1v15(&s.key.PublicKey, crypto.SHA1, digest[:], s.signature) != nil {
		return false
	}
	return s.register(from)
}

func (s *shop) answerHTTP(w http.ResponseWriter, r *http.Request) {
	data := s.find(r.URL.Path[1:])
	if data == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header()["Date"] = nil
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.Header().Set("Content-Type", "*/*")
	w.Write(data)
}

// getHTTP asks over a connection of its own.
func getHTTP(from netip.Addr, server, name string) ([]byte, error) {
	c, err := dial(from, server)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	fmt.Fprintf(c, "GET /%s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Cisco-CP8861/10.3.1\r\n"+
		"Accept: */*\r\nConnection: close\r\n\r\n", name, server)
	r := bufio.NewReader(c)
	status, length := "", 0
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		text := strings.TrimSpace(string(line))
		switch v, found := strings.CutPrefix(text, "Content-Length: "); {
		case status == "":
			_, status, _ = strings.Cut(text, " ")
		case found:
			length, _ = strconv.Atoi(v)
		case text == "" && strings.HasPrefix(status, "404"):
			return nil, nil
		case text == "":
			data := make([]byte, length)
			_, err := io.ReadFull(r, data)
			return data, err
		}
	}
}

// An exchange over SIP: REFER with an alarm, REGISTER, and their answers, of the
// lengths that itlsim's have; nobody reads them.
var exchange = [2]struct{ asked, answer []byte }{{line(1480), line(420)}, {line(1250), line(620)}}

func line(n int) []byte { return append(bytes.Repeat([]byte("x"), n-1), '\n') }

func (s *shop) register(from netip.Addr) bool {
	c, err := dial(from, s.sip)
	if err != nil {
		return false
	}
	defer c.Close()
	var buf [2048]byte
	for _, m := range exchange {
		c.Write(m.asked)
		if _, err := io.ReadFull(c, buf[:len(m.answer)]); err != nil {
			return false
		}
	}
	return true
}

func answerSIP(c net.Conn) {
	var buf [2048]byte
	for _, m := range exchange {
		if _, err := io.ReadFull(c, buf[:len(m.asked)]); err != nil {
			return
		}
		c.Write(m.answer)
	}
}

// serveTCP serves connections, a goroutine each, and returns where.
func serveTCP(serve func(net.Conn)) string {
	l, err := net.Listen("tcp4", "127.0.0.2:0")
	must(err)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				serve(c)
			}()
		}
	}()
	return l.Addr().String()
}
