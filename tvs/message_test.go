package tvs

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"itlsim/itl"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// A real 8861 met a list signed by another cluster and asked for its signer.
// The names and the serial number are from its trace, the bytes from its dump.
func realRequest() Request {
	return Request{
		Command: QueryRequest,
		Session: 1001,
		Device:  device,
		Subject: "CN=ucm11pub.stormin.local;OU=IST;O=Stormin;L=Brisbane;ST=QLD;C=AU",
		Issuer:  "CN=stormin-WIN2012-CA",
		Serial:  unhex("24000000179479B8F124AC3F3B000000000017"),
	}
}

func TestRealRequest(t *testing.T) {
	request := realRequest()
	b, err := request.AppendBinary(nil)
	require.NoError(t, err)
	require.Len(t, b, 153)

	logged := append(unhex("5701 0300 000003e9 008f 01 0018 01"), device...)
	logged = append(logged, "\x03\x00\x42CN=ucm11pu"...) // the trace ends here
	require.Len(t, logged, 50)
	require.Equal(t, logged, b[:50])

	parsed, err := ParseRequest(b)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(request, parsed))
}

func TestRealAnswer(t *testing.T) {
	certificate := append(unhex("308205a7"), make([]byte, 0x5a7)...)
	require.Len(t, certificate, 1451)
	answer := Answer{
		Command: QueryAnswer, Session: 1001, Status: Valid, Certificate: certificate,
		Roles: []itl.Role{itl.SAST, itl.TFTP}, TTL: 24 * time.Hour,
	}
	b, err := answer.AppendBinary(nil)
	require.NoError(t, err)
	require.Len(t, b, 1480)
	require.Equal(t, unhex("5701 0400 000003e9 05be 07 0001 00 02 05ab 308205a7"), b[:21])
	require.Equal(t, unhex("08 0002 0003 09 0004 00015180"), b[len(b)-12:])

	b[3] = 0xf7 // as CUCM has it
	parsed, err := ParseAnswer(b)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(answer, parsed))
}

// message puts a payload, written as hex, behind a right header.
func message(command Command, payload string) []byte {
	p := unhex(payload)
	b := appendHeader(nil, command, 1001)
	binary.BigEndian.PutUint16(b[8:], uint16(len(p)))
	return append(b, p...)
}

func TestRequestsThatDiffer(t *testing.T) {
	want := Request{Command: QueryRequest, Session: 1001, Device: "CP", Subject: "S", Issuer: "I", Serial: []byte{5}}
	for name, payload := range map[string]string{
		"as phones send it":       "01 0003 014350  03 0002 5300  04 0002 4900  05 0001 05",
		"other order":             "05 0001 05  04 0002 4900  03 0002 5300  01 0003 014350",
		"device without its byte": "01 0002 4350  03 0002 5300  04 0002 4900  05 0001 05",
		"device of type 0":        "01 0003 004350  03 0002 5300  04 0002 4900  05 0001 05",
		"device with NUL":         "01 0004 01435000  03 0002 5300  04 0002 4900  05 0001 05",
		"names without NUL":       "01 0003 014350  03 0001 53  04 0001 49  05 0001 05",
		"unknown elements":        "06 0000  01 0003 014350  03 0002 5300  04 0002 4900  ff 0002 abcd  05 0001 05",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseRequest(message(QueryRequest, payload))
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(want, got))
		})
	}
}

func TestAnswersThatDiffer(t *testing.T) {
	full := Answer{Command: VerifyAnswer, Session: 1001, Roles: []itl.Role{3}, TTL: time.Second}
	for name, test := range map[string]struct {
		payload string
		want    Answer
	}{
		"as tvsd sends it":    {"07 0001 00  08 0001 03  09 0004 00000001", full},
		"other order":         {"09 0004 00000001  08 0001 03  07 0001 00", full},
		"unknown element":     {"06 0001 00  07 0001 00  08 0001 03  09 0004 00000001", full},
		"status alone":        {"07 0001 01", Answer{Command: VerifyAnswer, Session: 1001, Status: Invalid}},
		"a status of its own": {"07 0001 05", Answer{Command: VerifyAnswer, Session: 1001, Status: 5}},
		"the longest duration": {"07 0001 00 09 0004 ffffffff",
			Answer{Command: VerifyAnswer, Session: 1001, TTL: 0xffffffff * time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseAnswer(message(VerifyAnswer, test.payload))
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(test.want, got))
		})
	}
}

