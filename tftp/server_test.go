package tftp

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A phone without lists in a cluster that is not in mixed mode.
func TestPhoneBoots(t *testing.T) {
	const device = "SEP001122334455"
	list, config := contents(5302), contents(8200)
	server := listen(t, ServerConfig{Files: shelf{"ITL" + device + ".tlv": list, device + ".cnf.xml.sgn": config}.get})
	phone := Client{Local: netip.MustParseAddr("127.1.0.7"), Retries: 1000}
	get := func(kind Kind) ([]byte, error) {
		return phone.Get(t.Context(), server.Addr().String(), Name{kind, device}.String())
	}

	_, err := get(CTL)
	require.ErrorIs(t, err, ErrNotFound)
	got, err := get(ITL)
	require.NoError(t, err)
	require.Equal(t, list, got)
	got, err = get(SignedConfig)
	require.NoError(t, err)
	require.Equal(t, config, got)

	stats := final(t, server)
	stats.Datagrams, stats.Retransmits, stats.Peak = stats.Datagrams-stats.Retransmits, 0, 0 // as the scheduler likes
	require.Equal(t, ServerStats{Files: 2, NotFound: 1, Bytes: 5302 + 8200, Datagrams: 11 + 17}, stats)
}

// A file ends with a block of less than 512 bytes, be it empty.
func TestFilesOfAnySize(t *testing.T) {
	files := shelf{}
	for _, size := range []int{0, 1, 511, 512, 513, 1024, 5302, 1 << 16, 2 << 20} {
		files[fmt.Sprint(size)] = contents(size)
	}
	server := listen(t, ServerConfig{Files: files.get})
	for name, file := range files {
		got, err := patient.Get(t.Context(), server.Addr().String(), name)
		require.NoError(t, err, name)
		require.True(t, bytes.Equal(file, got), name)
	}
}

// A node answers from the address that was asked, even if it listens at all of them.
func TestAnswersFromTheAddressAsked(t *testing.T) {
	one := listen(t, ServerConfig{Files: shelf{"f": {1}}.get})
	all, err := Listen("0.0.0.0:0", ServerConfig{Files: shelf{"f": {1}}.get})
	require.NoError(t, err)
	defer all.Close()

	for _, asked := range []netip.AddrPort{
		one.Addr(),
		netip.AddrPortFrom(netip.MustParseAddr("127.0.0.2"), all.Addr().Port()),
		netip.AddrPortFrom(netip.MustParseAddr("127.9.9.9"), all.Addr().Port()),
	} {
		phone := socket(t, "127.1.0.7:0")
		phone.send(request(opRRQ, "f", "octet"), asked)
		_, from := phone.receive()
		require.Equal(t, asked.Addr(), from.Addr())
		require.NotEqual(t, asked.Port(), from.Port(), "each transfer has a port of its own")
		phone.send(block(opACK, 1, ""), from)
	}
}

func TestListenFails(t *testing.T) {
	taken := listen(t, ServerConfig{})
	for _, addr := range []string{taken.Addr().String(), "192.0.2.1:0", "[::1]:0", "127.0.0.2"} {
		_, err := Listen(addr, ServerConfig{})
		require.ErrorContains(t, err, "TFTP server: ", addr)
	}
}

// A block is sent again until it is acknowledged.
func TestServerRetransmits(t *testing.T) {
	server := listen(t, ServerConfig{Files: shelf{"f": contents(513)}.get, Timeout: 10 * time.Millisecond, Retries: 1000})
	phone := socket(t, "127.1.0.7:0")
	phone.send(request(opRRQ, "f", "octet"), server.Addr())
	_, from := phone.receive()
	phone.send(block(opACK, 1, ""), from)
	first, _ := phone.receive()
	for range 3 {
		second, again := phone.receive()
		require.Equal(t, first, second)
		require.Equal(t, from, again)
	}
	phone.send(block(opACK, 2, ""), from)

	stats := final(t, server)
	require.EqualValues(t, 1, stats.Files)
	require.NotZero(t, stats.Retransmits)
	require.Equal(t, stats.Datagrams-2, stats.Retransmits)
}

