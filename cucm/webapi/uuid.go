package webapi

import (
	"crypto/sha1"
	"fmt"
	"strings"
)

// uuid is an object's, as AXL writes it. It is made of the object's kind and name
// (RFC 9562, version 5), so that it is the same after a restart.
func uuid(kind, name string) string {
	u := sha1.Sum([]byte(kind + "\x00" + strings.ToLower(name)))
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("{%X-%X-%X-%X-%X}", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
}

// canonical is a UUID as [uuid] writes it, whatever its case and with braces or without.
func canonical(id string) string { return "{" + strings.ToUpper(strings.Trim(id, "{}")) + "}" }

func sameUUID(given, own string) bool { return canonical(given) == own }
