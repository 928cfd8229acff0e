package tftp

import "time"

// A wheel keeps what is due at some time: to put something in, and to take out what
// is due, costs the same however much it holds. It knows no clock; times count from
// any beginning. The zero value is empty.
type wheel[T interface{ dueAt() time.Duration }] struct {
	slots [wheelSlots][]T
	done  int64 // ticks up to this one have been taken out
	held  int
}

const (
	wheelTick  = 2 * time.Millisecond
	wheelSlots = 256
	// never is when that is due which the wheel is to forget.
	never time.Duration = -1
)

// tickOf is the first tick at which something is not early.
func tickOf(due time.Duration) int64 { return int64((due + wheelTick - 1) / wheelTick) }

// add puts in what is due at t.dueAt(). If that changes to a later time, or to
// never, the wheel need not be told.
func (w *wheel[T]) add(t T) {
	at := min(max(tickOf(t.dueAt()), w.done+1), w.done+wheelSlots)
	slot := &w.slots[at%wheelSlots]
	*slot = append(*slot, t)
	w.held++
}

// expire takes out all that is due and hands it over. What is due later again, the
// caller puts in anew.
func (w *wheel[T]) expire(now time.Duration, hand func(T)) {
	until := int64(now / wheelTick)
	for w.done = max(w.done, until-wheelSlots); w.done < until && w.held > 0; {
		w.done++
		slot := &w.slots[w.done%wheelSlots]
		due := *slot
		*slot = nil
		w.held -= len(due)
		for _, t := range due {
			switch at := t.dueAt(); {
			case at == never:
			case tickOf(at) > until:
				w.add(t)
			default:
				hand(t)
			}
		}
		clear(due)
		if *slot == nil {
			*slot = due[:0] // no garbage
		}
	}
	w.done = max(w.done, until)
}

// next is when expire has something to do again; ok is false where it has not.
func (w *wheel[T]) next() (at time.Duration, ok bool) {
	for tick := w.done + 1; w.held > 0 && tick <= w.done+wheelSlots; tick++ {
		if len(w.slots[tick%wheelSlots]) > 0 {
			return time.Duration(tick) * wheelTick, true
		}
	}
	return 0, false
}
