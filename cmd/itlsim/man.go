package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"itlsim/internal/build"
)

type manCmd struct {
	Command string `arg:"" optional:"" help:"Name of a command; the whole program if not given." placeholder:"COMMAND"`
}

// Run prints a manual page of what --help tells.
func (c *manCmd) Run(parser *kong.Kong, s streams) error {
	about, err := commandNamed(parser, c.Command)
	if err != nil {
		return err
	}
	page := &manual{}
	if command := about.Selected(); command != nil {
		page.command(command)
	} else {
		page.program(parser.Model)
	}
	_, err = io.WriteString(s.out, page.String())
	return err
}

// exitCodes are the exit codes, and what they say.
var exitCodes = []struct {
	code int
	says string
}{
	{exitPassed, "All expectations held; the command did what it was asked."},
	{exitFailed, "An expectation failed, a list is refused, something differs."},
	{exitUsage, "The command or the scenario is wrong; nothing was started."},
	{exitBroken, "The run itself could not go on."},
	{exitInterrupted, "Interrupted; what it had done by then was reported."},
	{exitUnread, "Nobody reads its output any more."},
}

// A manual is a page in the macros of man(7).
type manual struct{ strings.Builder }

// program is the page of the program.
func (m *manual) program(app *kong.Application) {
	m.head(program, "Simulates the trust of Cisco IP phones.")
	m.section("SYNOPSIS")
	m.line(".B " + program)
	m.line(`.I COMMAND`)
	m.text("[flags]")
	m.section("DESCRIPTION")
	m.text(app.Help)
	m.section("COMMANDS")
	for _, command := range app.Leaves(true) {
		m.item(bold(command.Name), command.Help)
	}
	m.flags(app.Flags)
	m.section("ENVIRONMENT")
	m.item(bold("ITLSIM_")+italic("FLAG"), "The value of a flag that is not given. The name is the flag's in capitals, with _ for -: "+
		"ITLSIM_PHONES stands for --phones.")
	m.section("EXIT STATUS")
	for _, e := range exitCodes {
		m.item(bold(fmt.Sprint(e.code)), e.says)
	}
	m.section("SEE ALSO")
	var pages []string
	for _, command := range app.Leaves(true) {
		pages = append(pages, bold(program+"-"+command.Name)+"(1)")
	}
	m.line(strings.Join(pages, ",\n"))
}

// command is the page of a command.
func (m *manual) command(command *kong.Node) {
	m.head(program+"-"+command.Name, command.Help)
	m.section("SYNOPSIS")
	m.line(".B " + escaped(program+" "+command.Name))
	m.text(strings.TrimSpace(strings.TrimPrefix(command.Summary(), command.Name)))
	m.section("DESCRIPTION")
	m.text(command.Help)
	if len(command.Positional) > 0 {
		m.section("ARGUMENTS")
	}
	for _, arg := range command.Positional {
		m.item(italic(strings.ToUpper(arg.Name)), kong.DefaultHelpValueFormatter(arg))
	}
	m.flags(command.Flags)
	m.section("ENVIRONMENT")
	for _, f := range command.Flags {
		if name := cmp.Or(variable(f), strings.Join(f.Envs, ", ")); name != "" && !f.Hidden {
			m.item(bold(name), "The value of --"+f.Name+" if that is not given.")
		}
	}
	m.section("SEE ALSO")
	m.line(bold(program) + "(1)")
}

// head is what a page begins with: its name, and what it is about in a line.
func (m *manual) head(name, about string) {
	m.line(fmt.Sprintf(".TH %q 1 %q %q", strings.ToUpper(name), build.Date(), program+" "+build.Version()))
	m.section("NAME")
	m.line(escaped(name) + ` \- ` + escaped(strings.TrimSuffix(firstSentence(about), ".")))
}

// flags are what flags there are.
func (m *manual) flags(flags []*kong.Flag) {
	m.section("OPTIONS")
	for _, f := range flags {
		if f.Hidden {
			continue
		}
		name := bold("--" + f.Name)
		if f.Tag.Negatable != "" {
			name += ", " + bold("--no-"+f.Name)
		}
		if f.Short != 0 {
			name = bold("-"+string(f.Short)) + ", " + name
		}
		if !f.IsBool() {
			name += "=" + italic(f.FormatPlaceHolder())
		}
		m.item(name, kong.DefaultHelpValueFormatter(f.Value))
	}
}

func (m *manual) section(title string) { m.line(".SH " + title) }

// item is something with a name, and what is said of it.
func (m *manual) item(name, says string) {
	m.line(".TP")
	m.line(name)
	m.text(says)
}

// text is a paragraph of plain words, a sentence on a line, as man(7) wants it.
func (m *manual) text(plain string) {
	m.line(strings.ReplaceAll(escaped(plain), ". ", ".\n"))
}

func (m *manual) line(l string) { m.WriteString(l + "\n") }

func bold(plain string) string { return `\fB` + escaped(plain) + `\fR` }

func italic(plain string) string { return `\fI` + escaped(plain) + `\fR` }

// escaped is plain text as man(7) reads it.
func escaped(plain string) string {
	plain = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(plain)
	if strings.HasPrefix(plain, ".") || strings.HasPrefix(plain, "'") {
		return `\&` + plain
	}
	return plain
}