// Names go to FileFunc as they are, and nowhere else.
func TestOddNames(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	server := listen(t, ServerConfig{Files: func(name string) ([]byte, error) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, name)
		return nil, fmt.Errorf("%s: %w", strings.Repeat("long ", 500), ErrNotFound)
	}})
	names := []string{"../../etc/passwd", "/etc/passwd", "", "%s\xff\n", strings.Repeat("x", 500)}
	for _, name := range names {
		_, err := patient.Get(t.Context(), server.Addr().String(), name)
		require.ErrorIs(t, err, ErrNotFound)
	}
	phone := socket(t, "127.1.0.7:0")
	phone.send(request(opRRQ, names[0], "octet"), server.Addr())
	answer, _ := phone.receive()
	require.Equal(t, block(opERROR, 1, "File not found\x00"), answer, "and nothing of the long text around it")
	phone.send(request(opRRQ, strings.Repeat("y", 2000), "octet"), server.Addr())

	// The last name left no room for the mode.
	require.Eventually(t, func() bool { return server.Stats().Refused == 1 }, time.Minute, time.Millisecond)
	require.EqualValues(t, len(names)+1, final(t, server).NotFound)
	require.Equal(t, append(names, names[0]), asked)
}

// A file that cannot be had right now is not a missing one, and why is nobody's business.
func TestFileFuncFails(t *testing.T) {
	server := listen(t, ServerConfig{Files: func(string) ([]byte, error) { return nil, errors.New("being written") }})
	phone := socket(t, "127.1.0.7:0")
	phone.send(request(opRRQ, "f", "octet"), server.Addr())
	answer, _ := phone.receive()
	require.Equal(t, block(opERROR, 0, "File cannot be read\x00"), answer)
	require.Equal(t, ServerStats{Failed: 1, Peak: 1}, final(t, server))
}

