package webapi

import (
	"errors"
	"fmt"

	"itlsim/cnf"
	"itlsim/cucm"
)

// updatePhone changes which settings are a phone's own: those that its vendorConfig names,
// and no others (this project's own choice: real ones keep what CCM Administration shows).
// All is changed or nothing; what cannot be changed here is a fault that names it.
func (c *call) updatePhone() (answer, error) {
	d, err := c.phone(c.asked.child("name").text, c.uuid())
	if err != nil {
		return answer{}, errNoPhone
	}
	var own *cnf.Override
	for _, part := range c.asked.children {
		switch part.name {
		case "name", "uuid":
		case "vendorConfig":
			if own, err = override(part); err != nil {
				return answer{}, err
			}
		default:
			return answer{}, unchangeable(part.name)
		}
	}
	if own != nil {
		if err = c.node.ConfigureDevice(d.Name, *own); errors.Is(err, cucm.ErrNoDevice) {
			err = errNoPhone
		}
	}
	return plain(uuid(phoneKind, d.Name)), err
}

// errNoPhone is that there is no such phone, in the words of an update.
var errNoPhone = &fault{server, 5003, "Phone not found"}

func unchangeable(tag string) error {
	return &fault{client, noCode, fmt.Sprintf("%s cannot be changed: this is a simulator, which changes a phone's "+
		"vendorConfig, and in it %s", tag, enumerated(cnf.VendorElements()))}
}

// override are the settings of a vendorConfig.
func override(config *element) (*cnf.Override, error) {
	o := new(cnf.Override)
	for _, setting := range config.children {
		switch err := o.Set(setting.name, setting.text); {
		case errors.Is(err, cnf.ErrNoSetting):
			return nil, unchangeable("vendorConfig/" + setting.name)
		case err != nil:
			return nil, &fault{client, noCode, "vendorConfig: " + err.Error()}
		}
	}
	return o, nil
}

// writeVendorConfig writes those settings of a phone that are its own.
func writeVendorConfig(c *call, w *writer, d device) {
	w.open("vendorConfig")
	for _, setting := range c.node.DeviceSettings(d.Name).Elements() {
		w.leaf(setting[0], setting[1])
	}
	w.close("vendorConfig")
}
