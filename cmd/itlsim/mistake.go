package main

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// mistakes are what the parser says of a flag's value, and how what is meant begins.
var mistakes = []struct {
	said  *regexp.Regexp
	meant string
}{
	{regexp.MustCompile(`^missing value, expecting .*`), `the value is missing; `},
	{regexp.MustCompile(`^expected \w+ value but got "EOL" \(<EOL>\)$`), `the value is missing; `},
	{regexp.MustCompile(`^expected \w+ value but got ("[^"]*") \([a-z ]+\);.*`),
		`the value is missing in front of $1; `},
	{regexp.MustCompile(`^(?:expected|must be|bool value must be) .*but got ("[^"]*")(?:: .*)?$`), `$1 is not a valid value; `},
}

// operands is what the parser says where a command lacks what it is about.
var operands = regexp.MustCompile(`^expected "((?:<[a-z-]+>[ .]*)+)"$`)

// mistake says what is wrong with a command line that the parser refuses, where it had come
// to when it did.
func mistake(err error, at *kong.Context) string {
	text := err.Error()
	if m := operands.FindStringSubmatch(text); m != nil {
		return "missing: " + strings.ToUpper(strings.NewReplacer("<", "", ">", "").Replace(m[1])) + choices(at.Selected())
	}
	for _, v := range valued(at) {
		said, about := strings.CutPrefix(text, v.ShortSummary())
		if !about && (v.Flag == nil || !v.Flag.Negated) {
			continue
		}
		said = strings.TrimPrefix(strings.TrimPrefix(said, ":"), " ")
		for _, m := range mistakes {
			if m.said.MatchString(said) {
				return fmt.Sprintf("%s: %swant %s", plainName(v), m.said.ReplaceAllString(said, m.meant), wanted(v))
			}
		}
	}
	if strings.HasPrefix(text, "un") && !strings.Contains(text, "did you mean") { // unknown, unexpected
		return text + "; itlsim " + strings.TrimSpace("help "+selected(at)) + " shows what there is"
	}
	return text
}

// valued are the flags and arguments of a command line's command.
func valued(at *kong.Context) (all []*kong.Value) {
	for _, f := range at.Flags() {
		all = append(all, f.Value)
	}
	if command := at.Selected(); command != nil {
		all = append(all, command.Positional...)
	}
	return all
}

// plainName is what users call a flag or an argument.
func plainName(v *kong.Value) string {
	if v.Flag != nil {
		return v.ShortSummary()
	}
	return strings.ToUpper(v.Name)
}

// selected is the name of a command line's command, "" where it has none.
func selected(at *kong.Context) string {
	if command := at.Selected(); command != nil {
		return command.Name
	}
	return ""
}

// wanted says which values a flag or an argument has.
func wanted(v *kong.Value) string {
	of := v.Target.Type()
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	switch {
	case v.Enum != "":
		values := enum(v)
		last := len(values) - 1
		return strings.TrimPrefix(strings.Join(values[:last], ", ")+" or "+values[last], " or ")
	case v.IsBool():
		return "true or false"
	case of == reflect.TypeFor[time.Duration]():
		return "a time, such as 90s or 2m"
	case of.Kind() >= reflect.Int && of.Kind() <= reflect.Int64:
		return "a whole number"
	case of.Kind() >= reflect.Uint && of.Kind() <= reflect.Uint64:
		return "a whole number, 0 or more"
	}
	if v.Flag == nil {
		return plainName(v)
	}
	return strings.ReplaceAll(strings.TrimSuffix(v.Flag.FormatPlaceHolder(), ",..."), "|", " or ")
}

// enum are the values of a flag or an argument that has no others.
func enum(v *kong.Value) []string {
	return slices.DeleteFunc(v.EnumSlice(), func(name string) bool { return name == "" })
}

// choices are what is to be chosen from where a command lacks a scenario.
func choices(command *kong.Node) string {
	if !slices.ContainsFunc(command.Positional, func(v *kong.Value) bool { return v.Tag.PlaceHolder == scenarioOrFile }) {
		return ""
	}
	var list strings.Builder
	_ = listScenarios(&list)
	return ", one of these or a file.yaml:\n" + strings.TrimSuffix(list.String(), "\n")
}

// refused is the error of a command line that the parser refuses.
func refused(err error) error {
	if parsing, ok := errors.AsType[*kong.ParseError](err); ok {
		message := mistake(err, parsing.Context)
		return usageError("%s%s", message, fromEnvironment(parsing.Context, message))
	}
	return usageError("%w", err)
}
