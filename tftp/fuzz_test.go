package tftp

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A request that is understood is one that can be written again from what was
// understood of it, and its options are granted within their bounds.
func FuzzParseQuestion(f *testing.F) {
	f.Add(request(opRRQ, "ITLFile.tlv", "octet"))
	f.Add(request(opRRQ, "f", "NETASCII", "blksize", "8", "TSIZE", "0", "blksize", "65464"))
	f.Add(request(opWRQ, "f", "mail", "timeout"))
	f.Add(request(opRRQ, "f"))
	f.Fuzz(func(t *testing.T, p []byte) {
		q, ok := parseQuestion(string(p))
		if !ok {
			return
		}
		fields := []string{q.name, q.mode}
		for _, o := range q.options {
			fields = append(fields, o.name, o.value)
		}
		written := request(q.op, fields...)
		again, ok := parseQuestion(string(written))
		require.True(t, ok || len(written) > maxRequest, "the mode may have grown with small letters")
		if ok {
			require.Equal(t, q, again)
		}
		blksize, oack := q.accept(5302)
		require.GreaterOrEqual(t, blksize, minBlksize)
		require.LessOrEqual(t, blksize, maxGranted)
		require.LessOrEqual(t, len(oack), len(p)+2*len("5302"))
	})
}

// datagrams cuts what a fuzzer made into datagrams: each is preceded by its length and
// by a byte that says where it arrives.
func datagrams(data []byte, each func(where byte, p []byte)) {
	for len(data) > 2 {
		n := min(int(data[0]), len(data)-2)
		each(data[1], data[2:2+n])
		data = data[2+n:]
	}
}

func seeds(f *testing.F, packets ...[]byte) {
	var all []byte
	for i, p := range packets {
		all = append(append(all, byte(len(p)), byte(i)), p...)
	}
	f.Add(all)
}

// A server answers a datagram by one at most, and an ERROR never; and it forgets
// whatever nobody goes on with.
func FuzzServing(f *testing.F) {
	seeds(f, request(opRRQ, "f", "octet"), block(opACK, 1, ""), block(opACK, 2, ""), block(opACK, 3, ""))
	seeds(f, request(opRRQ, "f", "netascii", "blksize", "8"), block(opACK, 0, ""), block(opERROR, 0, "\x00"))
	seeds(f, request(opWRQ, "f", "octet"), block(opDATA, 1, "x"), request(opRRQ, "g", "octet"))
	file := contents(1300)
	f.Fuzz(func(t *testing.T, data []byte) {
		s := newServing(ServerConfig{MaxTransfers: 2, Timeout: time.Second, Retries: 3}, 2)
		now := time.Duration(0)
		proceed := func(file []byte) {
			for t := s.next(); t != nil; t = s.next() {
				var err error
				if file == nil || !strings.Contains(t.name, "f") {
					err = ErrNotFound
				}
				if t.phase == sending {
					s.send(t, nil)
				} else {
					s.loaded(now, t, file, err, nil)
				}
			}
		}
		datagrams(data, func(where byte, p []byte) {
			now += time.Duration(where) * time.Millisecond
			s.expire(now, func(*transfer, []byte) {})
			e := ends{client: end{phoneIP(int(where >> 6)), uint16(where >> 5)}, server: nodeIP}
			var answer []byte
			if where&3 < 2 {
				_, answer = s.request(now, e, p, nil)
			} else {
				answer = s.receive(now, int(where&1), e, p, nil)
			}
			require.LessOrEqual(t, len(answer), headerSize+maxGranted)
			require.True(t, len(answer) == 0 || opcode(p) != opERROR)
			proceed(file)
			require.LessOrEqual(t, s.stats.Running, uint64(2))
		})
		for range 20 {
			now += time.Second
			s.expire(now, func(*transfer, []byte) {})
			proceed(nil)
		}
		require.Empty(t, s.byEnds)
		require.Empty(t, s.places.hosts)
		require.True(t, s.idle())
		require.Zero(t, s.stats.Running)
	})
}

// A client takes nothing but blocks in their order, and no more than it may; it ends,
// and answers no ERROR.
func FuzzFetching(f *testing.F) {
	seeds(f, block(opDATA, 1, strings.Repeat("x", 251)), block(opDATA, 2, "y"))
	seeds(f, block(opOACK, 0, "blksize\x00512\x00"), block(opERROR, 1, "File not found\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &fetching{byTID: make(map[tid]*fetch), load: []int{0}}
		g := &fetch{
			tid: tid{local: phoneIP(1), server: nodeIP}, name: "f", asked: 69, max: 700,
			timeout: time.Second, retries: 3, done: make(chan struct{}), resent: func() {},
		}
		s.ask(0, g, nil)
		now, took := time.Duration(0), 0
		datagrams(data, func(where byte, p []byte) {
			now += time.Duration(where) * time.Millisecond
			s.expire(now, func(*fetch, []byte) {})
			if where&8 > 0 { // full blocks are longer than a fuzzer's
				p = append(p[:len(p):len(p)], make([]byte, 516)...)[:516]
			}
			before := g.blocks
			answer := s.receive(now, g, 2000+uint16(where&1), p, nil)
			require.LessOrEqual(t, len(answer), maxRequest)
			require.True(t, len(answer) == 0 || opcode(p) != opERROR)
			if g.blocks != before {
				require.Equal(t, block(opDATA, uint16(before+1), ""), p[:4])
				took += len(p) - 4
			}
		})
		require.Len(t, g.data, took)
		require.LessOrEqual(t, took, g.max)
		for range 30 {
			now += time.Second
			s.expire(now, func(*fetch, []byte) {})
		}
		<-g.done
		require.Empty(t, s.byTID)
		require.Zero(t, s.load[0])
	})
}
