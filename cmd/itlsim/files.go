package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"itlsim/internal/bounded"
	"itlsim/itl"
	"itlsim/phone"
)

type showCmd struct {
	File string `arg:"" help:"A .tlv trust list, a .sgn signed file or an .enc.sgn encrypted one." type:"path"`
}

// Run prints a file.
func (c *showCmd) Run(s streams) error {
	data, err := readFile(c.File)
	if err != nil {
		return err
	}
	if len(data) == 0 {
		const problem = "%s: malformed: a file of 0 bytes (a phone without a trust list takes it for none)"
		return usageError(problem, c.File)
	}
	encrypted, err := itl.ParseEncrypted(data)
	switch {
	case err == nil:
		_, err := io.WriteString(s.out, itl.ShowEncrypted(encrypted))
		return err
	case strings.HasSuffix(c.File, ".enc.sgn"):
		return usageError("%s: %w", c.File, err)
	}
	list, listErr := itl.ParseList(data)
	if listErr == nil && !strings.HasSuffix(list.Filename, ".sgn") {
		_, err := io.WriteString(s.out, itl.Show(list, time.UTC))
		return err
	}
	file, err := itl.ParseFile(data)
	if err != nil || strings.HasSuffix(file.Filename, ".tlv") {
		return usageError("%s: %w", c.File, listErr)
	}
	_, err = io.WriteString(s.out, itl.ShowFile(file))
	return err
}

type trustCmd struct {
	Stored string `help:"The list that the phone holds." required:"" type:"path" placeholder:"OLD.tlv"`
	Served string `help:"The list that it is offered." required:"" type:"path" placeholder:"NEW.tlv"`
}

// Run says whether a phone would take the served list.
func (c *trustCmd) Run(s streams) error {
	stored, err := readFile(c.Stored)
	if err != nil {
		return err
	}
	held, err := itl.ParseList(stored)
	if err != nil {
		return usageError("%s, the stored list: %w", c.Stored, err)
	}
	if held.TooLarge() {
		return usageError("%s, the stored list: no phone holds an ITL of more than %d bytes", c.Stored, itl.MaxITL)
	}
	served, err := readFile(c.Served)
	if errors.Is(err, errTooLarge) {
		served = make([]byte, itl.MaxFile+1) // whatever it holds, phones refuse it by its size
	} else if err != nil {
		return err
	}
	verdict, state := phone.WouldTake(held, served)
	if verdict.Refusal != nil {
		fmt.Fprintf(s.out, "refused: %v\nthe phone is %s\n", verdict.Refusal.Reason, state)
		return errFailed
	}
	if verdict.By == phone.ByNothing {
		fmt.Fprintf(s.out, "not found: a file of 0 bytes is none for a phone that takes the next list on faith\n"+
			"the phone is %s\n", state)
		return nil
	}
	fmt.Fprintf(s.out, "taken by %s: signed by %s\nthe phone is %s\n", verdict.By, verdict.Signer, state)
	return nil
}

// errTooLarge is a file that no phone downloads.
var errTooLarge = fmt.Errorf("larger than the %d KB that a phone downloads", itl.MaxFile>>10)

// readFile reads what a phone would download, no more: else errTooLarge.
func readFile(path string) ([]byte, error) {
	data, err := bounded.ReadFile(path, itl.MaxFile)
	switch _, tooLarge := errors.AsType[*bounded.TooLargeError](err); {
	case tooLarge:
		return nil, usageError("%s: %w", path, errTooLarge)
	case err != nil:
		return nil, usageError("%w", err)
	}
	return data, nil
}
