package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"itlsim/internal/reference"
)

var update = flag.Bool("update", false, "write pages of docs/reference anew")

// Each command stands in the reference with what its help says.
func TestReferenceOfCommands(t *testing.T) {
	app := newParser(streams{io.Discard, io.Discard}, func(int) {}).Model
	var b strings.Builder
	b.WriteString("# Commands\n\nWhat `itlsim help COMMAND` and `itlsim man COMMAND` say, written by " +
		"`go test ./cmd/itlsim -run Reference -update`. Flags can also be set in the environment: " +
		"[variables](../command-line.md#variables).\n\n")
	var rows [][]string
	for _, c := range app.Leaves(true) {
		rows = append(rows, []string{"[`itlsim " + c.Name + "`](#itlsim-" + c.Name + ")", c.Help})
	}
	b.WriteString(links(reference.Table([]string{"command", "does"}, rows...)))
	for _, c := range app.Leaves(true) {
		fmt.Fprintf(&b, "\n## itlsim %s\n\n%s\n\n```text\n%s %s\n```\n",
			c.Name, reference.Text(c.Help), program, c.Summary())
		rows = nil
		for _, arg := range c.Positional {
			rows = append(rows, []string{"`" + arg.Summary() + "`", arg.Help})
		}
		for _, f := range c.Flags {
			if !f.Hidden && f.Name != "help" && f.Name != "version" {
				rows = append(rows, []string{flagSyntax(f), f.Help})
			}
		}
		if len(rows) > 0 {
			b.WriteString("\n" + reference.Table([]string{"argument or flag", "what it is"}, rows...))
		}
	}
	b.WriteString("\n## Exit codes\n\n")
	rows = nil
	for _, e := range exitCodes {
		rows = append(rows, []string{fmt.Sprint(e.code), e.says})
	}
	b.WriteString(reference.Table([]string{"code", "says"}, rows...))
	reference.Keep(t, *update, "commands", b.String())
}

// flagSyntax is a flag as it is typed, with what its value is if it has one.
func flagSyntax(f *kong.Flag) string {
	typed := "`--" + f.Name
	switch {
	case f.Tag.Negatable != "":
		typed = "`--[no-]" + f.Name
	case !f.IsBool():
		typed += " " + f.FormatPlaceHolder()
	}
	if f.Short != 0 {
		typed = "`-" + string(f.Short) + "`, " + typed
	}
	return typed + "`"
}

// links are links again in what was made plain text.
func links(text string) string { return strings.ReplaceAll(text, `\[`, "[") }

// The models stand in the reference as itlsim models prints them, families by row.
func TestReferenceOfModels(t *testing.T) {
	families := familyTable()
	sideways := make([][]string, len(families[0]))
	for _, row := range families {
		for i, cell := range row {
			sideways[i] = append(sideways[i], cell)
		}
	}
	models := modelTable()
	reference.Keep(t, *update, "models", "# Models\n\nWhat `itlsim models` prints, written by "+
		"`go test ./cmd/itlsim -run Reference -update`: what each family of phones does, and each model. The words in "+
		"brackets say how well a fact is known; [phones.md](../phones.md#models) explains what follows from them.\n\n## Families\n\n"+
		reference.Table(sideways[0], sideways[1:]...)+"\n## Models\n\n"+reference.Table(models[0], models[1:]...))
}
