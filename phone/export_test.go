package phone

// Mutants are the faults that tests can plant.
var Mutants = map[string]mutant{
	"skip the signature check":          skipsSignature,
	"ignore the role":                   ignoresRole,
	"take TVS's certificate unchecked":  takesAnyTVS,
	"keep a configuration when refused": keepsRefused,
	"lose an alarm":                     losesAlarm,
}

// Plant plants a fault in the firmware of the phones that share the library.
func (l *Library) Plant(m mutant) { l.planted = m }
