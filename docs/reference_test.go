package docs

import (
	"crypto/tls"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/internal/reference"
	"itlsim/scenarios/report"
)

// releaseRows are what is told of each release, by the fields of its facts.
var releaseRows = []struct {
	field, says string
	of          func(*cucm.Facts) any
}{
	{"Builds", "builds, the first is what `serve` installs", func(f *cucm.Facts) any { return f.Builds }},
	{"ListSigner", "signs the ITL that TFTP builds", func(f *cucm.Facts) any { return f.ListSigner }},
	{"CTLSigners", "signers in a tokenless CTL, the one that signs it first", func(f *cucm.Facts) any { return f.CTLSigners }},
	{"ResetSigner", "`utils itl reset localkey` signs with the publisher's", func(f *cucm.Facts) any { return f.ResetSigner }},
	{"ResetRestarts", "the reset asks for the password and restarts TFTP", func(f *cucm.Facts) any { return f.ResetRestarts }},
	{"CTLRestarts", "a new CTL is served after a restart of TFTP alone", func(f *cucm.Facts) any { return f.CTLRestarts }},
	{"Recovery", "ITLRecovery certificates", func(f *cucm.Facts) any {
		return [...]string{cucm.NoRecovery: "", cucm.RecoveryPerNode: "one a node", cucm.RecoveryPerCluster: "one a cluster"}[f.Recovery]
	}},
	{"RecoveryYears", "years that a new ITLRecovery is valid", func(f *cucm.Facts) any { return f.RecoveryYears }},
	{"KeepsRecovery", "keeps the ITLRecovery of an upgraded node from build", func(f *cucm.Facts) any { return f.KeepsRecovery }},
	{"DropsExpired", "drops expired certificates of trust stores from build", func(f *cucm.Facts) any { return f.DropsExpired }},
	{"KeyBits", "key sizes", func(f *cucm.Facts) any { return f.KeyBits }},
	{"Guard", "refuses another regeneration for", func(f *cucm.Facts) any {
		if f.Guard == 0 {
			return ""
		}
		return fmt.Sprintf("%d minutes", int(f.Guard.Minutes()))
	}},
	{"MinTLS", "`set tls min-version` takes", func(f *cucm.Facts) any {
		var names []string
		for _, v := range f.MinTLS {
			names = append(names, strings.TrimPrefix(tls.VersionName(v), "TLS "))
		}
		return names
	}},
	{"TrustFilesBySerial", "files of trust stores have serial numbers", func(f *cucm.Facts) any { return f.TrustFilesBySerial }},
	{"SelfSignedSAN", "one self-signed certificate can serve all nodes", func(f *cucm.Facts) any { return f.SelfSignedSAN }},
	{"NamesTomcat", "a self-signed tomcat names its node in subjectAltName", func(f *cucm.Facts) any { return f.NamesTomcat }},
	{"CertificateREST", "certificates by REST", func(f *cucm.Facts) any { return f.CertificateREST }},
	{"Parameters", "enterprise parameters", func(f *cucm.Facts) any { return f.Parameters }},
	{"SIS", "version of the SIP line interface", func(f *cucm.Facts) any { return f.SIS }},
	{"CallState", "EndPointUnregistered has CallState", func(f *cucm.Facts) any { return f.CallState }},
	{"AutoRegistersMixed", "auto-registration works in mixed mode", func(f *cucm.Facts) any { return f.AutoRegistersMixed }},
}