// What a node answers to any request, row by row of the RFCs. Where the answer is nil
// there is none.
func TestAnswers(t *testing.T) {
	file := []byte("line\nline\r\n")
	overflow := strings.Repeat("9", 20)
	illegal := block(opERROR, 4, "Illegal TFTP operation\x00")
	whole := block(opDATA, 1, string(file))
	for name, test := range map[string]struct{ request, answer []byte }{
		"octet":             {request(opRRQ, "f", "octet"), whole},
		"OCTET":             {request(opRRQ, "f", "OCTET"), whole},
		"netascii":          {request(opRRQ, "f", "NetASCII"), block(opDATA, 1, "line\r\nline\r\x00\r\n")},
		"mail":              {request(opRRQ, "f", "mail"), illegal},
		"unknown mode":      {request(opRRQ, "f", "bogus"), illegal},
		"no mode":           {request(opRRQ, "f"), nil},
		"no name":           {packet(opRRQ), nil},
		"too long":          {request(opRRQ, "f", "octet", "x", strings.Repeat("y", 512)), nil},
		"unknown opcode":    {request(9, "f", "octet"), nil},
		"an ERROR":          {block(opERROR, 0, "\x00"), nil},
		"an ACK":            {block(opACK, 1, ""), nil},
		"no such file":      {request(opRRQ, "g", "octet"), block(opERROR, 1, "File not found\x00")},
		"case of names":     {request(opRRQ, "F", "octet"), block(opERROR, 1, "File not found\x00")},
		"write":             {request(opWRQ, "f", "octet"), block(opERROR, 2, "Access violation\x00")},
		"windowsize":        {request(opRRQ, "f", "octet", "windowsize", "64"), whole},
		"timeout":           {request(opRRQ, "f", "octet", "timeout", "3"), whole},
		"option, no value":  {request(opRRQ, "f", "octet", "blksize"), whole},
		"tsize 0":           {request(opRRQ, "f", "octet", "tsize", "0"), request(opOACK, "tsize", "11")},
		"tsize 77":          {request(opRRQ, "f", "octet", "tsize", "77"), request(opOACK, "tsize", "11")},
		"blksize":           {request(opRRQ, "f", "octet", "blksize", "1024"), request(opOACK, "blksize", "1024")},
		"BLKSIZE":           {request(opRRQ, "f", "octet", "BLKSIZE", "1024"), request(opOACK, "BLKSIZE", "1024")},
		"blksize 8":         {request(opRRQ, "f", "octet", "blksize", "8"), request(opOACK, "blksize", "8")},
		"blksize 4":         {request(opRRQ, "f", "octet", "blksize", "4"), whole},
		"blksize 65464":     {request(opRRQ, "f", "octet", "blksize", "65464"), request(opOACK, "blksize", "1468")},
		"blksize too large": {request(opRRQ, "f", "octet", "blksize", "65465"), whole},
		"blksize nonsense":  {request(opRRQ, "f", "octet", "blksize", overflow), whole},
		"blksize negative":  {request(opRRQ, "f", "octet", "blksize", "-8"), whole},
		"option twice": {request(opRRQ, "f", "octet", "blksize", "16", "tsize", "0", "blksize", "32"),
			request(opOACK, "blksize", "16", "tsize", "11")},
		"one option of two": {request(opRRQ, "f", "octet", "multicast", "", "tsize", "0"), request(opOACK, "tsize", "11")},
		"filling blksize":   {append(request(opRRQ, "f", "", "blksize"), strings.Repeat("0", 500)+"512"...), illegal},
	} {
		t.Run(name, func(t *testing.T) {
			server := listen(t, ServerConfig{Files: shelf{"f": file, "": file, "next": {7}}.get})
			phone := socket(t, "127.1.0.7:0")
			phone.send(test.request, server.Addr())
			if test.answer == nil {
				phone.send(request(opRRQ, "next", "octet"), server.Addr())
				test.answer = block(opDATA, 1, "\x07")
			}
			answer, from := phone.receive()
			require.Equal(t, test.answer, answer)
			phone.send(block(opERROR, 0, "\x00"), from)
			stats := final(t, server)
			require.NotZero(t, stats.Failed+stats.Refused+stats.NotFound)
			require.Zero(t, stats.Files)
		})
	}
}

// An ERROR, of whatever code, ends a transfer and is not answered; nor is a transfer
// that nobody acknowledges ended by one.
func TestErrorsAreNotAnswered(t *testing.T) {
	for _, code := range []uint16{0, 1, 4, 5, 8} {
		server := listen(t, ServerConfig{Files: shelf{"f": contents(2000)}.get})
		phone := socket(t, "127.1.0.7:0")
		phone.send(request(opRRQ, "f", "octet", "tsize", "0"), server.Addr())
		_, from := phone.receive()
		if code == 0 {
			phone.send(block(opACK, 0, ""), from)
			phone.receive()
		}
		phone.send(block(opERROR, code, "enough\x00"), from)
		phone.send(block(opERROR, code, "enough\x00"), from) // of a stranger, by now
		stats := final(t, server)
		require.EqualValues(t, 1, stats.Failed)
		phone.silent()
	}
	hasty := listen(t, ServerConfig{Files: shelf{"f": {1}}.get, Timeout: 5 * time.Millisecond, Retries: 9})
	phone := socket(t, "127.1.0.7:0")
	phone.send(request(opRRQ, "f", "octet", "tsize", "0"), hasty.Addr())
	for range 1 + firstRepeats {
		p, _ := phone.receive()
		require.EqualValues(t, opOACK, p[1])
	}
	final(t, hasty)
	phone.silent()
}

