package webapi

import (
	"strings"

	"itlsim/cucm/database"
)

// uuid is an object's, as AXL writes it.
func uuid(kind, name string) string { return canonical(database.Key(kind, name)) }

// canonical is a UUID as [uuid] writes it, whatever its case and with braces or without.
func canonical(id string) string { return "{" + strings.ToUpper(strings.Trim(id, "{}")) + "}" }

func sameUUID(given, own string) bool { return canonical(given) == own }
