package phone_test

import (
	"bytes"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"itlsim/itl"
	"itlsim/phone"
	"itlsim/tvs"
)

// Whatever happens to a phone, in whatever order, the rules hold that need no
// knowledge of what it was served.
func TestAnySequenceOfEvents(t *testing.T) {
	l := newLab(t)
	l.run(`
		list one CallManager SAST=CallManager TFTP=CallManager TVS=TVS SAST=ITLRecovery
		list two CallManager-2 SAST=CallManager-2 TFTP=CallManager-2 TVS=TVS SAST=ITLRecovery
		list three CallManager-2 SAST=CallManager-2 CCM+TFTP=CallManager TVS=TVS-2
		list foreign Foreign SAST=Foreign TFTP=Foreign TVS=TVS-2
		list rollback CallManager SAST=CallManager CAPF=CAPF
		list tools CallManager SAST=CallManager CCM=CCM APP-SERVER=Apache
		twin Twin CallManager
		list twin Twin SAST=Twin TFTP=Twin TVS=TVS
		list512 long CallManager SAST=CallManager TFTP=CallManager TVS=TVS
		resign reset two ITLRecovery
		ctl mixed CallManager SAST=CallManager SAST=Foreign CCM+TFTP=CallManager
		config c1 CallManager tvs=tvs1:1
		config c2 CallManager-2 tvs=tvs1:1,tvs2:2
		config c3 CallManager tvs=tvs2:2 settings=off
		config cf Foreign
		junk bad CallManager
		stub s CallManager
		encrypted e CallManager
		empty none
		forge forged two
		cut short one`)
	all := slices.Sorted(maps.Keys(l.files))
	certs := slices.Sorted(maps.Keys(l.certs))
	encrypted := []string{"e", "c1", "none"}
	var lists, configs []string
	for _, name := range all {
		if _, err := itl.ParseList(l.files[name]); err == nil {
			lists = append(lists, name)
		} else {
			configs = append(configs, name)
		}
	}
	held := bootedLab(t).phone.Flash() // the same certificates: labs make them alike

	rapid.Check(t, func(t *rapid.T) {
		// The first choice is the likeliest.
		draw := func(n int, what string) int { return rapid.IntRange(0, n-1).Draw(t, what) }
		setup := phone.Setup{
			Name:    device,
			Profile: phone.Profiles()[draw(len(phone.Profiles()), "profile")],
			Servers: []string{"tftp1", "tftp2"}[:2-draw(3, "servers")],
		}
		if draw(4, "new") < 3 {
			setup.Flash = held
		}
		w := watched{phone: phone.New(setup), twin: phone.New(setup)}
		now := l.now
		file := func() []byte {
			from := configs
			if strings.HasSuffix(w.fetched, ".enc.sgn") {
				from = encrypted
			}
			if strings.HasSuffix(w.fetched, ".tlv") {
				from = lists
			}
			if draw(8, "of any kind") == 7 {
				from = all
			}
			return l.files[rapid.SampledFrom(from).Draw(t, "file")]
		}
		fromTFTP := func(seq uint32) phone.Event {
			switch draw(10, "TFTP") {
			default:
				return phone.FileReceived{Seq: seq, Data: file()}
			case 5, 6:
				return phone.FileNotFound{Seq: seq}
			case 7:
				return phone.NoAnswer{Seq: seq, Err: errors.New("no answer")}
			case 8:
				return phone.FileTooLarge{Seq: seq}
			case 9:
				data := slices.Clone(file())
				if len(data) > 0 {
					data[draw(len(data), "at")] = rapid.Byte().Draw(t, "byte")
				}
				return phone.FileReceived{Seq: seq, Data: data}
			}
		}
		fromTVS := func(seq uint32) phone.Event {
			switch draw(4, "TVS") {
			case 2:
				return phone.TVSStrange{Seq: seq}
			case 3:
				return phone.TVSSilent{Seq: seq, Err: errors.New("no answer")}
			}
			a := tvs.Answer{Status: tvs.Status(draw(2, "status")), TTL: time.Hour}
			a.Roles = []itl.Role{itl.SAST, itl.TFTP}[draw(2, "roles"):]
			cert := l.certs[rapid.SampledFrom(certs).Draw(t, "vouches for")].Certificate
			if draw(4, "another certificate") < 3 {
				for _, s := range l.certs {
					if bytes.Equal(s.Certificate.SerialNumber.Bytes(), w.asked.Serial) {
						cert = s.Certificate
					}
				}
			}
			a.Certificate = cert.Raw
			return phone.TVSAnswered{Seq: seq, Answer: a}
		}
		fromCallManager := func(seq uint32) phone.Event {
			alarms := phone.AlarmSet(draw(16, "alarms answered"))
			if draw(2, "registered") == 0 {
				return phone.Registered{Seq: seq, Alarms: alarms}
			}
			return phone.NotRegistered{Seq: seq, Alarms: alarms, Err: errors.New("no answer")}
		}
		for range rapid.IntRange(20, 80).Draw(t, "events") {
			now = now.Add(time.Duration(draw(1000, "seconds")) * time.Second)
			var ev phone.Event = phone.Reset{}
			switch n := draw(40, "event"); {
			case n == 39:
				ev = phone.PowerOff{}
			case n == 38:
				ev = phone.EraseLists{}
			case n == 37:
				ev = phone.FactoryReset{}
			case n == 36:
				ev = phone.UseServers{Servers: []string{"tftp3", "tftp4"}[:draw(3, "servers")]}
			case n == 35:
			case n == 34:
				ev = phone.Reset{Restart: true, Asked: draw(2, "asked") == 0}
			case n == 33:
				ev = phone.CheckVersion{Stamp: []string{"", "{another}"}[draw(2, "stamp")]}
			case n == 32:
				ev = phone.KeepAlive{}
			case !w.phone.On():
				ev = phone.PowerOn{}
			case w.booting:
				seq := w.awaited
				if n == 31 {
					seq-- // of the question before
				}
				if w.registering {
					ev = fromCallManager(seq)
				} else if w.asked != nil {
					ev = fromTVS(seq)
				} else {
					ev = fromTFTP(seq)
				}
			}
			w.step(t, now, ev)
		}
	})
}

