package webapi

import (
	"slices"
	"strconv"
	"strings"

	"itlsim/cucm"
)

// statusVersion is how AXL answers a request in a schema that it has not.
const statusVersion = 599

// namespaces is what the namespace of a schema begins with.
const namespaces = "http://www.cisco.com/AXL/API/"

// schemas are AXL's, in their order. A release speaks its own and older ones.
var schemas = []string{"8.0", "8.5", "9.0", "9.1", "10.0", "10.5", "11.0", "11.5", "12.0", "12.5", "14.0", "15.0"}

// oldest is the oldest schema of a release, by its major version: "the two majors before"
// (AXL developer guide, of 12.5 and 14; the others follow).
var oldest = map[string]string{
	"9": "8.0", "10": "8.0", "11": "9.0", "12": "9.0", "14": "11.0", "15": "12.0",
}

// ownSchema is the number of a release's schema.
func ownSchema(r cucm.Release) int {
	major, minor, _ := strings.Cut(string(r), ".")
	if minor == "" {
		minor = "0"
	}
	return max(0, slices.Index(schemas, major+"."+minor))
}

func oldestSchema(r cucm.Release) int {
	major, _, _ := strings.Cut(string(r), ".")
	return max(0, slices.Index(schemas, oldest[major]))
}

// answerIn is the namespace in which a request is answered: its own; false where the
// release has no such schema. 1.0 stands for the oldest one, and no namespace of AXL for
// the release's own. Schemas that are too old for a real release are taken, too, down to
// 8.0 (this project's own choice).
func answerIn(space string, r cucm.Release) (string, bool) {
	version, ok := strings.CutPrefix(space, namespaces)
	switch {
	case !ok:
		version = schemas[ownSchema(r)]
	case version == "1.0":
		version = schemas[oldestSchema(r)]
	}
	i := slices.Index(schemas, version)
	return namespaces + version, i >= 0 && i <= ownSchema(r)
}

// declaresNils reports whether answers in a schema declare once, at their beginning, how
// an element has no value; older ones do where there is one (AXL developer guide, 14).
func declaresNils(namespace string) bool {
	return slices.Index(schemas, strings.TrimPrefix(namespace, namespaces)) >= slices.Index(schemas, "14.0")
}

// supported are a release's schemas in the words of the refusal, in which clients look for
// one that they can speak: "12.x, 14.0 and 15.0".
func supported(r cucm.Release) string {
	var words []string
	for major := 8; major <= 15; major++ {
		prefix := strconv.Itoa(major) + "."
		var of []string
		for _, s := range schemas[oldestSchema(r) : ownSchema(r)+1] {
			if strings.HasPrefix(s, prefix) {
				of = append(of, s)
			}
		}
		switch len(of) {
		case 0:
		case 1:
			words = append(words, of[0])
		default:
			words = append(words, prefix+"x")
		}
	}
	return enumerated(words)
}

// enumerated are words, one at least, as a sentence has them: "a, b and c".
func enumerated(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
