package cucm

import "hash/maphash"

// A record is all that a cluster knows of a phone. It is kept small: there may
// be a million of them.
type record struct {
	device       Device
	registration *Registration // nil: not registered
	holds        *holding      // as last reported; nil: it never did
	alarms       uint32        // that it sent
	known        bool          // it is in the database, and not only heard of
}

// records are those of all phones, found by name. A map of a million names takes
// fifty megabytes, which are searched for pointers at each collection of garbage;
// a table of places takes eight.
type records struct {
	all   []*record // in the order in which the phones came to be known
	known int       // of these, how many are in the database
	seed  maphash.Seed
	table []uint32 // places in all, from 1, each at its name's hash or next behind; a power of two
}

func newRecords() records { return records{seed: maphash.MakeSeed(), table: make([]uint32, 16)} }

// at is where in the table a name's place is, or would be.
func (r *records) at(name string) int {
	mask := len(r.table) - 1
	i := int(maphash.String(r.seed, name)) & mask
	for r.table[i] != 0 && r.all[r.table[i]-1].device.Name != name {
		i = (i + 1) & mask
	}
	return i
}

// find finds a phone's record; nil where there is none.
func (r *records) find(name string) *record {
	if place := r.table[r.at(name)]; place != 0 {
		return r.all[place-1]
	}
	return nil
}

// get finds a phone's record, or begins it.
func (r *records) get(name string) *record {
	if rec := r.find(name); rec != nil {
		return rec
	}
	rec := &record{device: Device{Name: name}}
	r.all = append(r.all, rec)
	if 2*len(r.all) > len(r.table) {
		r.table = make([]uint32, 2*len(r.table))
		for i, other := range r.all {
			r.table[r.at(other.device.Name)] = uint32(i + 1)
		}
		return rec
	}
	r.table[r.at(name)] = uint32(len(r.all))
	return rec
}

// enter enters a phone into the database.
func (r *records) enter(d Device) {
	rec := r.get(d.Name)
	if !rec.known {
		rec.known = true
		r.known++
	}
	rec.device = d
}
