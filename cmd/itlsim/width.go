package main

import (
	"os"
	"strconv"

	"github.com/alecthomas/kong"
	"golang.org/x/term"
)

// asWideAsTerminals prints help as wide as the terminal that it goes to. The parser itself asks
// COLUMNS, and of files alone how wide they are.
func asWideAsTerminals(options kong.HelpOptions, ctx *kong.Context) error {
	if to, ok := ctx.Stdout.(watched); ok && os.Getenv("COLUMNS") == "" {
		if width, _, err := term.GetSize(int(to.file.Fd())); err == nil && width > 0 {
			os.Setenv("COLUMNS", strconv.Itoa(width))
			defer os.Unsetenv("COLUMNS")
		}
	}
	return kong.DefaultHelpPrinter(options, ctx)
}
