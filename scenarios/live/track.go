package live

// A track is a value of each phone, and which of them changed since when. Its user locks it.
type track[T ~byte | ~int32] struct {
	values  []T
	changes []uint64 // of each value, its number in the count of changes
	count   uint64
}

// put adds a phone.
func (t *track[T]) put(v T) {
	t.values, t.changes = append(t.values, v), append(t.changes, 0)
}

// set changes a phone's value, where that is another one.
func (t *track[T]) set(i int, v T) {
	if t.values[i] != v {
		t.count++
		t.values[i], t.changes[i] = v, t.count
	}
}

// since gives what is newer than so many changes, as pairs of index and value, or says that all
// are shorter.
func (t *track[T]) since(seen uint64) (all bool, changed []int) {
	if t.count == seen {
		return false, nil
	}
	newer := 0
	for _, at := range t.changes {
		if at > seen {
			newer++
		}
	}
	if newer > len(t.values)/8 {
		return true, nil
	}
	changed = make([]int, 0, 2*newer)
	for i, at := range t.changes {
		if at > seen {
			changed = append(changed, i, int(t.values[i]))
		}
	}
	return false, changed
}
