package phone_test

import (
	"errors"
	"fmt"
	"time"

	"itlsim/phone"
)

// A phone says what it wants, and is told what came of it. Here nothing is
// served at all.
func Example() {
	profile, _ := phone.ProfileOf("7962 9.4(2)")
	p := phone.New(phone.Setup{
		Name: "SEP001122334455", Profile: profile, Servers: []string{"tftp.example:69"},
	})
	now := time.Date(2014, 2, 26, 10, 0, 0, 0, time.UTC)
	for ev := phone.Event(phone.PowerOn{}); ev != nil; {
		actions := p.Step(now, ev)
		ev = nil
		for _, action := range actions {
			switch a := action.(type) {
			case phone.Fetch:
				fmt.Println("fetch", a.Name, "from", a.Address())
				ev = phone.FileNotFound{Seq: a.Seq}
			case phone.RaiseAlarm:
				fmt.Println("alarm: CTL", a.Alarm.CTL, "- ITL", a.Alarm.ITL)
			case phone.Booted:
				fmt.Println("booted:", a.State)
			}
		}
	}
	for _, line := range p.Status() {
		fmt.Println(line.At.Format(time.TimeOnly), line.Text)
	}
	// Output:
	// fetch CTLSEP001122334455.tlv from tftp.example:69
	// fetch ITLSEP001122334455.tlv from tftp.example:69
	// fetch ITLFile.tlv from tftp.example:69
	// alarm: CTL Not Installed - ITL Not Installed
	// fetch SEP001122334455.cnf.xml from tftp.example:69
	// fetch XMLDefault.cnf.xml from tftp.example:69
	// booted: none
	// 10:00:00 File Not Found <CTLFile.tlv>
	// 10:00:00 No Trust List Installed
	// 10:00:00 CFG File Not Found
}

// What a phone refuses changes nothing that it holds, and says why.
func ExamplePhone_LastBoot() {
	profile, _ := phone.ProfileOf("7962")
	p := phone.New(phone.Setup{Name: "SEP001122334455", Profile: profile, Servers: []string{"tftp"}})
	fetch := p.Step(time.Now(), phone.PowerOn{})[0].(phone.Fetch)
	p.Step(time.Now(), phone.FileReceived{Seq: fetch.Seq, Data: []byte("nonsense")})

	refusal := p.LastBoot().Refusal
	fmt.Println(refusal)
	fmt.Println(phone.Explain(refusal.Reason).Plain)
	fmt.Println(errors.Is(refusal, phone.ErrLocked), errors.Is(refusal, phone.ErrUntrusted))
	// Output:
	// CTLSEP001122334455.tlv refused: malformed at offset 0, tag 110 UNKNOWN: length 28526, but only 5 bytes are left
	// The file could not be read.
	// true false
}
