package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"itlsim/internal/bounded"
	"itlsim/internal/cause"
	"itlsim/lab"
	"itlsim/scenarios/inventory"
)

type importCmd struct {
	Files  []string `arg:"" help:"Exports, terminal logs and .tlv files, in any order." placeholder:"FILE" type:"path"`
	Output string   `short:"o" help:"${import_output}" placeholder:"PLAN.yaml" type:"path"`
}

// Run makes a plan of the files, and says what it took, left out and assumed.
// What cannot be read is said too; only if nothing can, the command fails.
func (c *importCmd) Run(s streams, end *ending) error {
	name := "fleet"
	if c.Output != "" {
		base := filepath.Base(c.Output)
		if name = strings.TrimSuffix(strings.TrimSuffix(base, ".yaml"), ".yml"); name == base || name == "" {
			return usageError("-o %s: the plan's name ends in .yaml", c.Output)
		}
		if err := checkFolder("-o", c.Output); err != nil {
			return err
		}
	}
	var sources []inventory.Source
	var unread []error
	room := int64(inventory.MaxExport) // for all together
	for _, file := range c.Files {
		data, err := bounded.ReadFile(file, room)
		room -= int64(len(data))
		if err != nil {
			unread = append(unread, err)
			continue
		}
		sources = append(sources, inventory.Source{File: file, Data: data})
	}
	found := inventory.Read(sources, lab.MaxPhones)
	plan := found.Plan(name)
	for _, err := range unread {
		fmt.Fprintf(s.err, "not read: %s\n", cause.Of(err))
	}
	if len(found.Problems) > 0 {
		fmt.Fprintf(s.err, "not read:\n%v\n", found.Problems)
	}
	if plan == nil {
		told(s.err, found)
		return usageError("these files contain neither phones nor lists")
	}
	if c.Output == "" {
		told(s.err, found)
		_, err := s.out.Write(plan[0].Data)
		return err
	}
	plan[0].Name = filepath.Base(c.Output)
	end.begin() // all files, or none
	if err := c.write(plan); err != nil {
		return err
	}
	told(s.out, found)
	fmt.Fprintf(s.out, "Written: %s, and %d files beside it. Next: itlsim run %s --mode virtual\n",
		c.Output, len(plan)-1, c.Output)
	return nil
}

// told prints what was taken, left out and assumed.
func told(w io.Writer, found *inventory.Import) {
	for _, part := range []struct {
		title string
		lines []string
	}{{"Taken", found.Took}, {"Left out", found.LeftOut}, {"Assumed", found.Assumed}} {
		for i, l := range part.lines {
			if i == 0 {
				fmt.Fprintf(w, "%s:\n", part.title)
			}
			fmt.Fprintf(w, "  %s\n", l)
		}
	}
}

// write writes the plan and what it names, all of it or nothing. A file that was
// read is never written over.
func (c *importCmd) write(plan []inventory.File) error {
	dir := filepath.Dir(c.Output)
	var files []atomicFile
	abandon := func() {
		for _, f := range files {
			f.abandon()
		}
	}
	for _, f := range plan {
		path := filepath.Join(dir, f.Name)
		if from := sameFile(path, c.Files); from != "" {
			abandon()
			return usageError("-o %s: it would overwrite %s, which it has read; give it another name", c.Output, from)
		}
		to, err := createNamed("-o", path, 0o666)
		if err != nil {
			abandon()
			return err
		}
		files = append(files, to)
		if _, err := to.Write(f.Data); err != nil {
			abandon()
			return err
		}
	}
	for i := len(files) - 1; i >= 0; i-- { // the plan last: what it names is there by then
		if err := files[i].finish(); err != nil {
			files = files[:i]
			abandon()
			return err
		}
	}
	return nil
}

// sameFile finds a path among files; "" if it is none of them.
func sameFile(path string, files []string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	for _, file := range files {
		if other, err := os.Stat(file); err == nil && os.SameFile(info, other) {
			return file
		}
	}
	return ""
}
