package phone_test

import (
	"errors"
	"reflect"
	"slices"
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
		list empty CallManager SAST=CallManager
		list512 long CallManager SAST=CallManager TFTP=CallManager TVS=TVS
		resign reset two ITLRecovery
		ctl mixed CallManager SAST=CallManager SAST=Foreign CCM+TFTP=CallManager
		config c1 CallManager tvs=tvs1:1
		config c2 CallManager-2 tvs=tvs1:1,tvs2:2
		config c3 CallManager tvs=tvs2:2 settings=off
		config cf Foreign
		junk bad CallManager
		forge forged two
		cut short one`)
	var names, certs []string
	for name := range l.files {
		names = append(names, name)
	}
	for name := range l.certs {
		certs = append(certs, name)
	}
	slices.Sort(names)
	slices.Sort(certs)

	rapid.Check(t, func(t *rapid.T) {
		profile := &phone.Profiles[rapid.IntRange(0, len(phone.Profiles)-1).Draw(t, "profile")]
		setup := phone.Setup{Name: device, Profile: profile, Servers: []string{"tftp1", "tftp2"}[:rapid.IntRange(0, 2).Draw(t, "servers")]}
		w := watched{phone: phone.New(setup), twin: phone.New(setup)}
		now := l.now
		answer := func() phone.Event { // to the action awaited, most times
			seq := w.awaited + uint32(rapid.SampledFrom([]int{0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 1}).Draw(t, "late"))
			if w.asked != nil {
				switch rapid.IntRange(0, 3).Draw(t, "TVS") {
				case 0:
					return phone.TVSSilent{Seq: seq, Err: errors.New("no answer")}
				case 1:
					return phone.TVSStrange{Seq: seq}
				}
				cert := l.certs[rapid.SampledFrom(certs).Draw(t, "vouches for")].Certificate
				a := tvs.Answer{Certificate: cert.Raw, TTL: time.Hour, Status: tvs.Status(rapid.IntRange(0, 1).Draw(t, "status"))}
				if rapid.Bool().Draw(t, "right one") {
					for _, s := range l.certs {
						if itl.IdentityOf(s.Certificate).SameSerial(itl.Identity{Serial: w.asked.Request.Serial}) {
							a.Certificate = s.Certificate.Raw
						}
					}
				}
				a.Roles = rapid.SliceOfN(rapid.SampledFrom([]itl.Role{itl.SAST, itl.TFTP, itl.TVS}), 0, 3).Draw(t, "roles")
				return phone.TVSAnswered{Seq: seq, Answer: a}
			}
			switch rapid.IntRange(0, 9).Draw(t, "TFTP") {
			case 0:
				return phone.NoAnswer{Seq: seq, Err: errors.New("no answer")}
			case 1, 2:
				return phone.FileNotFound{Seq: seq}
			case 3:
				return phone.FileTooLarge{Seq: seq, Err: errors.New("too large")}
			case 4:
				data := slices.Clone(l.files[rapid.SampledFrom(names).Draw(t, "spoilt")])
				data[rapid.IntRange(0, len(data)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
				return phone.FileReceived{Seq: seq, Data: data}
			}
			return phone.FileReceived{Seq: seq, Data: l.files[rapid.SampledFrom(names).Draw(t, "file")]}
		}
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			now = now.Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, "seconds")) * time.Second)
			switch rapid.IntRange(0, 30).Draw(t, "event") {
			case 0:
				w.step(t, now, phone.PowerOff{})
			case 1:
				w.step(t, now, phone.EraseLists{})
			case 2:
				w.step(t, now, phone.FactoryReset{})
			case 3:
				w.step(t, now, phone.UseServers{Servers: []string{"tftp3", "tftp4"}[:rapid.IntRange(0, 2).Draw(t, "servers")]})
			case 4:
				w.step(t, now, phone.Reset{})
			default:
				if w.booting {
					w.step(t, now, answer())
				} else {
					w.step(t, now, phone.PowerOn{})
					w.step(t, now, phone.Reset{})
				}
			}
		}
	})
}

// watched is a phone whose every step is checked, beside another that is told
// the same.
type watched struct {
	phone, twin *phone.Phone
	booting     bool
	awaited     uint32
	asked       *phone.AskTVS // where the answer awaited is a TVS's

	before           phone.State // the boot under way
	refused, renewed bool        // in it: a file was refused; a list was accepted, or found missing where none is stored
}

func (w *watched) step(t *rapid.T, now time.Time, ev phone.Event) {
	flash, state, on := w.phone.Flash(), w.phone.State(), w.phone.On()
	actions := w.phone.Step(now, ev)
	require.True(t, reflect.DeepEqual(actions, w.twin.Step(now, ev)), "the same events give the same actions")

	erased, boots := false, false
	switch ev.(type) {
	case phone.PowerOn:
		boots = !on
	case phone.Reset:
		boots = on
	case phone.EraseLists:
		erased = on && (flash.Config == nil || flash.Config.Settings.SettingsAccess)
		boots = erased
	case phone.FactoryReset:
		erased, boots = true, on
	case phone.PowerOff:
		w.booting = false
	}
	if erased {
		state = phone.None
	}
	if boots {
		w.booting, w.before, w.refused, w.renewed = true, state, false, false
	}
	accepted := false
	for i, a := range actions {
		switch a := a.(type) {
		case phone.Fetch, phone.AskTVS:
			require.Equal(t, len(actions)-1, i, "only the last action wants an answer")
			require.True(t, w.booting)
			if f, ok := a.(phone.Fetch); ok {
				w.awaited, w.asked = f.Seq, nil
			} else {
				ask := a.(phone.AskTVS)
				w.awaited, w.asked = ask.Seq, &ask
			}
		case phone.Verdict:
			require.Equal(t, a.Refusal == nil, a.By != phone.ByNothing)
			w.refused = w.refused || a.Refusal != nil
			accepted = accepted || a.Refusal == nil
			w.renewed = w.renewed || a.Refusal == nil && a.File != device+".cnf.xml" && a.File != device+".cnf.xml.sgn"
		case phone.Booted:
			require.Equal(t, len(actions)-1, i, "a boot ends with it")
			require.Equal(t, w.phone.State(), a.State)
			require.Equal(t, w.phone.Flash().Config != nil, i > 0 && reflect.TypeOf(actions[i-1]) == reflect.TypeFor[phone.Register](), "whatever its state, the phone registers")
			w.booted(t, a.State)
		}
	}
	if !accepted && !erased {
		require.Equal(t, flash, w.phone.Flash(), "only what is accepted changes what is stored")
	}
	if w.booting {
		require.Equal(t, state, w.phone.State(), "a state changes when a boot ends")
	}
}

func (w *watched) booted(t *rapid.T, after phone.State) {
	w.booting = false
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
