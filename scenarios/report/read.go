package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"time"

	"itlsim/internal/bounded"
	"itlsim/internal/strictjson"
)

// maxSize is more than any report has as JSON, in bytes: a million phones with names,
// and ten thousand stories of ten chapters.
const maxSize = 256 << 20

// maxChapters is more than the steps of any scenario.
const maxChapters = 10_000

// ReadFor reads of a report's JSON what [Report.Explain] tells of a device: which
// scenario it was, and the device's story. The rest passes by, so that a file takes the
// memory of its largest story, not that of all that it says.
func ReadFor(device string, from io.Reader) (*Report, error) { return readFor(device, from, maxSize) }

func readFor(device string, from io.Reader, most int64) (*Report, error) {
	r := newStoryReader(from, most)
	r.wants = func(phones []string) bool { return len(r.to.Stories) == 0 && slices.Contains(phones, device) }
	return r.whole()
}

// Read reads what [Compare] compares of a report's JSON; the rest passes by. What no run
// has so much of is refused, so that a file takes some ten times its size in memory.
func Read(from io.Reader) (*Report, error) {
	r := newStoryReader(from, maxSize)
	r.wants = func([]string) bool { return true }
	maps.Copy(r.parts, map[json.Token]func() error{
		"mode": part(r, &r.to.Mode), "seed": part(r, &r.to.Seed), "version": part(r, &r.to.Version),
		"started_at": part(r, &r.to.StartedAt), "phones": part(r, &r.to.Phones), "passed": part(r, &r.to.Passed),
		"clusters": part(r, &r.to.Clusters), "steps": part(r, &r.to.Steps),
		"timing": part(r, &struct {
			StartedAt *time.Time `json:"started_at"`
			BootMS    *Boots     `json:"boot_ms"`
		}{&r.to.Timing.StartedAt, &r.to.Timing.BootMS}),
	})
	_, err := r.whole()
	if err == nil && len(r.to.Steps)*len(r.to.Stories) > maxCourses {
		err = errors.New("it has more stories of more steps than any run")
	}
	return r.to, err
}

// maxCourses bounds where phones were after each step, by story and step: ten thousand
// stories of four hundred steps.
const maxCourses = 4_000_000

// maxObjects and maxValues are more than a part of any report has, beside phones' names:
// 10,000 acts of steps with the states of twenty groups, and a million phones.
const (
	maxObjects = 250_000
	maxValues  = 2_000_000
)

// part reads a part of the report.
func part[T any](r *storyReader, into *T) func() error {
	return func() error {
		var data json.RawMessage
		if err := r.Decode(&data); err != nil {
			return err
		}
		if bytes.Count(data, []byte("{")) > maxObjects || bytes.Count(data, []byte(",")) > maxValues {
			return errors.New("it has more steps, groups or nodes than any run")
		}
		return strictjson.Unmarshal(data, into)
	}
}

// whole reads a report to the end.
func (r *storyReader) whole() (*Report, error) {
	err := r.report()
	if err == nil {
		if _, more := r.Token(); more != io.EOF {
			err = errors.New("something follows the JSON")
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the JSON ends too early")
	}
	return r.to, err
}

// storyReader reads a report token by token.
type storyReader struct {
	*json.Decoder
	parts map[json.Token]func() error // by key; nil where it was there
	wants func(phones []string) bool  // whether a story of theirs is kept
	to    *Report
}

// newStoryReader reads the scenario's name and the stories.
func newStoryReader(from io.Reader, most int64) *storyReader {
	r := &storyReader{Decoder: json.NewDecoder(bounded.Reader(from, most)), to: &Report{}}
	r.parts = map[json.Token]func() error{
		"scenario":         func() error { return r.Decode(&r.to.Scenario) },
		"stories_left_out": func() error { return r.Decode(&r.to.StoriesLeftOut) },
		"stories":          r.stories,
	}
	return r
}

func (r *storyReader) report() error {
	if err := r.begins('{'); err != nil {
		return err
	}
	for r.More() {
		key, err := r.Token()
		if err != nil {
			return err
		}
		read, counts := r.parts[key]
		switch {
		case !counts:
			err = r.Decode(new(json.RawMessage)) // passes by
		case read == nil:
			err = strictjson.Twice(key.(string))
		default:
			r.parts[key] = nil
			err = read()
		}
		if err != nil {
			return err
		}
	}
	_, err := r.Token() // the end
	return err
}

// begins reads a bracket.
func (r *storyReader) begins(want json.Delim) error {
	t, err := r.Token()
	if got, bracket := t.(json.Delim); err == nil && (!bracket || got != want) {
		kind := map[json.Delim]string{'{': "object", '[': "array"}[got]
		if !bracket {
			kind = "scalar"
		}
		err = &json.UnmarshalTypeError{Value: kind, Type: reflect.TypeFor[Report]()}
	}
	return err
}

func (r *storyReader) stories() error {
	if err := r.begins('['); err != nil {
		return err
	}
	for r.More() {
		var story json.RawMessage
		if err := r.Decode(&story); err != nil {
			return err
		}
		if err := r.story(story); err != nil {
			return err
		}
	}
	_, err := r.Token()
	return err
}

// story keeps a story if it is wanted.
func (r *storyReader) story(data []byte) error {
	var whose struct {
		Phones []string
		Count  int
	}
	err := json.Unmarshal(data, &whose)
	if err != nil || !r.wants(whose.Phones) {
		r.to.unread += max(0, whose.Count-len(whose.Phones))
		return err
	}
	if bytes.Count(data, []byte("{")) > maxChapters {
		return errors.New("a story has more chapters than any scenario has steps")
	}
	if len(r.to.Stories) == maxStories {
		return fmt.Errorf("it has more than %d stories", maxStories)
	}
	var story Story
	if err := strictjson.Unmarshal(data, &story); err != nil {
		return err
	}
	r.to.Stories = append(r.to.Stories, story)
	return nil
}
