package inventory

import (
	"strconv"
	"strings"
	"unicode"
)

// A field is one thing that exports tell of a phone.
type field int

const (
	fieldName field = iota
	fieldMAC
	fieldModel
	fieldFirmware
	fieldPool
	fieldTFTP
	fieldITL
	fieldStatus
	fieldChanged
	fieldCount
)

// aliases are the columns that hold a field, as BAT, RIS, the database and
// scripts call them, in small letters and digits alone. Of several the first that
// is not empty counts: what runs before what is configured.
var aliases = [fieldCount][]string{
	fieldName:     {"name", "devicename", "phonename"},
	fieldMAC:      {"macaddress", "mac"},
	fieldModel:    {"modelnumber", "model", "devicetype", "devicemodel", "phonemodel", "tkmodel"},
	fieldFirmware: {"firmware", "activeloadid", "activeload", "loadid", "phoneloadname", "specialloadinformation"},
	fieldPool:     {"devicepool", "devicepoolname", "pool"},
	fieldTFTP:     {"tftp"},
	fieldITL:      {"itl"},
	fieldStatus:   {"registered", "regstatus", "status", "registrationstatus"},
	fieldChanged:  {"regstatuschgtimestamp", "timestamp", "lastacttimestamp"},
}

// header tells where the fields of an export are.
type header [fieldCount][]int

// plain is the name of a column in small letters and digits alone.
func plain(column string) string {
	return strings.Map(func(r rune) rune {
		if r = unicode.ToLower(r); unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, column)
}

func headerOf(columns []string) (h header) {
	at := make(map[string]int)
	for i, c := range columns {
		if _, ok := at[plain(c)]; !ok {
			at[plain(c)] = i
		}
	}
	for f := range h {
		for _, alias := range aliases[f] {
			if i, ok := at[alias]; ok {
				h[f] = append(h[f], i)
			}
		}
	}
	return h
}

// ofPhones reports whether such columns can describe phones: there are names, and
// something else that is known of phones.
func (h *header) ofPhones() bool {
	known := 0
	for f := range h {
		if len(h[f]) > 0 {
			known++
		}
	}
	return h.names() && known > 1
}

func (h *header) names() bool { return len(h[fieldName]) > 0 || len(h[fieldMAC]) > 0 }

// cell is what a row says of a field, and in which cell.
func (h *header) cell(row []string, f field) (string, int) {
	for _, i := range h[f] {
		if i < len(row) {
			if cell := strings.TrimSpace(row[i]); cell != "" && !strings.EqualFold(cell, "NULL") {
				return cell, i
			}
		}
	}
	return "", 0
}

// status is whether a phone is registered, as far as an export tells.
type status int

const (
	unknownStatus status = iota
	registered
	notRegistered
)

// statusOf reads a status in the words of exports. Partially registered phones
// have some of their lines, so they reach their CallManager.
func statusOf(word string) status {
	switch plain(word) {
	case "yes", "true", "t", "reg", "registered", "par", "partiallyregistered", "partial":
		return registered
	case "no", "false", "f", "unr", "unregistered", "rej", "rejected", "none", "unknown", "notregistered":
		return notRegistered
	}
	return unknownStatus
}

// epoch reads a time in seconds; 0 where there is none.
func epoch(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