func TestMalformed(t *testing.T) {
	for name, test := range map[string]struct {
		message []byte
		offset  int
		tag     Tag
	}{
		"empty":                      {nil, 0, 0},
		"part of a header":           {unhex("570101"), 3, 0},
		"web browser":                {[]byte("GET / HTTP/1.1\r\n"), 0, 0},
		"version 2":                  {unhex("57020100 000003e9 0000"), 1, 0},
		"command 5":                  {message(5, ""), 2, 0},
		"payload cut off":            {message(VerifyRequest, "02 0001 aa")[:13], 8, 0},
		"bytes after the payload":    {append(message(VerifyRequest, "02 0001 aa"), 0), 8, 0},
		"element without length":     {message(VerifyRequest, "02 0001 aa  05 00"), 14, TagSerial},
		"element beyond the payload": {message(VerifyRequest, "02 0002 aa"), 10, TagCertificate},
		"certificate twice":          {message(VerifyRequest, "02 0001 aa  02 0001 aa"), 14, TagCertificate},
		"unknown element twice":      {message(VerifyRequest, "06 0000  06 0000"), 13, 6},
		"NUL inside the subject":     {message(QueryRequest, "03 0003 410041"), 10, TagSubject},
		"NUL inside the device":      {message(QueryRequest, "01 0004 01410041"), 10, TagDevice},
		"answer: no status":          {message(VerifyAnswer, "08 0001 00"), 14, TagStatus},
		"answer: empty status":       {message(VerifyAnswer, "07 0000"), 10, TagStatus},
		"answer: wide status":        {message(VerifyAnswer, "07 0002 0000"), 10, TagStatus},
		"answer: short duration":     {message(VerifyAnswer, "07 0001 00  09 0002 0001"), 14, TagTTL},
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			if strings.HasPrefix(name, "answer") {
				_, err = ParseAnswer(test.message)
			} else {
				_, err = ParseRequest(test.message)
			}
			var malformed *FormatError
			require.ErrorAs(t, err, &malformed)
			require.Equal(t, test.offset, malformed.Offset, err)
			require.Equal(t, test.tag, malformed.Tag, err)
		})
	}
	_, err := ParseRequest(message(QueryRequest, "05 0001 00  03 0042 00"))
	require.EqualError(t, err, "malformed TVS message: byte 14, subject: length 66, but 1 bytes are left")
}

func TestWhatCannotBeSent(t *testing.T) {
	for name, message := range map[string]interface {
		AppendBinary([]byte) ([]byte, error)
	}{
		"a request that is an answer": Request{Command: QueryAnswer},
		"an answer that is a request": Answer{Command: QueryRequest},
		"a name with NUL":             Request{Command: QueryRequest, Issuer: "CN=a\x00b"},
		"too large a certificate":     Request{Command: VerifyRequest, Certificate: make([]byte, maxPayload-2)},
		"a role of two bytes":         Answer{Command: VerifyAnswer, Roles: []itl.Role{256}},
		"a negative duration":         Answer{Command: VerifyAnswer, TTL: -time.Second},
		"a duration of 200 years":     Answer{Command: VerifyAnswer, TTL: 200 * 365 * 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := message.AppendBinary(nil)
			var unfit *FormatError
			require.ErrorAs(t, err, &unfit)
		})
	}
	_, err := Request{Command: VerifyRequest, Certificate: make([]byte, maxPayload-3)}.AppendBinary(nil)
	require.NoError(t, err, "the largest that fits")
}

