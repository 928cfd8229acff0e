package webapi

import (
	"cmp"
	"strings"
	"sync"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/cucm/database"
)

type device = *cucm.Device

const (
	phoneKind     = database.PhoneKind
	profileKind   = database.ProfileKind
	commonProfile = database.CommonProfile
	protocol      = database.Protocol
)

func deviceName(_ *call, d device) string     { return d.Name }
func description(_ *call, d device) string    { return d.Description() }
func product(_ *call, d device) string        { return d.Product() }
func poolName(c *call, d device) string       { return groupName(c, d.Group) }
func commonConfig(*call, device) string       { return commonProfile }
func deviceProtocol(_ *call, _ device) string { return protocol }

// securityProfile is named as the profiles are that an installation has, with the Device
// Security Mode (this project's own choice: a simulated cluster's profiles have no names).
func securityProfile(_ *call, d device) string {
	mode := map[cnf.SecurityMode]string{cnf.Authenticated: "Authenticated", cnf.Encrypted: "Encrypted"}[d.Security]
	return d.Product() + " - Standard SIP " + cmp.Or(mode, "Non-Secure") + " Profile"
}

// phones begin with these tags in the schema; the others have no counterpart here.
var phones = class[device]{
	element: "phone", kind: phoneKind, name: deviceName,
	tags: []tag[device]{
		text("name", deviceName), text("description", description), text("product", product), text("model", product),
		fixed[device]("class", "Phone"), fixed[device]("protocol", protocol), fixed[device]("protocolSide", "User"),
		none[device]("callingSearchSpaceName"), reference("devicePoolName", devicePools.kind, poolName),
		reference("commonPhoneConfigName", profileKind, commonConfig),
		fixed[device]("networkLocation", "Use System Default"),
		reference("locationName", "Location", func(*call, device) string { return "Hub_None" }),
		{"vendorConfig", writeVendorConfig}, reference("securityProfileName", "PhoneSecurityProfile", securityProfile),
	},
	criteria: map[string]func(*call, device) string{
		"name": deviceName, "description": description, "protocol": deviceProtocol, "devicePoolName": poolName,
		"securityProfileName": securityProfile,
	},
}

// listPhones looks a name without wildcards up, and goes through the database for others.
func (c *call) listPhones() (answer, error) {
	if name := c.asked.child("searchCriteria").child("name").text; !strings.ContainsAny(name, "%_") && name != "" {
		if d, ok := c.device(name); ok {
			return phones.list(c, []device{&d})
		}
	}
	all, _ := c.cluster.Devices()
	rows := make([]device, len(all))
	for i := range all {
		rows[i] = &all[i]
	}
	return phones.list(c, rows)
}

func (c *call) getPhone() (answer, error) {
	d, err := c.phone(c.asked.child("name").text, c.uuid())
	if err != nil {
		return answer{}, err
	}
	return phones.get(c, &d), nil
}

// device is the one of a name, whatever its case, as long as the database has it in upper
// case, as names of phones are.
func (c *call) device(name string) (cucm.Device, bool) {
	if d, ok := c.cluster.Device(name); ok {
		return d, true
	}
	return c.cluster.Device(strings.ToUpper(name))
}

// phone is the one that is meant, by its name or else its UUID.
func (c *call) phone(name, id string) (cucm.Device, error) {
	if name == "" && id != "" {
		name = c.index.name(c.cluster, canonical(id))
	}
	if d, ok := c.device(name); ok {
		return d, nil
	}
	return cucm.Device{}, notFound(phoneKind)
}

// index finds phones by their UUIDs. It is made when somebody does.
type index struct {
	mu       sync.Mutex
	revision uint64 // of the database that it is of
	names    map[string]string
}

// name is the name of the phone of a UUID; "" where there is none.
func (x *index) name(of *cucm.Cluster, id string) string {
	devices, revision := of.Devices()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.names == nil || x.revision != revision {
		x.names, x.revision = make(map[string]string, len(devices)), revision
		for i := range devices {
			x.names[uuid(phoneKind, devices[i].Name)] = devices[i].Name
		}
	}
	return x.names[id]
}
