package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/textproto"
	"strconv"

	"itlsim/sip"
)

// names tells the services of phones that there are not, each time of another one: it
// registers them, reports their lists, and asks for their configurations.
func names(conn net.Conn, service string) {
	var next func(device string) string
	switch service {
	case "http":
		next = func(device string) string {
			return "GET /" + device + ".cnf.xml.sgn HTTP/1.1\r\nHost: x\r\n\r\n"
		}
	case "sip":
		next = registerOrReport
	default:
		drain(conn)
		return
	}
	in := textproto.NewReader(bufio.NewReader(conn))
	for {
		if _, err := io.WriteString(conn, next(fmt.Sprintf("SEP%012X", rand.Uint64N(1<<48)))); err != nil {
			return
		}
		if !answered(in) {
			return
		}
	}
}

// registerOrReport is one REGISTER or REFER of a phone.
func registerOrReport(device string) string {
	method, more, body := "REGISTER", fmt.Sprintf("Contact: <sip:u@h>;+u.sip!devicename.ccm.cisco.com=%q\r\n", device), ""
	if rand.IntN(2) == 0 {
		var list sip.Checksum
		for i := range list {
			list[i] = byte(rand.IntN(256))
		}
		method, more = "REFER", "Content-Type: "+sip.AlarmType+"\r\n"
		body = string(sip.DeviceTLInfo{Device: device, ITL: &list, ITLServer: "stranger"}.XML())
	}
	return fmt.Sprintf("%s sip:x SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\nFrom: <sip:x@x>;tag=1\r\n"+
		"To: <sip:x@x>\r\nCall-ID: 1\r\nCSeq: 1 %s\r\n%sContent-Length: %d\r\n\r\n%s", method, method, more, len(body), body)
}

// answered reads a final answer, of SIP or HTTP.
func answered(in *textproto.Reader) bool {
	for {
		status, err := in.ReadLine()
		if err != nil {
			return false
		}
		header, err := in.ReadMIMEHeader()
		if err != nil {
			return false
		}
		length, _ := strconv.ParseInt(header.Get("Content-Length"), 10, 64)
		if _, err := io.CopyN(io.Discard, in.R, length); err != nil {
			return false
		}
		if status != "SIP/2.0 100 Trying" {
			return true
		}
	}
}
