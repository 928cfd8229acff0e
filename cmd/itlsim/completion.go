package main

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"itlsim/phone"
	"itlsim/scenarios"
)

// scripts are what shells run to complete command lines: they ask the program itself, by its
// hidden command, and complete names of files on their own.
//
//go:embed completion
var scripts embed.FS

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish." placeholder:"SHELL"`
}

// Run prints the script of a shell.
func (c *completionCmd) Run(s streams) error {
	script, err := scripts.ReadFile("completion/itlsim." + c.Shell)
	if err == nil {
		_, err = s.out.Write(script)
	}
	return err
}

type completeCmd struct {
	Words []string `arg:"" optional:""`
}

// Run prints what the last of the words may become, one a line: a word, a tab and what it is.
// ":files" and ":dirs" stand for names that the shell finds.
func (c *completeCmd) Run(parser *kong.Kong, s streams) error {
	if len(c.Words) == 0 {
		c.Words = []string{""}
	}
	for _, found := range complete(parser, c.Words) {
		if _, err := fmt.Fprintln(s.out, found); err != nil {
			return err
		}
	}
	return nil
}

// complete finds what the last word of a command line may become.
func complete(parser *kong.Kong, words []string) []string {
	before, word := words[:len(words)-1], words[len(words)-1]
	at, err := kong.Trace(parser, before)
	if err != nil {
		return nil
	}
	node := at.Selected()
	if node == nil {
		node = parser.Model.Node
	}
	flags := slices.Concat(node.AllFlags(true)...)
	if len(before) > 0 {
		if f := flagNamed(flags, before[len(before)-1]); f != nil && !f.IsBool() {
			return beginning(word, values(parser, f.Value, word))
		}
	}
	if name, value, given := strings.Cut(word, "="); given && strings.HasPrefix(word, "--") {
		f := flagNamed(flags, name)
		if f == nil {
			return nil
		}
		var found []string
		for _, v := range beginning(value, values(parser, f.Value, value)) {
			if !strings.HasPrefix(v, ":") {
				v = name + "=" + v
			}
			found = append(found, v)
		}
		return found
	}
	if strings.HasPrefix(word, "-") {
		return beginning(word, flagWords(flags, at))
	}
	found := commandWords(node)
	if arg := nextArgument(node, at); arg != nil {
		found = values(parser, arg, word)
	}
	return beginning(word, found)
}

// flagNamed finds the flag that a word of the command line names.
func flagNamed(flags []*kong.Flag, word string) *kong.Flag {
	i := slices.IndexFunc(flags, func(f *kong.Flag) bool {
		return word == "--"+f.Name || f.Short != 0 && word == "-"+string(f.Short)
	})
	if i < 0 {
		return nil
	}
	return flags[i]
}

// flagWords are the flags that may still be given.
func flagWords(flags []*kong.Flag, at *kong.Context) (found []string) {
	for _, f := range flags {
		given := slices.ContainsFunc(at.Path, func(p *kong.Path) bool { return p.Flag == f })
		if given && !f.IsCumulative() {
			continue
		}
		found = append(found, "--"+f.Name+"\t"+firstSentence(f.Help))
		if f.Tag.Negatable != "" {
			found = append(found, "--no-"+f.Name+"\tNot that: "+firstSentence(f.Help))
		}
	}
	return found
}

// commandWords are the commands below a node.
func commandWords(node *kong.Node) (found []string) {
	for _, command := range node.Children {
		if !command.Hidden {
			found = append(found, command.Name+"\t"+firstSentence(command.Help))
		}
	}
	return found
}

// nextArgument is the argument of a command that is to come next, nil if there is none.
func nextArgument(node *kong.Node, at *kong.Context) *kong.Value {
	given := 0
	for _, p := range at.Path {
		if p.Positional != nil {
			given++
		}
	}
	if given > 0 && node.Positional[given-1].IsCumulative() {
		given--
	}
	if given < len(node.Positional) {
		return node.Positional[given]
	}
	return nil
}

// values are those of a flag or an argument: its enumeration's, or what its placeholder stands
// for. word is what there is of it.
func values(parser *kong.Kong, v *kong.Value, word string) (found []string) {
	switch what := v.Tag.PlaceHolder; {
	case v.Enum != "":
		return enum(v)
	case what == commandName:
		return commandWords(parser.Model.Node)
	case what == scenarioOrFile:
		for _, name := range scenarios.Names() {
			found = append(found, name+"\t"+scenarios.Shows(name))
		}
		return append(found, ":files")
	case what == modelName:
		before := word[:strings.LastIndex(word, ",")+1]
		for _, m := range phone.Models() {
			found = append(found, before+m.Name+"\t"+m.Product)
		}
		return found
	case strings.Contains(what, "DIR"):
		return []string{":dirs"}
	case v.Tag.Type == "path", strings.Contains(what, "PATH"), strings.Contains(what, "FILE"), strings.Contains(what, "."):
		return []string{":files"}
	}
	return nil
}

// beginning are those that begin with a word.
func beginning(word string, all []string) []string {
	return slices.DeleteFunc(all, func(v string) bool { return v[0] != ':' && !strings.HasPrefix(v, word) })
}

// firstSentence is what a line has room for.
func firstSentence(text string) string {
	first, _, more := strings.Cut(text, ". ")
	if more {
		first += "."
	}
	return first
}
