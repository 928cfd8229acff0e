package fleet

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/itl"
	"itlsim/phone"
	"itlsim/tftp"
	"itlsim/tvs"
)

func TestFileAnswer(t *testing.T) {
	fetch := phone.Fetch{Seq: 7, Server: "127.0.0.2:69", Name: tftp.Name{Kind: tftp.CTL}, By: phone.HTTP}
	silence := errors.New("no answer")
	tooLarge := &tftp.TooLargeError{Server: "127.0.0.2:6970", Name: "f.tlv", Limit: itl.MaxFile}
	for name, tc := range map[string]struct {
		data []byte
		err  error
		want phone.Event
	}{
		"received":            {[]byte{1}, nil, phone.FileReceived{Seq: 7, Data: []byte{1}}},
		"as large as allowed": {make([]byte, itl.MaxFile), nil, phone.FileReceived{Seq: 7, Data: make([]byte, itl.MaxFile)}},
		"a byte more":         {make([]byte, itl.MaxFile+1), nil, phone.FileTooLarge{Seq: 7}},
		"broken off":          {nil, tooLarge, phone.FileTooLarge{Seq: 7}},
		"not found":           {nil, fmt.Errorf("f.tlv: %w", tftp.ErrNotFound), phone.FileNotFound{Seq: 7}},
		"silence":             {nil, silence, phone.NoAnswer{Seq: 7, Err: silence}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tc.want, FileAnswer(fetch, tc.data, tc.err)) })
	}
}

// An ITL has a limit of its own.
func TestFileAnswerOfAnITL(t *testing.T) {
	fetch := phone.Fetch{Seq: 7, Server: "127.0.0.2:69", Name: tftp.Name{Kind: tftp.ITL, Device: "SEP00112233AABB"}}
	data := make([]byte, itl.MaxITL+1)
	require.Equal(t, phone.FileReceived{Seq: 7, Data: data[1:]}, FileAnswer(fetch, data[1:], nil))
	require.Equal(t, phone.FileTooLarge{Seq: 7}, FileAnswer(fetch, data, nil))
}

func TestTVSAnswer(t *testing.T) {
	ask := phone.AskTVS{Seq: 7}
	said := tvs.Answer{Session: 3}
	silence := &tvs.UnreachableError{Err: errors.New("connection refused")}
	require.Equal(t, phone.TVSAnswered{Seq: 7, Answer: said}, TVSAnswer(ask, said, nil))
	require.Equal(t, phone.TVSStrange{Seq: 7}, TVSAnswer(ask, tvs.Answer{}, &tvs.MismatchError{}))
	require.Equal(t, phone.TVSSilent{Seq: 7, Err: silence}, TVSAnswer(ask, tvs.Answer{}, silence))
}

func TestServices(t *testing.T) {
	for address, want := range map[string]string{
		"https://127.0.0.2:8443/ccmcip/xmldirectory.jsp?l=a": "127.0.0.2:8443",
		"https://cucm.lab/":    "cucm.lab:443",
		"https://[::1]/":       "[::1]:443",
		"http://127.0.0.2/":    "",
		"127.0.0.2:8443/x":     "",
		"https://127.0.0.2:x/": "",
	} {
		_, server, err := ParseServiceURL(address)
		require.Equal(t, want, server, address)
		require.Equal(t, want == "", err != nil, address)
	}
	failed := errors.New("refused")
	open, read := phone.OpenService{Seq: 7}, phone.ReadService{Seq: 7}
	require.Equal(t, phone.ServiceShown{Seq: 7, Certificate: []byte{1}}, OpenAnswer(open, []byte{1}, nil))
	require.Equal(t, phone.ServiceFailed{Seq: 7, Err: failed}, OpenAnswer(open, nil, failed))
	require.Equal(t, phone.ServiceRead{Seq: 7, Data: []byte{1}}, ReadAnswer(read, []byte{1}, nil))
	require.Equal(t, phone.ServiceFailed{Seq: 7, Err: failed}, ReadAnswer(read, nil, failed))
}

func TestTally(t *testing.T) {
	var tally Tally
	require.Zero(t, tally.BootTimes())
	failed := errors.New("refused")
	for _, of := range []struct {
		phone.Action
		events []phone.Event
	}{
		{phone.Fetch{}, []phone.Event{phone.FileReceived{}, phone.FileNotFound{}, phone.FileReceived{}}},
		{phone.Fetch{By: phone.HTTP}, []phone.Event{phone.FileReceived{}}},
		{phone.AskTVS{}, []phone.Event{
			phone.TVSAnswered{}, phone.TVSStrange{}, phone.TVSSilent{}, phone.TVSSilent{},
		}},
		{phone.Register{}, []phone.Event{
			RegisterAnswer(phone.Register{}, 0b101, nil),
			RegisterAnswer(phone.Register{}, 0b111, failed), RegisterAnswer(phone.Register{}, 0, failed),
		}},
	} {
		for _, ev := range of.events {
			tally.Answered(of.Action, ev)
		}
	}
	require.EqualValues(t, 2, tally.TFTPFiles.Load())
	for r, want := range map[Result]uint64{Answered: 1, Mismatch: 1, Unanswered: 2} {
		require.Equal(t, want, tally.TVS.Load(tvs.QueryRequest, r), r)
		require.Zero(t, tally.TVS.Load(tvs.VerifyRequest, r), r)
		require.Equal(t, want, tally.TVS.Sum(r), r)
	}
	require.EqualValues(t, 5, tally.Alarms.Load())
	require.EqualValues(t, 1, tally.Registrations.Load())
	require.EqualValues(t, 2, tally.RegistrationsFailed.Load())

	tally.Judged(phone.Verdict{})
	for _, why := range []phone.Reason{&phone.LostError{}, &phone.DigestError{}, &phone.DigestError{}} {
		tally.Judged(phone.Verdict{Refusal: &phone.Refusal{Reason: why}})
		require.Positive(t, tally.Refused.Kinds()[phone.Kind(why)])
	}
	require.EqualValues(t, 3, tally.Refused.Load())

	tally.Booted(time.Second)
	tally.Booted(0)
	tally.Booted(2 * time.Hour) // longer than is recorded
	require.EqualValues(t, 3, tally.Boots.Load())
	require.InDelta(t, time.Second, tally.BootTimes().Max, float64(time.Millisecond))
	require.Equal(t, Spread{Boots: 3, Total: 2*time.Hour + time.Second, Within: []uint64{1, 1, 2, 2}},
		tally.Spread(time.Millisecond, 900*time.Millisecond, time.Second, time.Hour))
	require.Equal(t, Spread{Boots: 3, Total: 2*time.Hour + time.Second, Within: []uint64{}}, tally.Spread())
}

func TestLimits(t *testing.T) {
	require.Equal(t, Limits{
		Boots: 5, TFTPTimeout: 500 * time.Millisecond, TFTPRetries: 9,
		TVSTimeout: 10 * time.Second, HTTPTimeout: 10 * time.Second, SIPTimeout: 10 * time.Second,
	}, Limits{}.OrDefaults(5))
	few := Limits{1, 2, 3, 4, 5, 6}
	require.Equal(t, few, few.OrDefaults(7))
}
