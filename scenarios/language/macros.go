package language

import (
	"fmt"
	"slices"
)

// A macro is a piece of grammar that many sentences share.
type macro struct {
	name     string
	sentence string
	says     string // what it means to people
}

// macros are all of them. The words that they name are taken by methods of [Said].
var macros = []macro{
	{"phones", "(how=all|no|[(bound=<bound>) ]({count=number}|{share=percent} of the|(half=half) of the)|" +
		"{count=number} to {upto=number}|{share=percent} to {upto=percent} of the)" +
		"[ (reach=offline|online)] phones<which>",
		"how many of which phones, such as `at least 25% of the online phones of floor-1`. A share that does not make a " +
			"whole number of phones may be rounded either way, except with `more than` and `fewer than`"},
	{"which", "[ of {group}][ of model {model}][ named {phone}][ (picked=picked last)]" +
		"[ with firmware (older than {older=version}|{since=version} or later)]",
		"which phones; `picked last` are those of the last act on a part of the phones"},
	{"part", "((turn=the rest) of the|[(turn=the next) ]({count=number}|{share=percent} of the|(half=half) of the))",
		"a part of the phones. The seed puts them in an order, which is the same in both modes and whatever is done. " +
			"`10% of the` are the first in it, the same each time. `the next 10% of the` come after those of the last act on " +
			"a part of the same phones, and start over when all have had their turn. " +
			"`the rest of the` are all that are then left. `the next 10%` ten times reaches each phone once"},
	{"bound", "(at least|at most|more than|fewer than|less than)", ""},
	{"many", "(amount=[(than=<bound>) ]{number}|{number} to {most=number})", "a number, or a bound or range"},
	{"when", "[ (when=within|after) {limit=number} {limitunit=timeunit}]",
		"counted from the last act of the step, or from the end of the last wait if that is later. `within`: it becomes true " +
			"by then; `after`: time passes until then, and it is true then, whatever was before"},
}

// macroNamed finds a macro. That rules name others is a panic.
func macroNamed(name string) macro {
	i := slices.IndexFunc(macros, func(m macro) bool { return m.name == name })
	if i < 0 {
		panic(fmt.Sprintf("language: there is no macro %q", name))
	}
	return macros[i]
}
