package scenarios

import (
	"context"
	"fmt"
	"strings"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
)

const (
	publisher  = "test10pub"
	subscriber = "test10sub"
	sixMinutes = 6 * time.Minute // past the five-minute guard
)

// bulkReset is the main story: a fleet that follows one change of certificates,
// is lost by two at once, and comes back by one command (rows M1 to M7, M10,
// M12, M13, M19, M23).
func bulkReset() Scenario {
	regenerate := func(node string, unit cucm.Unit) func(context.Context, *Stage) error {
		return command(node, "set cert regen "+string(unit), "yes")
	}
	restartTFTP := all(
		command(publisher, "utils service restart Cisco Tftp"),
		command(subscriber, "utils service restart Cisco Tftp"))
	enterpriseReset := func(_ context.Context, st *Stage) error { // System > Enterprise Parameters > Reset
		st.Cluster.ResetPhones()
		return nil
	}
	return Scenario{
		Name:   "bulk-reset",
		Shows:  "thousands of phones lose their trust and get it back by `utils itl reset localkey`",
		Rows:   "M1 to M7, M10, M12, M13, M19, M23",
		Phones: 2000,
		Steps: []Step{
			{
				Name: "The phones boot for the first time",
				Do:   all(send(phone.PowerOn{}), settle),
				Expect: []Expectation{
					allIn(phone.Trusted),
					listBy("every list taken on faith, on first use", nil, phone.ByFaith),
					ownLists(),
					holdsOwnList(),
					recoveryRecord(),
					reported(),
				},
			},
			{
				Name: "CallManager is regenerated on the publisher, which resets the phones",
				Do:   all(regenerate(publisher, cucm.CallManager), settle),
				Expect: []Expectation{
					allIn(phone.Trusted),
					listBy("the publisher's phones follow by TVS", servedBy(0), phone.ByTVS),
					listBy("the subscriber's list has not changed", servedBy(1), phone.BySameFile),
					holdsOwnList(),
				},
			},
			{
				Name: "Six minutes later its TVS certificate is regenerated",
				Do:   all(wait(sixMinutes), regenerate(publisher, cucm.TVSUnit), settle),
				Expect: []Expectation{
					allIn(phone.Trusted),
					listBy("all phones follow by the signer that their list knows", nil, phone.ByITL),
					holdsOwnList(),
					reported(),
				},
			},
			{
				Name: "Both certificates are regenerated on both nodes while the phones are off",
				Do: all(send(phone.PowerOff{}), settle, wait(sixMinutes),
					regenerate(publisher, cucm.CallManager), regenerate(subscriber, cucm.CallManager), wait(sixMinutes),
					regenerate(publisher, cucm.TVSUnit), regenerate(subscriber, cucm.TVSUnit), restartTFTP),
			},
			{
				Name: "Settings access is switched off, and the phones boot",
				Do: all(func(_ context.Context, st *Stage) error {
					settings := st.Cluster.Settings()
					settings.SettingsAccess = false
					st.Cluster.Configure(settings)
					return nil
				}, send(phone.PowerOn{}), settle),
				Expect: []Expectation{
					allIn(phone.Untrusted),
					every("none has the changed setting", nil, func(_ *Stage, v fleet.View) string {
						return unless(v.Flash.Config != nil && v.Flash.Config.Settings.SettingsAccess, "took the setting")
					}),
					every("all show Trust List update failed", nil, func(_ *Stage, v fleet.View) string {
						for _, line := range v.Status {
							if strings.EqualFold(line.Text, "Trust List update failed") {
								return ""
							}
						}
						return "do not show it"
					}),
					{"all register with what they had", func(st *Stage) error {
						return unlessEqual(st.Cluster.Registered(), len(st.Fleet.Phones()), "registered phones")
					}},
					reported(),
				},
			},
			{
				Name: "utils itl reset localkey on the publisher, and all phones are reset",
				Do:   all(command(publisher, "utils itl reset localkey", password), enterpriseReset, settle),
				Expect: []Expectation{
					allIn(phone.Trusted),
					signedBy("every list is signed by ITLRECOVERY", func(*Stage, fleet.View) string { return "CN=ITLRECOVERY_" + publisher }),
					settingApplied(),
					configBy("the subscriber's configurations are taken by TVS", servedBy(1), phone.ByTVS),
					{"one list on both nodes", func(st *Stage) error {
						a, b := st.Cluster.Nodes()[0].ITL().SHA1(), st.Cluster.Nodes()[1].ITL().SHA1()
						if a != b {
							return fmt.Errorf("%x and %x", a, b)
						}
						return nil
					}},
					reported(),
				},
			},
			{
				Name: "TFTP is restarted on both nodes, and the phones are reset",
				Do:   all(restartTFTP, enterpriseReset, settle),
				Expect: []Expectation{
					allIn(phone.Trusted),
					signedBy("CallManager signs again", func(st *Stage, v fleet.View) string {
						return "CN=" + nodeOf(st, v.Name).FQDN()
					}),
					holdsOwnList(),
					settingApplied(),
					reported(),
					{"one alarm for each boot of firmware 9.4(1) or later, none from older", func(st *Stage) error {
						reporting := 0
						for _, v := range st.Fleet.Phones() {
							if v.Profile.ReportsLists() {
								reporting++
							}
						}
						return unlessEqual(int(st.Cluster.Counts().Alarms), 6*reporting, "alarms")
					}},
				},
			},
		},
	}
}
