package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"slices"

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
	r := &storyReader{json.NewDecoder(bounded.Reader(from, most)), device, &Report{}}
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
	device string
	to     *Report
}

func (r *storyReader) report() error {
	if err := r.begins('{'); err != nil {
		return err
	}
	parts := map[json.Token]func() error{
		"scenario":         func() error { return r.Decode(&r.to.Scenario) },
		"stories_left_out": func() error { return r.Decode(&r.to.StoriesLeftOut) },
		"stories":          r.stories,
	}
	for r.More() {
		key, err := r.Token()
		if err != nil {
			return err
		}
		read, counts := parts[key]
		switch {
		case !counts:
			err = r.Decode(new(json.RawMessage)) // passes by
		case read == nil:
			err = strictjson.Twice(key.(string))
		default:
			parts[key] = nil
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

// story keeps a story if it is the device's.
func (r *storyReader) story(data []byte) error {
	var whose struct{ Phones []string }
	err := json.Unmarshal(data, &whose)
	if err != nil || len(r.to.Stories) > 0 || !slices.Contains(whose.Phones, r.device) {
		return err
	}
	if bytes.Count(data, []byte("{")) > maxChapters {
		return errors.New("a story has more chapters than any scenario has steps")
	}
	r.to.Stories = make([]Story, 1)
	return strictjson.Unmarshal(data, &r.to.Stories[0])
}
