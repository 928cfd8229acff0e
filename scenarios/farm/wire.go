package farm

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"itlsim/lab"
)

// What crosses between a run on sockets and its workers. A worker asks and the run's command
// answers, never the other way round: an answer that is lost is asked for again, and one message
// a second is the worker's progress, and tells each that the other is there.
const (
	// callSubject is where a worker that is free asks for a place.
	callSubject = "itlsim.wire.call"
	// postSubject and the run are where its workers tell what they have done, and get orders.
	postSubject = "itlsim.wire.post."
)

// ScenarioKind is what workers do for a run of a scenario: [scenarios.Duty].
const ScenarioKind = "scenario"

// Bounds of what crosses, in bytes. A server takes messages of a megabyte, of which JSON makes
// three quarters.
const (
	maxPost   = 1 << 20
	maxPiece  = 256 << 10 // of an order or a result, which has as many as it needs
	maxOrder  = 64 << 20  // a scenario, and what its phones have
	maxResult = 64 << 20  // phones are told of some thousands at a time
	maxWord   = 300       // a worker's name, an address, a build
	maxReason = 4 << 10
	maxCrew   = 4096 // workers of a run, as many as a server takes
)

// Parts of an AckWait.
const (
	// silentAfter is after how much of it without contact a worker's phones are silent, so that
	// they are before the run's command takes them for lost and others act.
	silentAfter = 0.75
	askTimes    = 4  // in an AckWait a worker asks again where no answer comes
	holdTimes   = 10 // in an AckWait it hears that there is nothing new
)

// A Machine is a worker of runs on sockets as it says of itself.
type Machine struct {
	Name      string   `json:"name"`
	Address   string   `json:"address"`    // that its phones share
	PhonesMax int      `json:"phones_max"` // that it takes at most
	Targets   []string `json:"targets"`    // that it sends to, in words
}

// An offer is a machine's, which is free.
type offer struct {
	ID    string `json:"id"` // of the process
	Build string `json:"build"`
	Machine
}

// A place is a machine's in a run.
type place struct {
	Run     string        `json:"run"`           // "": it has none,
	Says    string        `json:"says,omitzero"` // and why, where somebody may want to know
	Kind    string        `json:"kind"`          // what workers of the run do
	Shard   lab.Shard     `json:"shard"`
	AckWait time.Duration `json:"ack_wait"`
}

// A post is what a worker tells.
type post struct {
	ID       string          `json:"id"`
	Got      int             `json:"got,omitzero"`    // the order that came last, whole
	Coming   int             `json:"coming,omitzero"` // the one of which there is a part,
	Has      int             `json:"has,omitzero"`    // of so many bytes
	Done     int             `json:"done,omitzero"`   // that is done
	Failed   string          `json:"failed,omitzero"` // or why it is not
	Piece    []byte          `json:"piece,omitempty"` // of what came of it,
	At       int             `json:"at,omitzero"`     // from this byte on
	Size     int             `json:"size,omitzero"`   // of so many
	Progress json.RawMessage `json:"progress,omitempty"`
}

// An order is the answer.
type order struct {
	Number int    `json:"number,omitzero"` // from 1; 0: there is none
	Body   []byte `json:"body,omitempty"`  // a piece of it,
	At     int    `json:"at,omitzero"`     // from this byte on
	Size   int    `json:"size,omitzero"`   // of so many
	Have   int    `json:"have,omitzero"`   // of the result of the last one, in bytes
	Ended  bool   `json:"ended,omitzero"`
}

// read reads a message. What does not fit is refused.
func read[T interface{ check() error }](data []byte) (m T, err error) {
	if len(data) > maxPost {
		return m, fmt.Errorf("a message of %d bytes", len(data))
	}
	if err = json.Unmarshal(data, &m); err == nil {
		err = m.check()
	}
	return m, err
}

func (o offer) check() error {
	for _, word := range append([]string{o.ID, o.Build, o.Name, o.Address}, o.Targets...) {
		if !isWord(word) {
			return fmt.Errorf("%.20q is not a name", word)
		}
	}
	if o.PhonesMax < 0 {
		return errors.New("fewer phones than none")
	}
	return nil
}

func (p place) check() error {
	switch {
	case p.Run == "":
		return nil
	case !isToken(p.Run):
		return fmt.Errorf("%.20q is not a run", p.Run)
	case p.AckWait < time.Millisecond || p.AckWait > time.Hour:
		return fmt.Errorf("an AckWait of %v", p.AckWait)
	case p.Shard.Of < 1 || p.Shard.Of > maxCrew || p.Shard.Index < 0 || p.Shard.Index >= p.Shard.Of:
		return fmt.Errorf("shard %d of %d", p.Shard.Index, p.Shard.Of)
	}
	return nil
}

func (p post) check() error {
	switch {
	case p.Done < 0 || p.Done > p.Got:
		return errors.New("done before it came")
	case p.At < 0 || p.At > p.Size || p.Size > maxResult || p.At+len(p.Piece) > p.Size:
		return errors.New("a piece that is none of its whole")
	case p.Coming < 0 || p.Has < 0:
		return errors.New("less than nothing of an order")
	case len(p.Failed) > maxReason:
		return errors.New("a reason of " + strconv.Itoa(len(p.Failed)) + " bytes")
	}
	return nil
}

func (o order) check() error {
	if o.Number < 0 || o.Have < 0 || o.At < 0 || o.Size > maxOrder || o.At > o.Size || len(o.Body) > o.Size-o.At {
		return errors.New("no order")
	}
	return nil
}

// isWord reports whether a text may be printed as it is.
func isWord(s string) bool {
	return s != "" && len(s) <= maxWord && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// isToken reports whether a text may be a part of a subject.
func isToken(s string) bool {
	return isWord(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
