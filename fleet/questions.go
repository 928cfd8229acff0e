package fleet

import (
	"sync/atomic"

	"itlsim/phone"
	"itlsim/tvs"
)

// A Result is what came of a question to a TVS.
type Result uint8

const (
	Answered   Result = iota // whatever the answer
	Mismatch                 // nothing was sent: the phone took the server's certificate for a stranger's
	Unanswered               // no connection, no answer in time, or nonsense
)

// Results are all.
var Results = [...]Result{Answered, Mismatch, Unanswered}

func (r Result) String() string { return [...]string{"answered", "mismatch", "unanswered"}[r] }

// Questions counts phones' questions to TVS, by what came of them, and by what phones asked
// or would have asked.
type Questions struct{ verify, query [len(Results)]atomic.Uint64 }

func (q *Questions) add(a phone.Action, r Result) { q.by(a.(phone.AskTVS).Command())[r].Add(1) }

func (q *Questions) by(c tvs.Command) *[len(Results)]atomic.Uint64 {
	if c == tvs.VerifyRequest {
		return &q.verify
	}
	return &q.query
}

// Load is how many questions of a command came to this.
func (q *Questions) Load(c tvs.Command, r Result) uint64 { return q.by(c)[r].Load() }

// Sum is how many of both commands did.
func (q *Questions) Sum(r Result) uint64 { return q.verify[r].Load() + q.query[r].Load() }