func TestReadingFromAStream(t *testing.T) {
	first, err := verify.AppendBinary(nil)
	require.NoError(t, err)
	both, err := query.AppendBinary(first)
	require.NoError(t, err)

	stream := iotest.OneByteReader(bytes.NewReader(both))
	for _, want := range []Request{verify, query} {
		got, err := ReadRequest(stream)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(want, got))
	}
	_, err = ReadRequest(stream)
	require.Equal(t, io.EOF, err)

	for n := 1; n < len(first); n++ {
		_, err := ReadRequest(bytes.NewReader(first[:n]))
		require.Equal(t, io.ErrUnexpectedEOF, err, n)
	}
}

func TestRoundTrip(t *testing.T) {
	blob := rapid.SliceOfN(rapid.Byte(), 0, 2000)
	name := rapid.StringOf(rapid.Rune().Filter(func(r rune) bool { return r != 0 }))
	rapid.Check(t, func(t *rapid.T) {
		want := Request{
			Command: rapid.SampledFrom([]Command{VerifyRequest, QueryRequest}).Draw(t, "command"),
			Session: rapid.Uint32().Draw(t, "session"),
			Device:  name.Draw(t, "device"), Subject: name.Draw(t, "subject"), Issuer: name.Draw(t, "issuer"),
			Certificate: blob.Draw(t, "certificate"), Serial: blob.Draw(t, "serial"),
		}
		requireRoundTrip(t, want, ParseRequest)
	})
	rapid.Check(t, func(t *rapid.T) {
		want := Answer{
			Command:     rapid.SampledFrom([]Command{VerifyAnswer, QueryAnswer}).Draw(t, "command"),
			Session:     rapid.Uint32().Draw(t, "session"),
			Status:      Status(rapid.Byte().Draw(t, "status")),
			Certificate: blob.Draw(t, "certificate"),
			TTL:         time.Duration(rapid.Uint32().Draw(t, "seconds")) * time.Second,
		}
		for _, role := range blob.Draw(t, "roles") {
			want.Roles = append(want.Roles, itl.Role(role))
		}
		requireRoundTrip(t, want, ParseAnswer)
	})
}

// requireRoundTrip encodes behind other bytes, which must stay as they are.
func requireRoundTrip[M interface {
	AppendBinary([]byte) ([]byte, error)
}](t require.TestingT, want M, parse func([]byte) (M, error)) {
	b, err := want.AppendBinary([]byte("before"))
	require.NoError(t, err)
	require.Equal(t, "before", string(b[:6]))
	got, err := parse(b[6:])
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(want, got, cmpopts.EquateEmpty()))
}

func FuzzParseRequest(f *testing.F) {
	for _, r := range []Request{verify, query, realRequest()} {
		b, err := r.AppendBinary(nil)
		require.NoError(f, err)
		f.Add(b)
		f.Add(b[:len(b)-1])
	}
	f.Add(message(QueryRequest, "06 0000  01 0002 4350  03 0001 00"))
	f.Fuzz(func(t *testing.T, b []byte) { fuzz(t, b, ParseRequest) })
}

func FuzzParseAnswer(f *testing.F) {
	for _, r := range []Request{verify, query} {
		a := vouch(r)
		a.Command = r.Command + 1
		b, err := a.AppendBinary(nil)
		require.NoError(f, err)
		f.Add(b)
		f.Add(b[:len(b)-1])
	}
	f.Add(message(VerifyAnswer, "06 0001 00  07 0001 05"))
	f.Fuzz(func(t *testing.T, b []byte) { fuzz(t, b, ParseAnswer) })
}

// fuzz: what parses can be sent and means the same, all else is a *FormatError
// about a place inside the message.
func fuzz[M interface {
	AppendBinary([]byte) ([]byte, error)
}](t *testing.T, b []byte, parse func([]byte) (M, error)) {
	m, err := parse(b)
	if err == nil {
		requireRoundTrip(t, m, parse)
		return
	}
	var malformed *FormatError
	require.ErrorAs(t, err, &malformed)
	require.LessOrEqual(t, malformed.Offset, len(b))
}
