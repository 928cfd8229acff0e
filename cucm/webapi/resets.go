package webapi

import (
	"cmp"

	"itlsim/sip"
)

// apply is what applying a configuration does to a phone: that depends on what has
// changed; here it restarts (this project's own choice).
const apply = sip.Restart

// resetTypes are what deviceResetType may say.
var resetTypes = map[string]sip.Action{"Reset": sip.Reset, "Restart": sip.Restart, "Apply Configuration": apply}

// resetDevice is doDeviceReset.
func (c *call) resetDevice() (answer, error) {
	name := c.asked.child("deviceName")
	d, err := c.phone(name.text, name.uuid)
	if err != nil {
		return answer{}, err
	}
	usual := "Reset"
	if said := c.asked.child("isHardReset").text; said != "" {
		hard, ok := truth(said)
		if !ok {
			return answer{}, &fault{client, noCode, "isHardReset is neither true nor false: " + said}
		}
		if !hard {
			usual = "Restart"
		}
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
func resetsPhone(action sip.Action) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		d, err := c.phone(c.asked.child("name").text, c.uuid())
		if err != nil {
			return answer{}, err
		}
		c.cluster.ResetDevices([]string{d.Name}, action)
		return plain(uuid(phoneKind, d.Name)), nil
	}
}

// resetsGroup is an operation that resets the phones of a group or its pool.
func resetsGroup(of *class[group], action sip.Action) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		g, err := c.group(of.kind)
		if err != nil {
			return answer{}, err
		}
		name := groupName(c, g)
		c.cluster.ResetDevices(c.names(func(d device) bool { return poolName(c, d) == name }), action)
		return plain(uuid(of.kind, name)), nil
	}
}

// resetsProfile is an operation that resets the phones of a common profile, which is all
// of them.
func resetsProfile(action sip.Action) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		if !c.isNamed(profileKind, commonProfile) {
			return answer{}, notFound(profileKind)
		}
		c.cluster.ResetDevices(c.names(everyDevice), action)
		return plain(uuid(profileKind, commonProfile)), nil
	}
}

// resetsAll is an operation that resets all phones.
func resetsAll(action sip.Action) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		c.cluster.ResetDevices(c.names(everyDevice), action)
		return plain("true"), nil
	}
}

func everyDevice(device) bool { return true }

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
