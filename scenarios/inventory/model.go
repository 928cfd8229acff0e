package inventory

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"itlsim/phone"
)

// profile is a model's profile with the firmware that a phone really has. The
// model may be written as 8861, CP-8861, Cisco 8861 or as CUCM's number of it.
// Of a model that is not known here the profile is that of a family: why tells
// which.
func profile(model, firmware string) (p *phone.Profile, why string) {
	name := modelName(model)
	p, ok := knownModel(name)
	if !ok {
		p, why = stranger(name, firmware)
	}
	if firmware == "" || firmware == p.Firmware {
		return p, why
	}
	if load := loadName.FindStringSubmatch(firmware); load != nil {
		p.Firmware, p.Load = load[1], firmware
	} else {
		p.Firmware = firmware
	}
	return p, why
}

// loadName is the name of a firmware as a cluster prints it, such as
// sip88xx.14-1-1-0001-125: its version stands after the point.
var loadName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*\.([0-9].*)$`)

// modelName is a model without its maker.
func modelName(model string) string {
	name := strings.TrimSpace(model)
	for _, maker := range []string{"Cisco ", "CP-"} {
		if len(name) > len(maker) && strings.EqualFold(name[:len(maker)], maker) {
			name = name[len(maker):]
		}
	}
	return name
}

func knownModel(name string) (*phone.Profile, bool) {
	if p, ok := phone.ProfileOf(name); ok {
		return p, true
	}
	number, err := strconv.Atoi(name)
	for _, p := range phone.Profiles() {
		if err == nil && number > 0 && p.DeviceType == number {
			return p, true
		}
	}
	return nil, false
}

// newer are the models, and the loads, of the families that speak TLS 1.2 and
// HTTP; what begins otherwise is taken for an older one.
var newer = regexp.MustCompile(`^(?i:78|88|98|sip78|sip88|phoneos)`)

// stranger is a phone of a model that is not known here. It is never taken for
// one that knows SHA-512 (this project's own choice), and has no DeviceType.
func stranger(name, load string) (*phone.Profile, string) {
	like := "7962"
	if newer.MatchString(name) || newer.MatchString(load) {
		like = "8861"
	}
	p, _ := phone.ProfileOf(like)
	p.Model, p.SHA512, p.DeviceType = cmp.Or(name, "unknown"), false, 0
	return p, fmt.Sprintf("%q is not a model that is known here; it is played as a %s without SHA-512", name, like)
}