// A stranger at the port of a transfer is told so, and the transfer goes on. A
// stranger's ERROR is not answered.
func TestStrangerAtTheServer(t *testing.T) {
	file := contents(600)
	server := listen(t, ServerConfig{Files: shelf{"f": file}.get})
	phone, stranger := socket(t, "127.1.0.7:0"), socket(t, "127.1.0.8:0")
	phone.send(request(opRRQ, "f", "octet"), server.Addr())
	_, from := phone.receive()
	stranger.send(block(opERROR, 0, "\x00"), from)
	stranger.send(block(opACK, 1, ""), from)
	answer, at := stranger.receive()
	require.Equal(t, from, at)
	require.Equal(t, block(opERROR, 5, "Unknown transfer ID\x00"), answer)
	phone.send(block(opACK, 1, ""), from)
	answer, _ = phone.receive()
	require.Equal(t, block(opDATA, 2, string(file[512:])), answer)
	phone.send(block(opACK, 2, ""), from)
	stats := final(t, server)
	require.EqualValues(t, 1, stats.Files)
	require.EqualValues(t, 2, stats.Datagrams)
	stranger.silent()
}

// A server that is no amplifier: to a request, of whoever's address, nobody is sent more
// than one block, or a short answer twice. The bound is bytes sent to bytes come, without
// headers.
func TestAmplification(t *testing.T) {
	server := listen(t, ServerConfig{
		Files: shelf{"ITLFile.tlv": contents(5302)}.get, Timeout: 20 * time.Millisecond, Retries: 20,
	})
	for _, c := range []struct {
		what  string
		p     []byte
		bound float64
	}{
		{"the shortest request for a list", request(opRRQ, "ITLFile.tlv", "octet"), 25.8},
		{"with large blocks", request(opRRQ, "ITLFile.tlv", "octet", "blksize", "65464"), 0.9},
		{"with all options", request(opRRQ, "ITLFile.tlv", "octet", "blksize", "65464", "tsize", "0"), 1.3},
		{"no such file", request(opRRQ, "a", "octet"), 1.9},
		{"to write", request(opWRQ, "", ""), 5.3},
		{"a mode there is not", request(opRRQ, "", ""), 6.8},
		{"no request", []byte{0}, 0},
	} {
		phone := socket(t, "127.1.0.7:0")
		phone.send(c.p, server.Addr())
		drawn := phone.drawn()
		t.Logf("%s: %d bytes draw %d", c.what, len(c.p), drawn)
		require.LessOrEqual(t, float64(drawn)/float64(len(c.p)), c.bound, c.what)
	}
	phone := socket(t, "127.1.0.7:0")
	phone.send(request(opRRQ, "ITLFile.tlv", "octet"), server.Addr())
	_, from := phone.receive()
	stranger := socket(t, "127.1.0.8:0")
	for _, p := range [][]byte{{}, {0}, {0, 4, 0}, block(opERROR, 5, "\x00")} {
		stranger.send(p, from)
	}
	stranger.send(block(opACK, 1, ""), from)
	require.LessOrEqual(t, float64(stranger.drawn())/4, 6.0, "the ACK alone is answered")
}

// drawn counts the bytes that come while a server has patience.
func (r raw) drawn() (all int) {
	require.NoError(r.t, r.SetReadDeadline(time.Now().Add(300*time.Millisecond)))
	for buf := make([]byte, 1<<16); ; {
		n, _, err := r.ReadFromUDPAddrPort(buf)
		if err != nil {
			return all
		}
		all += n
	}
}

