package docs

import (
	"crypto/tls"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/internal/reference"
	"itlsim/scenarios/report"
)

// releaseRows are what is told of each release, by the fields of its facts.
var releaseRows = []struct{ field, says string }{
	{"Builds", "builds; `serve` installs the first one"},
	{"ListSigner", "key that signs the ITL built by TFTP"},
	{"CTLSigners", "signers in a tokenless CTL; the first one signs it"},
	{"ResetSigner", "the publisher's key that `utils itl reset localkey` signs with"},
	{"ResetRestarts", "the reset asks for the password and restarts TFTP"},
	{"CTLRestarts", "a new CTL is served only after a restart of TFTP"},
	{"Recovery", "ITLRecovery certificates"},
	{"RecoveryYears", "years for which a new ITLRecovery is valid"},
	{"KeepsRecovery", "first build that keeps the ITLRecovery of an upgraded node"},
	{"DropsExpired", "first build that drops expired certificates from trust stores"},
	{"KeyBits", "key sizes"},
	{"Guard", "refuses another regeneration of the same node for"},
	{"MinTLS", "`set tls min-version` accepts"},
	{"TrustFilesBySerial", "file names in trust stores have serial numbers"},
	{"SelfSignedSAN", "one self-signed certificate can serve all nodes"},
	{"NamesTomcat", "a self-signed tomcat names its node in subjectAltName"},
	{"CertificateREST", "certificates by REST"},
	{"Parameters", "enterprise parameters"},
	{"SIS", "version of the SIP line interface"},
	{"CallState", "EndPointUnregistered has the parameter CallState"},
	{"AutoRegistersMixed", "auto-registration works in mixed mode"},
}

// The releases stand in the reference with all that the program knows of them.
func TestReferenceOfReleases(t *testing.T) {
	head := []string{"release"}
	for _, r := range cucm.Releases() {
		head = append(head, string(r))
	}
	of, rows := []string{"Release"}, [][]string(nil)
	for _, row := range releaseRows {
		of = append(of, row.field)
		cells := []string{row.says}
		for _, r := range cucm.Releases() {
			cells = append(cells, said(reflect.ValueOf(r.Facts()).Elem().FieldByName(row.field)))
		}
		rows = append(rows, cells)
	}
	var fields []string
	for f := range reflect.TypeFor[cucm.Facts]().Fields() {
		fields = append(fields, f.Name)
	}
	require.ElementsMatch(t, fields, of, "facts of a release")
	reference.Keep(t, *rewrite, "releases", "# Releases\n\nWhat each release of CUCM does here, from the table in "+
		"[cucm/release.go](../../cucm/release.go), which names the source of each row; written by "+
		"`go test ./docs -run Reference -update`. Choose one with `itlsim serve --release 14`, or with `release: 14` in a "+
		"scenario. See also [what is this project's own choice](../administrator.md#releases).\n\n"+reference.Table(head, rows...))
}

// said is a fact in a cell: - for nothing.
func said(fact reflect.Value) string {
	if fact.IsZero() || fact.Kind() == reflect.Slice && fact.Len() == 0 {
		return "-"
	}
	switch is := fact.Interface().(type) {
	case bool:
		return "yes"
	case time.Duration:
		return fmt.Sprintf("%g minutes", is.Minutes())
	case cucm.Recovery:
		return map[cucm.Recovery]string{cucm.RecoveryPerNode: "one a node", cucm.RecoveryPerCluster: "one a cluster"}[is]
	case uint16:
		return strings.TrimPrefix(tls.VersionName(is), "TLS ")
	}
	if fact.Kind() != reflect.Slice {
		return fmt.Sprint(fact)
	}
	var each []string
	for i := range fact.Len() {
		each = append(each, said(fact.Index(i)))
	}
	return strings.Join(each, ", ")
}

// Each field of a report stands in the reference with what its schema says.
func TestReferenceOfReports(t *testing.T) {
	var schema yaml.MapSlice
	require.NoError(t, yaml.UnmarshalWithOptions(report.Schema, &schema, yaml.UseOrderedMap()))
	var b strings.Builder
	b.WriteString("# Fields of a report\n\nWhat `itlsim run --json` writes, from " +
		"[schema.json](../../scenarios/report/schema.json); written by `go test ./docs -run Reference -update`. " +
		"[Reports](../reports.md) says more about some of them.\n\n")
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
