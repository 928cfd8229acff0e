package main

import (
	"encoding/json"
	"io"
	"sync"
)

// outcomes writes how phones are, as often as somebody wants to know.
type outcomes struct {
	now  func() (*phonesReport, error)
	json string // a path, "-" for standard output, or ""
	out  io.Writer

	mu   sync.Mutex // held while one is written, so that the last is the newest
	file atomicFile // for the next JSON; nil where it is not begun
}

// newOutcomes begins the first file, so that one that cannot be written is found at once.
func newOutcomes(now func() (*phonesReport, error), json string, out io.Writer) (*outcomes, error) {
	o := &outcomes{now: now, json: json, out: out}
	return o, o.begin()
}

func (o *outcomes) begin() (err error) {
	if o.json == "-" {
		o.file = standard{o.out}
	} else {
		o.file, err = createNamed("--json", o.json, 0o666)
	}
	return err
}

// write writes the outcome as it is now, in words too where JSON does not take standard
// output.
func (o *outcomes) write() (*phonesReport, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.file == nil {
		if err := o.begin(); err != nil {
			return nil, err
		}
	}
	r, err := o.now()
	if err != nil {
		return nil, err
	}
	file := o.file
	o.file = nil
	defer file.abandon()
	enc := json.NewEncoder(file)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return nil, err
	}
	if err := file.finish(); err != nil || o.json == "-" {
		return r, err
	}
	return r, r.writeText(o.out)
}

// end abandons a file that was begun.
func (o *outcomes) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.file != nil {
		o.file.abandon()
	}
}