// An OACK that nobody acknowledges is sent again once. A client that asks again is
// answered each time, from the same port.
func TestFirstPacketIsRepeatedOnceUnasked(t *testing.T) {
	server := listen(t, ServerConfig{Files: shelf{"f": contents(5302)}.get, Timeout: 20 * time.Millisecond, Retries: 100})
	for _, p := range [][]byte{request(opRRQ, "f", "octet"), request(opRRQ, "f", "octet", "tsize", "0")} {
		phone := socket(t, "127.1.0.7:0")
		phone.send(p, server.Addr())
		phone.receive()
	}
	require.EqualValues(t, 1+2, final(t, server).Datagrams)

	server = listen(t, ServerConfig{Files: shelf{"f": contents(5302)}.get, Timeout: time.Minute, Retries: 1})
	phone := socket(t, "127.1.0.7:0")
	var from netip.AddrPort
	for i := range 3 {
		phone.send(request(opRRQ, "f", "octet"), server.Addr())
		p, at := phone.receive()
		require.EqualValues(t, opDATA, p[1])
		require.True(t, i == 0 || at == from)
		from = at
	}
	phone.send(block(opERROR, 0, "\x00"), from)
	require.EqualValues(t, 3, final(t, server).Datagrams)
}

func TestJunkIsNoRequest(t *testing.T) {
	server := listen(t, ServerConfig{Files: shelf{"f": {1}}.get})
	phone := socket(t, "127.1.0.7:0")
	junk := [][]byte{
		{}, {0}, {0, 1}, packet(9), block(opACK, 1, ""), block(opDATA, 1, "x"), request(opRRQ), packet(opRRQ, 'f', 'f'),
	}
	for _, p := range junk {
		phone.send(p, server.Addr())
	}
	_, err := patient.Get(t.Context(), server.Addr().String(), "f")
	require.NoError(t, err)
	stats := final(t, server)
	require.EqualValues(t, 1, stats.Files)
	require.EqualValues(t, len(junk), stats.Refused)
}

// At the limit a request gets no answer at all; the phone asks again, and in
// the end every phone has its file.
func TestRequestsAtTheLimitAreDropped(t *testing.T) {
	file := contents(5302)
	var asked atomic.Uint64
	release := make(chan struct{})
	server := listen(t, ServerConfig{MaxTransfers: 2, Files: func(string) ([]byte, error) {
		asked.Add(1)
		<-release
		return file, nil
	}})
	var retransmits atomic.Uint64
	phone := &Client{Timeout: 50 * time.Millisecond, Retries: 1000, Retransmits: &retransmits}
	get := func(int) {
		got, err := phone.Get(t.Context(), server.Addr().String(), "f")
		if err != nil || !slices.Equal(file, got) {
			t.Error("a phone has no file", err)
		}
	}

	letGo := sync.OnceFunc(func() { close(release) })
	var phones sync.WaitGroup
	defer phones.Wait()
	defer letGo() // also where the test fails
	phones.Go(func() { together(2, get) })
	require.Eventually(t, func() bool { return asked.Load() == 2 }, time.Minute, time.Millisecond)
	require.EqualValues(t, 1, server.Stats().Full)
	phones.Go(func() { together(30, get) })
	// All of them have asked, and some again, and none was answered.
	require.Eventually(t, func() bool { return retransmits.Load() > 100 }, time.Minute, time.Millisecond)
	require.EqualValues(t, 2, asked.Load())
	letGo()
	phones.Wait()
	require.GreaterOrEqual(t, final(t, server).Files, uint64(32))
}

// Thousands of requests whose sender never acknowledges anything: they cost no
// more than some transfers and their time-outs, and a phone still gets its file.
func TestFlood(t *testing.T) {
	server := listen(t, ServerConfig{
		MaxTransfers: 20, Files: shelf{"f": contents(5302)}.get, Timeout: 100 * time.Millisecond, Retries: 9,
	})
	for range 50 {
		flooder := socket(t, "127.6.6.6:0")
		for i := range 100 {
			flooder.send(request(opRRQ, "f", "octet", fmt.Sprint(i), "a request of its own"), server.Addr())
		}
	}
	phone := &Client{Timeout: 50 * time.Millisecond, Retries: 1000}
	_, err := phone.Get(t.Context(), server.Addr().String(), "f")
	require.NoError(t, err)

	stats := final(t, server)
	require.Zero(t, stats.Full, "one address has half the places")
	require.EqualValues(t, 12, stats.Peak)
	require.Zero(t, stats.Running)
}

