package cli

import (
	"strings"

	"itlsim/cucm/database"
)

// ofPhones tells of commands, by their arguments, whether what they print depends on the phones
// of the cluster. The log has their alarms.
var ofPhones = map[string]func(args string) bool{
	"file get activelog":  inLog,
	"file list activelog": inLog,
	"file tail activelog": inLog,
	"file view activelog": inLog,
	"run sql":             database.OfPhones,
}

func inLog(file string) bool { return file != ctlInActivelog }

// OfPhones reports whether what a command line prints depends on the phones of the cluster.
func OfPhones(line string) bool {
	line = strings.Join(strings.Fields(line), " ")
	for words, depends := range ofPhones {
		if args, is := strings.CutPrefix(line, words+" "); is && depends(args) {
			return true
		}
	}
	return false
}
