package webapi

import (
	"testing"
	"time"
)

// Whatever a script sends as dates, a period that is understood begins and ends where it
// says: in the minutes that the dates name in that zone.
func FuzzPeriod(f *testing.F) {
	f.Add("11/25/26 9:01 PM", "11/26/26 12:00 am", "Client: (GMT-8:0)America/Los_Angeles", "None", "0")
	f.Add("", "2/29/24 1:00 AM", "(GMT+5:30)", "Weeks", "255")
	f.Add("1/1/70 1:00 AM", "", "(GMT-0:30)(GMT+99:99)", "", "-1")
	now := time.Date(2026, 11, 25, 20, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, from, to, zone, unit, number string) {
		asked := &element{}
		for name, text := range map[string]string{
			"FromDate": from, "ToDate": to, "TimeZone": zone, "RelText": unit, "RelTime": number,
		} {
			asked.children = append(asked.children, &element{name: name, text: text})
		}
		p, err := newPeriod(asked, now)
		if err != nil {
			return
		}
		if !p.from.IsZero() && !p.has(p.from) && (p.to.IsZero() || p.from.Before(p.to)) {
			t.Fatalf("%v has not its beginning", p)
		}
		if !p.to.IsZero() && p.has(p.to) {
			t.Fatalf("%v has its end", p)
		}
		if !p.from.Equal(p.from.Truncate(time.Minute)) || !p.to.Equal(p.to.Truncate(time.Minute)) {
			t.Fatalf("%v is not of whole minutes", p)
		}
	})
}