func TestClose(t *testing.T) {
	t.Run("at once and twice", func(t *testing.T) {
		for range 100 {
			server := listen(t, ServerConfig{})
			require.Zero(t, final(t, server))
			require.NoError(t, server.Close())
			socket(t, server.Addr().String())
		}
	})
	t.Run("a client that has gone", func(t *testing.T) {
		server := listen(t, ServerConfig{Files: shelf{"f": {1}}.get, Timeout: 10 * time.Millisecond, Retries: 2})
		phone := socket(t, "127.1.0.7:0")
		phone.send(request(opRRQ, "f", "octet"), server.Addr())
		phone.receive()
		require.Equal(t, ServerStats{Failed: 1, Datagrams: 1, Peak: 1}, final(t, server))
	})
	t.Run("a client that has gone, in a hurry", func(t *testing.T) {
		server := listen(t, ServerConfig{Files: shelf{"f": {1}}.get, Timeout: 10 * time.Millisecond, Retries: 1 << 30})
		phone := socket(t, "127.1.0.7:0")
		phone.send(request(opRRQ, "f", "octet"), server.Addr())
		phone.receive()
		server.Hurry()
		stats := final(t, server)
		require.EqualValues(t, 1, stats.Failed)
		require.Zero(t, stats.Running)
	})
	t.Run("a client without haste", func(t *testing.T) {
		server := listen(t, ServerConfig{
			Files: shelf{"f": contents(2 << 20)}.get, Timeout: 20 * time.Millisecond, Retries: 150,
		})
		phone := socket(t, "127.1.0.7:0")
		phone.send(request(opRRQ, "f", "octet"), server.Addr())
		previous, from := phone.receive()
		phone.send(block(opACK, 1, ""), from)
		closed := make(chan ServerStats)
		go func() { closed <- final(t, server) }()
		for {
			p, from := phone.receive()
			if p[1] == opERROR {
				require.Equal(t, block(opERROR, 0, "Service stopped\x00"), p)
				break
			}
			if slices.Equal(p, previous) { // it acknowledges a block when it comes for the second time
				phone.send(block(opACK, uint16(p[2])<<8|uint16(p[3]), ""), from)
			}
			previous = p
		}
		require.EqualValues(t, 1, (<-closed).Failed)
	})
	t.Run("while phones ask", func(t *testing.T) {
		server := listen(t, ServerConfig{
			Files: shelf{"f": contents(5302)}.get, Timeout: 100 * time.Millisecond, Retries: 5,
		})
		phone := &Client{Timeout: 5 * time.Millisecond, Retries: 2}
		together(50, func(i int) {
			if i == 25 {
				_ = server.Close()
			}
			_, _ = phone.Get(t.Context(), server.Addr().String(), "f")
		})
	})
}

// Lists of 5302 bytes, as a cluster of two nodes has them, 64 phones at a time.
func BenchmarkGet(b *testing.B) {
	const phones = 64
	file := contents(5302)
	server, err := Listen("127.0.0.2:0", ServerConfig{Files: func(string) ([]byte, error) { return file, nil }})
	require.NoError(b, err)
	defer server.Close()
	addr := server.Addr().String()
	shared := NewSockets()
	defer shared.Close()
	var retransmits atomic.Uint64
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ReportAllocs()
	b.ResetTimer()
	together(phones, func(i int) {
		phone := Client{Local: netip.AddrFrom4([4]byte{127, 1, 0, byte(i + 1)}), Sockets: shared, Retransmits: &retransmits}
		for left.Add(-1) >= 0 {
			if _, err := phone.Get(b.Context(), addr, "ITLFile.tlv"); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "files/s")
	b.ReportMetric(float64(retransmits.Load()), "retransmits")
}
