package sip

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Reply is what an answer to a request says. What it repeats of the request
// comes from there. What is zero is left out.
type Reply struct {
	Code        int    // 200
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
func (a *Reply) To(r *Message, from netip.Addr) []byte { return a.append(nil, r, from) }

func (a *Reply) append(b []byte, r *Message, from netip.Addr) []byte {
	m := draft(slices.Grow(b, 1024+len(a.Body)))
	optional := func(name, value string) {
		if value != "" {
			m.line(name, ": ", value)
		}
	}
	phrase := a.Phrase
	if phrase == "" {
		phrase = phrases[a.Code]
	}
	m.line("SIP/2.0 ", strconv.Itoa(a.Code), " ", phrase)
	top := true
	for via := range r.Headers("Via") {
		first, _ := cutOutside(via, ',')
		first = strings.TrimRight(first, " \t")
		m.line("Via: ", first, received(first, from, top), via[len(first):])
		top = false
	}
	m.line("From: ", r.Header("From"))
	tag := ""
	to := r.To()
	if _, tagged := to.Param("tag"); a.Code != 100 && !tagged {
		tag = ";tag=" + toTag(r)
	}
	m.line("To: ", to.String(), tag)
	if !a.Date.IsZero() {
		m.line("Date: ", date(a.Date))
	}
	m.line("Call-ID: ", r.CallID())
	optional("Server", a.Server)
	m.line("CSeq: ", r.Header("CSeq"))
	if a.Expires != nil {
		m.line("Expires: ", strconv.Itoa(int(a.Expires.Seconds())))
	}
	optional("Contact", a.Contact)
	optional("Supported", a.Supported)
	if a.Warning != "" {
		m.line(`Warning: 399 `, to.Host, ` "`, a.Warning, `"`)
	}
	optional("Content-Type", a.ContentType)
	m.line("Content-Length: ", strconv.Itoa(len(a.Body)))
	m.line()
	return append(m, a.Body...)
}

// received is what an answer adds to the topmost Via: where the request came from, if
// that is another host than the one named.
func received(via string, from netip.Addr, top bool) string {
	_, params, _ := strings.Cut(via, ";")
	_, said := param(params, "received")
	host, err := netip.ParseAddr(sender(via))
	if !top || said || !from.IsValid() || err == nil && host == from.Unmap() {
		return ""
	}
	return ";received=" + from.Unmap().String()
}

// toTag is the tag of an answer, which is the same in all answers to a request: a
// number, as CUCM's are.
func toTag(r *Message) string {
	const prime = 16777619 // FNV-1a
	sum := uint32(2166136261)
	for _, text := range [...]string{r.CallID(), r.Header("CSeq")} {
		for i := range len(text) {
			sum = (sum ^ uint32(text[i])) * prime
		}
	}
	return strconv.FormatUint(uint64(sum), 10)
}
