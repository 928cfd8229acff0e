package farm

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"

	"itlsim/internal/cause"
	"itlsim/internal/contain"
	"itlsim/lab"
)

// A Hand is a worker of runs on sockets.
type Hand struct {
	Build string
	Machine
	Said func(string) // takes what people may want to know; not nil
	// Begin begins what a run wants of the phones of a shard. Its error is told to the run's
	// command, which ends.
	Begin func(kind string, shard lab.Shard) (Duty, error)

	id      string
	refusal string // why a run was not joined, as it was said last
}

// A Duty is what a worker does of a run on sockets.
type Duty interface {
	// Do carries an order out. The context ends when the run does, or another order comes.
	Do(ctx context.Context, order []byte) (result []byte, err error)
	// Progress tells how far it is, as JSON.
	Progress() json.RawMessage
	// Close silences the phones at once. It may be called while something is done.
	Close()
}

// Serve takes part in runs, one after the other, until the context ends.
func (h *Hand) Serve(ctx context.Context, f *Farm) error {
	h.id = nuid.Next()
	for ctx.Err() == nil {
		if f.conn.IsClosed() {
			return fmt.Errorf("the farm has ended the connection: %w", f.conn.LastError())
		}
		if p, ok := h.seek(ctx, f); ok {
			h.serve(ctx, f, p)
		} else {
			pause(ctx)
		}
	}
	return nil
}

// seek asks for a place in a run.
func (h *Hand) seek(ctx context.Context, f *Farm) (p place, found bool) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	p, err := ask[place](ctx, f.conn, callSubject, offer{ID: h.id, Build: h.Build, Machine: h.Machine})
	if err != nil {
		return p, false // nobody wants anybody
	}
	if p.Run == "" && p.Says != h.refusal {
		h.Said(p.Says)
	}
	h.refusal = p.Says
	return p, p.Run != ""
}

// ask asks for an answer.
func ask[T interface{ check() error }](
	ctx context.Context, conn *nats.Conn, subject string, m any,
) (answer T, err error) {
	text, err := json.Marshal(m)
	if err != nil {
		return answer, err
	}
	msg, err := conn.RequestWithContext(ctx, subject, text)
	if err != nil {
		return answer, err
	}
	return read[T](msg.Data)
}

// A stint is a worker's part in one run.
type stint struct {
	*Hand
	place
	conn *nats.Conn
	duty Duty
	ctx  context.Context // ends when the run does, or contact with it
	end  context.CancelFunc
	last *time.Timer // runs out when there was no contact for too long

	doing sync.WaitGroup
	turn  sync.Mutex // whose order is carried out

	mu        sync.Mutex
	coming    int                // the order of which there is a part,
	body      []byte             // which is this
	got       int                // the last order,
	cancel    context.CancelFunc // which ends it
	done      int                // the last that is done:
	result    []byte             // what came of it,
	have      int                // of which the run's command has so much
	failed    string
	urgent    bool               // there is more to tell than the post under way does,
	interrupt context.CancelFunc // which ends that
}

// serve takes part in a run to its end.
func (h *Hand) serve(ctx context.Context, f *Farm, p place) {
	s := &stint{Hand: h, place: p, conn: f.conn, cancel: func() {}}
	s.ctx, s.end = context.WithCancel(ctx)
	defer s.end()
	var err error
	if s.duty, err = h.Begin(p.Kind, p.Shard); err != nil {
		s.duty = refused{err}
	}
	h.Said(fmt.Sprintf("takes part %d of %d of a run", p.Shard.Index+1, p.Shard.Of))
	s.last = time.AfterFunc(s.silentAfter(), s.silence)
	for s.ctx.Err() == nil && !s.post() {
	}
	s.last.Stop()
	s.end()
	s.duty.Close()
	s.doing.Wait()
	h.Said("that run has ended here")
}

// refused is the duty of a worker that does not do what is wanted.
type refused struct{ error }

func (r refused) Do(context.Context, []byte) ([]byte, error) { return nil, r.error }
func (r refused) Progress() json.RawMessage                  { return nil }
func (r refused) Close()                                     {}

func (s *stint) silentAfter() time.Duration { return time.Duration(silentAfter * float64(s.AckWait)) }

// silence ends the phones of a worker that is out of contact. The run's command heard of it at
// the last post that was answered, or later, and does not count it as lost before an AckWait is
// over since: it is silent by then, whatever the clocks of the two machines show.
func (s *stint) silence() {
	s.end()
	s.duty.Close()
	s.Said(fmt.Sprintf("no contact with the run for %v: the phones here are silent", s.silentAfter()))
}

// post tells how far the worker is, and takes an order. It reports whether the run has ended.
func (s *stint) post() (ended bool) {
	sent := time.Now()
	ctx, cancel := context.WithTimeout(s.ctx, s.AckWait/askTimes)
	defer cancel()
	o, err := ask[order](ctx, s.conn, postSubject+s.Run, s.state(cancel))
	if err != nil {
		s.rest()
		return false
	}
	if !s.last.Stop() {
		return true // it is silent
	}
	s.last.Reset(time.Until(sent.Add(s.silentAfter())))
	s.take(o)
	return o.Ended
}

// rest waits until it is time to try again, which it is at once where there is more to tell.
func (s *stint) rest() {
	s.mu.Lock()
	urgent := s.urgent
	s.mu.Unlock()
	if urgent {
		return
	}
	select {
	case <-time.After(s.AckWait / holdTimes):
	case <-s.ctx.Done():
	}
}

// state is what there is to tell. interrupt ends the post that tells it.
func (s *stint) state(interrupt context.CancelFunc) post {
	progress := s.duty.Progress()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.urgent, s.interrupt = false, interrupt
	p := post{ID: s.id, Got: s.got, Coming: s.coming, Has: len(s.body), Done: s.done, Failed: s.failed, At: s.have,
		Size: len(s.result), Progress: progress}
	p.Piece = s.result[s.have:min(len(s.result), s.have+maxPiece)]
	return p
}

// take takes an answer.
func (s *stint) take(o order) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o.Have <= len(s.result) {
		s.have = o.Have
	}
	if o.Number <= s.got {
		return
	}
	if o.Number != s.coming {
		s.coming, s.body = o.Number, nil
	}
	if o.At == len(s.body) {
		s.body = append(s.body, o.Body...)
	}
	if len(s.body) < o.Size {
		return // the next post says of how much
	}
	s.cancel()
	var ctx context.Context
	ctx, s.cancel = context.WithCancel(s.ctx)
	body := s.body
	s.got, s.coming, s.body = o.Number, 0, nil
	s.doing.Go(func() { s.do(ctx, o.Number, body) })
}

// do carries an order out, after the one before.
func (s *stint) do(ctx context.Context, number int, body []byte) {
	s.turn.Lock()
	defer s.turn.Unlock()
	var result []byte
	err := ctx.Err()
	if err == nil {
		if fault := contain.Do(func() { result, err = s.duty.Do(ctx, body) }); fault != nil {
			err = fault
		}
	}
	if err == nil && len(result) > maxResult {
		err = fmt.Errorf("%d bytes came of it, and %d are taken", len(result), maxResult)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if number != s.got {
		return // another has come
	}
	s.done, s.result, s.have, s.failed = number, result, 0, ""
	if err != nil {
		s.result = nil
		s.failed = reason(err)
	}
	s.urgent = true
	s.interrupt()
}

// reason is why something failed, as it crosses.
func reason(err error) string {
	why := cause.Of(err)
	return strings.ToValidUTF8(why[:min(len(why), maxReason)], "")
}