// watched is a phone whose every step is checked, beside another that is told
// the same.
type watched struct {
	phone, twin *phone.Phone
	booting     bool
	registering bool         // it waits for a call manager; its state is decided
	awaited     uint32       // the Seq of the answer that it waits for
	fetched     string       // about this file, or
	asked       *tvs.Request // this question

	before  phone.State // the boot under way
	lists   phone.State // what it makes of the lists, at best; None where they are beyond doubt
	refused bool        // a file, in that boot
	renewed bool        // a list was accepted in it, or found missing where none is stored
}

func (w *watched) step(t *rapid.T, now time.Time, ev phone.Event) {
	flash, state, on := w.phone.Flash(), w.phone.State(), w.phone.On()
	registered, _ := w.phone.RegisteredWith()
	actions := w.phone.Step(now, ev)
	require.True(t, reflect.DeepEqual(actions, w.twin.Step(now, ev)), "the same events give the same actions")

	busy := w.booting && !w.registering
	erased, boots, restarts := false, false, false
	switch ev := ev.(type) {
	case phone.PowerOn:
		boots = !on
	case phone.Reset:
		boots, restarts = on, ev.Restart && on && !busy
	case phone.CheckVersion:
		restarts = on && !busy && ev.Stamp != ""
		boots = restarts
	case phone.EraseLists:
		erased = on && (flash.Config == nil || flash.Config.Settings.SettingsAccess)
		boots = erased
	case phone.FactoryReset:
		erased, boots = true, on
	case phone.PowerOff:
		w.booting, w.registering = false, false
	}
	if erased {
		state, w.lists = phone.None, phone.None
	}
	if boots {
		w.booting, w.registering, w.before, w.refused, w.renewed = true, false, state, false, false
		if restarts { // what the last boot made of the lists stays
			w.before, w.renewed = w.lists, w.lists == phone.None
		}
	}
	leaves := slices.ContainsFunc(actions, func(a phone.Action) bool { _, ok := a.(phone.Unregister); return ok })
	require.Equal(t, boots && registered != "", leaves, "a registered phone that boots again says so")
	accepted := false
	for i, a := range actions {
		switch a := a.(type) {
		case phone.Register:
			require.Equal(t, len(actions)-1, i, "only the last action wants an answer")
			require.NotNil(t, w.phone.Flash().Config, "it registers by the configuration in force")
			require.Equal(t, w.phone.StoredAlarms(), a.Alarms)
			w.registering, w.awaited, w.asked = true, a.Seq, nil
		case phone.Fetch, phone.AskTVS:
			require.Equal(t, len(actions)-1, i, "only the last action wants an answer")
			require.True(t, w.booting)
			if f, ok := a.(phone.Fetch); ok {
				w.awaited, w.fetched, w.asked = f.Seq, f.Name.String(), nil
				if strings.HasPrefix(w.fetched, device) && !restarts {
					w.lists = w.before
					if w.refused {
						w.lists = max(w.lists, phone.Locked)
					} else if w.renewed {
						w.lists = phone.None
					}
				}
			} else {
				ask := a.(phone.AskTVS)
				request := ask.Request()
				w.awaited, w.asked = ask.Seq, &request
			}
		case phone.Verdict:
			require.Equal(t, a.Refusal == nil, a.By != phone.ByNothing)
			w.refused = w.refused || a.Refusal != nil
			accepted = accepted || a.Refusal == nil
			w.renewed = w.renewed || a.Refusal == nil && a.File.Kind.IsList()
		case phone.Booted:
			require.Equal(t, len(actions)-1, i, "a boot ends with it")
			require.Equal(t, w.phone.State(), a.State)
			config := w.phone.Flash().Config
			registers := config != nil && len(config.CallManagers) > 0
			require.Equal(t, registers, w.registering, "whatever its state, the phone registers")
			w.booted(t, a.State)
		}
	}
	if !accepted && !erased {
		require.Equal(t, flash, w.phone.Flash(), "only what is accepted changes what is stored")
	}
	if w.booting && !w.registering {
		require.Equal(t, state, w.phone.State(), "a state changes when a boot ends")
	}
}

func (w *watched) booted(t *rapid.T, after phone.State) {
	w.booting, w.registering = false, false
	onFaith := w.phone.Flash().Lists.OnFaith()
	if w.refused {
		require.GreaterOrEqual(t, after, phone.Locked)
		if !w.renewed {
			require.GreaterOrEqual(t, after, w.before, "a refusal never improves a state")
		}
	}
	if w.before == phone.Untrusted && after != phone.Untrusted {
		require.True(t, w.renewed || onFaith, "untrusted is left by a list or by having none")
	}
	if after <= phone.Trusted {
		require.Equal(t, onFaith, after == phone.None)
	}
}
