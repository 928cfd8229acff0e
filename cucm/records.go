package cucm

import (
	"crypto/x509"
	"hash/maphash"
	"iter"
	"net/netip"
	"time"
	"unique"

	"itlsim/cnf"
	"itlsim/sip"
)

// A Device is a phone in the cluster's database.
type Device struct {
	Name  string // SEP<MAC>
	Model string
	Group []*Node // CallManager Group: the nodes to register with and whose TVS to ask, in order
	// Security is the Device Security Mode of its security profile. It has effect
	// while the cluster is in mixed mode.
	Security cnf.SecurityMode
	// Encrypted is TFTP Encrypted Config of that profile: once the phone has an LSC,
	// its configuration is encrypted for that.
	Encrypted bool
	LSC       *x509.Certificate // the last that CAPF issued; nil: none
}

// A Registration of a phone with a node. It never changes. Nothing watches it:
// that it has lapsed is found when somebody looks.
type Registration struct {
	Node    *Node
	Session string         // Call-ID; a new boot has a new one
	Contact string         // sip:number@host:port, where resets go; "" where the phone registered without SIP
	At      netip.AddrPort // where the phone is reached
	// Loads is the firmware that the phone tells of. Those of a model share one.
	Loads unique.Handle[sip.Loads]
	// since is when it began, by the cluster's time; zero where the phone registered
	// without SIP, since all of those share one.
	since time.Time
	// lapses is when it does, by a clock that `set date` does not move; zero: never,
	// as in a simulation that spares the keep-alives.
	lapses time.Time
}

// A RegisteredPhone is one that a node can reset.
type RegisteredPhone struct {
	Caller
	*Registration
}

// A Caller is a phone that calls a cluster, or is called: a driver of many phones says
// where its record is, so that it need not be looked up by name for each thing that the
// phone does. What takes a name alone is for everybody else.
type Caller struct {
	Device string // its name
	// Number is the phone's in the order in which the cluster came to know its phones,
	// from 0. It is a guess: a wrong one costs the look-up by name.
	Number int
}

// A holding is which list a phone holds, by its DeviceTLInfo (M19). Phones that
// report the same share one.
type holding struct {
	installed bool
	itl       sip.Checksum // zero where none is installed
	server    string       // the CN of the list's TFTP record
}

// A record is all that a cluster knows of a phone. It is kept small: there may
// be a million of them.
type record struct {
	device       Device
	registration *Registration // nil: not registered
	holds        *holding      // as last reported; nil: it never did
	alarms       uint32        // that it sent
	known        bool          // it is in the database, and not only heard of
	web          Httpd         // as the configuration says that it was served last
	resetting    bool          // its registration's phone is being told to boot again
}

// records are those of all phones, found by name. A map of a million names takes
// fifty megabytes, which are searched for pointers at each collection of garbage;
// a table of positions takes eight.
type records struct {
	chunks [][]record // in the order in which the phones came to be known, never moved
	n      int        // how many they are
	known  int        // how many of these are in the database
	seed   maphash.Seed
	// table has numbers of records, counted from 1, each at its name's hash or the
	// next free slot behind; its length is a power of two
	table []uint32
	free  []uint32 // numbers of records that were removed, and have no name
}

// chunk is how many records are next to each other: a phone's neighbours do the same a
// moment later.
const chunk = 1 << 8

func newRecords() records { return records{seed: maphash.MakeSeed(), table: make([]uint32, 16)} }

// number is a record by its number, from 0.
func (r *records) number(i int) *record { return &r.chunks[uint(i)/chunk][uint(i)%chunk] }

// all are all records, in order, by their numbers.
func (r *records) all() iter.Seq2[int, *record] {
	return func(yield func(int, *record) bool) {
		for i := range r.n {
			if rec := r.number(i); rec.device.Name != "" && !yield(i, rec) {
				return
			}
		}
	}
}

// home is where in the table a name's number is, unless that slot is taken.
func (r *records) home(name string) int {
	return int(maphash.String(r.seed, name)) & (len(r.table) - 1)
}

// slot is where in the table a name's number is, or would be.
func (r *records) slot(name string) int {
	mask := len(r.table) - 1
	i := r.home(name)
	for r.table[i] != 0 && r.number(int(r.table[i])-1).device.Name != name {
		i = (i + 1) & mask
	}
	return i
}

// find finds a phone's record; nil where there is none.
func (r *records) find(c Caller) *record {
	if uint(c.Number) < uint(r.n) {
		if rec := r.number(c.Number); rec.device.Name == c.Device && c.Device != "" {
			return rec
		}
	}
	if number := r.table[r.slot(c.Device)]; number != 0 {
		return r.number(int(number) - 1)
	}
	return nil
}

// among are the records of these phones, in their order, or of all where none is named.
func (r *records) among(names []string) iter.Seq[*record] {
	return func(yield func(*record) bool) {
		if len(names) == 0 {
			for _, rec := range r.all() {
				if !yield(rec) {
					return
				}
			}
		}
		for _, name := range names {
			if rec := r.find(Caller{Device: name}); rec != nil && !yield(rec) {
				return
			}
		}
	}
}

// get finds a phone's record, or begins it.
func (r *records) get(c Caller) *record {
	if rec := r.find(c); rec != nil {
		return rec
	}
	if last := len(r.free) - 1; last >= 0 {
		number := r.free[last]
		r.free = r.free[:last]
		rec := r.number(int(number) - 1)
		rec.device.Name = c.Device
		r.table[r.slot(c.Device)] = number
		return rec
	}
	if r.n%chunk == 0 {
		r.chunks = append(r.chunks, make([]record, 0, chunk))
	}
	last := &r.chunks[r.n/chunk]
	*last = append(*last, record{device: Device{Name: c.Device}})
	r.n++
	if 2*r.n > len(r.table) {
		r.table = make([]uint32, 2*len(r.table))
		for i := range r.n {
			r.table[r.slot(r.number(i).device.Name)] = uint32(i + 1)
		}
	} else {
		r.table[r.slot(c.Device)] = uint32(r.n)
	}
	return r.number(r.n - 1)
}

// remove forgets a phone. Its record is the next one's that begins.
func (r *records) remove(name string) {
	gap, mask := r.slot(name), len(r.table)-1
	number := r.table[gap]
	if number == 0 {
		return
	}
	rec := r.number(int(number) - 1)
	if rec.known {
		r.known--
	}
	r.free = append(r.free, number)
	// What stands behind the gap, and would not be found behind it, moves up.
	for i := (gap + 1) & mask; r.table[i] != 0; i = (i + 1) & mask {
		home := r.home(r.number(int(r.table[i]) - 1).device.Name)
		if (i-home)&mask >= (i-gap)&mask {
			r.table[gap], gap = r.table[i], i
		}
	}
	r.table[gap] = 0
	*rec = record{}
}

// enter enters a phone into the database.
func (r *records) enter(d Device) {
	rec := r.get(Caller{Device: d.Name})
	if !rec.known {
		rec.known = true
		r.known++
	}
	rec.device = d
}