// The releases stand in the reference with all that the program knows of them.
func TestReferenceOfReleases(t *testing.T) {
	head, of := []string{""}, []string{"Release"}
	for _, r := range cucm.Releases() {
		head = append(head, string(r))
	}
	head[0] = "release"
	var rows [][]string
	for _, row := range releaseRows {
		of = append(of, row.field)
		cells := []string{row.says}
		for _, r := range cucm.Releases() {
			cells = append(cells, said(row.of(r.Facts())))
		}
		rows = append(rows, cells)
	}
	var fields []string
	for f := range reflect.TypeFor[cucm.Facts]().Fields() {
		fields = append(fields, f.Name)
	}
	require.ElementsMatch(t, fields, of, "facts of a release")
	reference.Keep(t, *rewrite, "releases", "# Releases\n\nWhat each release of CUCM does here, out of the table in "+
		"[cucm/release.go](../../cucm/release.go), which has the source of each row, written by `go test ./docs -run Reference -update`. "+
		"`itlsim serve --release 14` is one, and `release: 14` in a scenario; "+
		"[what is this project's own choice](../administrator.md#releases).\n\n"+reference.Table(head, rows...))
}

// said is a fact in a cell: - for nothing.
func said(fact any) string {
	switch v := reflect.ValueOf(fact); {
	case v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0:
		return "-"
	case v.Kind() == reflect.Bool:
		return "yes"
	case v.Kind() == reflect.Slice:
		var each []string
		for i := range v.Len() {
			each = append(each, fmt.Sprint(v.Index(i)))
		}
		return strings.Join(each, ", ")
	}
	return fmt.Sprint(fact)
}

// Each field of a report stands in the reference with what its schema says.
func TestReferenceOfReports(t *testing.T) {
	var schema yaml.MapSlice
	require.NoError(t, yaml.UnmarshalWithOptions(report.Schema, &schema, yaml.UseOrderedMap()))
	var b strings.Builder
	b.WriteString("# Fields of a report\n\nWhat `itlsim run --json` writes, out of [schema.json](../../scenarios/report/schema.json), " +
		"written by `go test ./docs -run Reference -update`. [Reports](../reports.md) tells more of some.\n\n")
	section := func(title string, object yaml.MapSlice) {
		fmt.Fprintf(&b, "## %s\n\n%s", title, reference.Table([]string{"field", "type", "what"}, fieldsOf("", object)...))
	}
	section("The report", schema)
	for _, def := range value[yaml.MapSlice](schema, "$defs") {
		b.WriteString("\n")
		section(def.Key.(string), def.Value.(yaml.MapSlice))
	}
	reference.Keep(t, *rewrite, "reports", strings.ReplaceAll(b.String(), `\[`, "["))
}

// fieldsOf are the rows of an object's fields, those of objects in it behind theirs.
func fieldsOf(at string, object yaml.MapSlice) (rows [][]string) {
	always := value[[]any](object, "required")
	for _, field := range value[yaml.MapSlice](object, "properties") {
		name, is := at+field.Key.(string), field.Value.(yaml.MapSlice)
		says, missing := value[string](is, "description"), ""
		if !slices.Contains(always, field.Key) {
			missing = ", may be missing"
		}
		list := ""
		for value[yaml.MapSlice](is, "items") != nil {
			list, is = list+"[]", value[yaml.MapSlice](is, "items")
		}
		rows = append(rows, []string{"`" + name + list + "`", typeOf(is) + missing, says})
		rows = append(rows, fieldsOf(name+list+".", is)...)
	}
	return rows
}

// typeOf is the type of a value: a link to the section of one that has a name.
func typeOf(is yaml.MapSlice) string {
	if ref := strings.TrimPrefix(value[string](is, "$ref"), "#/$defs/"); ref != "" {
		return "[" + ref + "](#" + ref + ")"
	}
	var words []string
	for _, word := range value[[]any](is, "enum") {
		words = append(words, fmt.Sprintf("`%v`", word))
	}
	if len(words) > 0 {
		return strings.Join(words, ", ")
	}
	return value[string](is, "type")
}

// value is what an object has at a key, nothing where it is of another type.
func value[T any](object yaml.MapSlice, key string) (v T) {
	for _, item := range object {
		if item.Key == key {
			v, _ = item.Value.(T)
		}
	}
	return v
}
