package sip

import (
	"bytes"
	"net/netip"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"
)

// A Reply is what an answer to a request says. What it repeats of the request
// comes from there. What is zero is left out.
type Reply struct {
	Code        int
	Phrase      string // beside the code; the usual one where empty
	Date        time.Time
	Server      string
	Expires     *time.Duration
	Contact     string
	Supported   string
	Warning     string // its text
	ContentType string
	Body        string
}

var phrases = map[int]string{
	100: "Trying", 200: "OK", 202: "Accepted", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
	405: "Method Not Allowed", 480: "Temporarily Unavailable", 501: "Not Implemented",
}

// To writes the answer to a request that came from an address, its headers in the
// order of CUCM's answers to a 7821. Where the topmost Via names another host, the
// answer says where the request came from; rport stays as it was (CUCM 12.0 and
// 14, SIPCC).
func (a *Reply) To(r *sip.Request, from netip.Addr) []byte {
	var m bytes.Buffer
	m.Grow(1024 + len(a.Body))
	add := func(parts ...string) {
		for _, part := range parts {
			m.WriteString(part)
		}
		m.WriteString("\r\n")
	}
	optional := func(name, value string) {
		if value != "" {
			add(name, ": ", value)
		}
	}
	phrase := a.Phrase
	if phrase == "" {
		phrase = phrases[a.Code]
	}
	add("SIP/2.0 ", strconv.Itoa(a.Code), " ", phrase)
	for _, h := range r.Headers() {
		via, ok := h.(*sip.ViaHeader)
		if !ok {
			continue
		}
		via.StringWrite(&m)
		if via == r.Via() && elsewhere(via, from) {
			m.WriteString(";received=" + from.Unmap().String())
		}
		add()
	}
	r.From().StringWrite(&m)
	add()
	tag := ""
	if a.Code != 100 && !r.To().Params.Has("tag") {
		tag = ";tag=" + toTag(r)
	}
	r.To().StringWrite(&m)
	add(tag)
	if !a.Date.IsZero() {
		add("Date: ", date(a.Date))
	}
	add("Call-ID: ", r.CallID().Value())
	optional("Server", a.Server)
	r.CSeq().StringWrite(&m)
	add()
	if a.Expires != nil {
		add("Expires: ", strconv.Itoa(int(a.Expires.Seconds())))
	}
	optional("Contact", a.Contact)
	optional("Supported", a.Supported)
	if a.Warning != "" {
		add(`Warning: 399 `, r.To().Address.Host, ` "`, a.Warning, `"`)
	}
	optional("Content-Type", a.ContentType)
	add("Content-Length: ", strconv.Itoa(len(a.Body)))
	add()
	m.WriteString(a.Body)
	return m.Bytes()
}

// elsewhere reports whether a Via names another host than the one that the
// request came from.
func elsewhere(via *sip.ViaHeader, from netip.Addr) bool {
	host, err := netip.ParseAddr(via.Host)
	return from.IsValid() && (err != nil || host != from.Unmap()) && !via.Params.Has("received")
}

// toTag is the tag of an answer, which is the same in all answers to a request: a
// number, as CUCM's are.
func toTag(r *sip.Request) string {
	const prime = 16777619 // FNV-1a
	sum := uint32(2166136261)
	for _, text := range [...]string{r.CallID().Value(), r.CSeq().Value()} {
		for i := range len(text) {
			sum = (sum ^ uint32(text[i])) * prime
		}
	}
	return strconv.FormatUint(uint64(sum), 10)
}
