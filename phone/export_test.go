package phone

// Mutants are the faults that tests can plant.
var Mutants = map[string]mutant{
	"skip the signature check":          skipsSignature,
	"ignore the role":                   ignoresRole,
	"take TVS's certificate unchecked":  takesAnyTVS,
	"keep a configuration when refused": keepsRefused,
	"lose an alarm":                     losesAlarm,
}

// ShareLastBoot reports whether two phones share what is known of their last
// boots.
func ShareLastBoot(a, b *Phone) bool { return a.last == b.last }

// Plant plants a fault in the firmware of the phones that share the library.
func (l *Library) Plant(m mutant) { l.planted = m }
