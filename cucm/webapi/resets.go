package webapi

import (
	"cmp"

	"itlsim/cucm"
	"itlsim/sip"
)

// resetTypes are what deviceResetType may say. What applying a configuration does to a
// phone depends on what has changed; here it restarts (this project's own choice).
var resetTypes = map[string]sip.Action{
	"Reset": sip.Reset, "Restart": sip.Restart, "Apply Configuration": sip.Restart,
}

// resetDevice is doDeviceReset.
func (c *call) resetDevice() (answer, error) {
	name := c.asked.child("deviceName")
	d, err := c.phone(name.text, name.uuid)
	if err != nil {
		return answer{}, err
	}
	usual := "Reset"
	if hard := c.asked.child("isHardReset").text; hard != "" && !isTrue(hard) {
		usual = "Restart"
	}
	kind := cmp.Or(c.asked.child("deviceResetType").text, usual)
	action, ok := resetTypes[kind]
	if !ok {
		return answer{}, &fault{client, noCode, "The deviceResetType " + kind + " is not there: " +
			"this is a simulator, which has Reset, Restart and Apply Configuration"}
	}
	c.cluster.ResetDevices([]string{d.Name}, action)
	return plain("true"), nil
}

// resetsPhone is an operation that resets the phone of a name or UUID.
func resetsPhone(how string) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		d, err := c.phone(c.asked.child("name").text, c.uuid())
		if err != nil {
			return answer{}, err
		}
		c.cluster.ResetDevices([]string{d.Name}, resetTypes[how])
		return plain(uuid(phoneKind, d.Name)), nil
	}
}

// resetsGroup is an operation that resets the phones of what they have in common, an
// object of some kind.
func resetsGroup(kind, how string) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		var name string
		var of func(*call, device) string
		if kind == "CommonPhoneConfig" {
			of = commonConfig
			if c.isNamed(kind, commonProfile) {
				name = commonProfile
			}
		} else {
			of = poolName
			for _, g := range c.groups() {
				if c.isNamed(kind, groupName(c, g)) {
					name = groupName(c, g)
				}
			}
		}
		if name == "" {
			return answer{}, notFound(kind)
		}
		c.cluster.ResetDevices(c.names(func(d device) bool { return of(c, d) == name }), resetTypes[how])
		return plain(uuid(kind, name)), nil
	}
}

// resetsAll is an operation that resets all phones.
func resetsAll(how string) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		c.cluster.ResetDevices(c.names(func(*cucm.Device) bool { return true }), resetTypes[how])
		return plain("true"), nil
	}
}

// names are those of the phones that are picked, in the database's order.
func (c *call) names(picks func(device) bool) (names []string) {
	devices, _ := c.cluster.Devices()
	for i := range devices {
		if picks(&devices[i]) {
			names = append(names, devices[i].Name)
		}
	}
	return names
}
