package phone

import (
	"crypto/tls"
	"fmt"
	"strconv"
)

// A Grade says how well a fact about models is known.
type Grade uint8

// The grades, from the best known to the least.
const (
	Document   Grade = iota + 1 // a guide or another document of Cisco says it
	Trace                       // a real phone's log, page or database shows it
	Program                     // public programs rely on it
	Inferred                    // it follows from documents
	Remembered                  // nothing at hand shows it
	Own                         // nothing shows it: this project's own choice
)

var gradeNames = [...]string{"", "document", "trace", "program", "inferred", "remembered", "own choice"}

func (g Grade) String() string { return gradeNames[g] }

// A Fact is something about models with its grade.
type Fact[T any] struct {
	Is    T
	Grade Grade
}

// String is the fact with its grade: "yes (document)"; "-" where there is none.
func (f Fact[T]) String() string {
	switch is := any(f.Is).(type) {
	case bool:
		return fmt.Sprintf("%s (%v)", map[bool]string{true: "yes", false: "no"}[is], f.Grade)
	case *Family:
		return fmt.Sprintf("%s (%v)", is.Name, f.Grade)
	}
	if f.Grade == 0 || fmt.Sprint(f.Is) == "" {
		return "-"
	}
	return fmt.Sprintf("%v (%v)", f.Is, f.Grade)
}

func document[T any](is T) Fact[T] { return Fact[T]{is, Document} }
func seen[T any](is T) Fact[T]     { return Fact[T]{is, Trace} }
func inferred[T any](is T) Fact[T] { return Fact[T]{is, Inferred} }
func own[T any](is T) Fact[T]      { return Fact[T]{is, Own} }

// Since is the firmware from which on phones of a family have something.
type Since string

// Without regard to firmware.
const (
	Never  Since = ""
	Always Since = "0"
)

// in reports whether a firmware has it.
func (s Since) in(firmware string) bool { return s != Never && since(firmware, string(s)) }

func (s Since) String() string {
	switch s {
	case Never:
		return "no"
	case Always:
		return "yes"
	}
	return "from " + string(s)
}

// A TLSVersion is a version of TLS as crypto/tls numbers it.
type TLSVersion uint16

func (v TLSVersion) String() string { return "1." + strconv.Itoa(int(v-tls.VersionTLS10)) }

// A Family is what models have in common that decides how they behave: families
// decide, not numbers of versions, which begin anew with each platform.
type Family struct {
	Name, Models string
	// ITL: phones that know no ITL ask for none, follow none, and have no TVS. A
	// CTL is all that they may trust by.
	ITL Fact[bool]
	// HTTP phones ask for each file by HTTP on port 6970 first, then by TFTP.
	HTTP Fact[bool]
	TLS  Fact[TLSVersion] // the newest that they speak
	// SHA512 phones can check signatures over SHA-512.
	SHA512 Fact[Since]
	// ReportsLists: DeviceTLInfo tells which lists they hold.
	ReportsLists Fact[Since]
	// OldSpelling of status messages is not the 8800 family's.
	OldSpelling Fact[bool]
	// OneLoad phones name one load when they register, not two.
	OneLoad Fact[bool]
	// FlushesVouches: the TVS cache is emptied when a trust list is installed.
	FlushesVouches Fact[bool]
	SIS            Fact[string] // version of Cisco's SIP line interface
	SessionID      Fact[Since]  // SIP's header Session-ID
}

// Families are all there are, newest first. Guides of CUCM say that the L have no
// TLS 1.2 and check files by SHA-1 alone (security guide; of 6900s and the 3905 that
// is this project's choice), and that 7940 and 7960, Jabber and many TelePresences
// have no Security by Default (technote 118893). That M19's 9.4(1) is of the L
// alone, where SHA-512 begins, and what PhoneOS and ATAs do, no document shows.
// A 7975 with 9.3.1 was seen with SIS 6.0.0 and no Session-ID, a 7821 and an 8851
// with 12.1.1 with 7.0.0 and one; "tvsReqFlushTvsCertCache" stands in a 79xx log.
func Families() []*Family { return []*Family{&familyP, &familyN, &familyL, &familyA, &familyNone} }

var (
	familyP = Family{
		Name: "P", Models: "PhoneOS", ITL: own(true), HTTP: own(true), TLS: own[TLSVersion](tls.VersionTLS12),
		SHA512: own(Always), ReportsLists: own(Always), OldSpelling: own(false), OneLoad: own(false),
		FlushesVouches: own(false), SIS: own("7.0.0"), SessionID: own(Always),
	}
	familyN = Family{
		Name: "N", Models: "7800s and 8800s", ITL: document(true), HTTP: seen(true),
		TLS: document[TLSVersion](tls.VersionTLS12), SHA512: own(Since("11.0")), ReportsLists: own(Always),
		OldSpelling: document(false), OneLoad: seen(false), FlushesVouches: own(false),
		SIS: seen("7.0.0"), SessionID: own(Since("11.0")),
	}
	familyL = Family{
		Name: "L", Models: "6900s, 7900s, 8900s, 9900s", ITL: document(true), HTTP: own(false),
		TLS: document[TLSVersion](tls.VersionTLS10), SHA512: document(Never), ReportsLists: document(Since("9.4(1)")),
		OldSpelling: own(true), OneLoad: seen(true), FlushesVouches: seen(true),
		SIS: seen("6.0.0"), SessionID: seen(Never),
	}
	familyA = Family{
		Name: "A", Models: "ATAs", ITL: own(true), HTTP: own(false), TLS: inferred[TLSVersion](tls.VersionTLS12),
		SHA512: own(Never), ReportsLists: own(Never), OldSpelling: own(true), OneLoad: own(true),
		FlushesVouches: own(false), SIS: own("6.0.0"), SessionID: own(Never),
	}
	familyNone = Family{
		Name: "none", Models: "without Security by Default", ITL: document(false), HTTP: own(false),
		TLS: own[TLSVersion](tls.VersionTLS10), SHA512: own(Never), ReportsLists: own(Never),
		OldSpelling: own(true), OneLoad: own(true), FlushesVouches: own(false),
		SIS: own("6.0.0"), SessionID: own(Never),
	}
)
