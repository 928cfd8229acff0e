package cucm

import (
	"net/netip"
	"strconv"

	"itlsim/cucm/ciscolog"
	"itlsim/phone"
)

// endPoint is what the alarms of registrations say of a phone.
type endPoint struct {
	device, model string
	at            netip.Addr
	release       string // that runs on the node, with its build
	alarm         ciscolog.Alarm
	why           Reason // 0: it is not gone
}

// Parameters that are the same for all phones.
const (
	ciscoPhones    = "2"   // PerfMonObjType
	unknownType    = "255" // DeviceType
	unknownPurpose = "0"   // IPAddrAttributes: what the address is for
)

// Tags are the alarm's parameters in the order of error messages 14, less those that
// the EndPointUnregistered log leaves out (MACAddress, IPV6Address) or a simulated
// cluster does not know.
func (e endPoint) Tags() []ciscolog.Tag {
	name := ciscolog.Tag{Name: "DeviceName", Value: e.device}
	ip := ciscolog.Tag{Name: "IPAddress"}
	if e.at.IsValid() {
		ip.Value = e.at.String()
	}
	protocol := ciscolog.Tag{Name: "Protocol", Value: "SIP"}
	kind := ciscolog.Tag{Name: "DeviceType", Value: deviceType(e.model)}
	description := ciscolog.Tag{Name: "Description", Value: (&Device{Name: e.device}).Description()}
	purpose := ciscolog.Tag{Name: "IPAddrAttributes", Value: unknownPurpose}
	switch e.alarm {
	case ciscolog.EndPointResetInitiated:
		return []ciscolog.Tag{name, {Name: "ProductType", Value: productType(e.model)}, kind}
	case ciscolog.EndPointRegistered:
		return []ciscolog.Tag{
			name, ip, protocol, description, {Name: "PerfMonObjType", Value: ciscoPhones}, kind, purpose,
		}
	}
	tags := []ciscolog.Tag{
		name, ip, protocol, kind, description, {Name: "Reason", Value: strconv.Itoa(int(e.why))}, purpose,
		{Name: "LastSignalReceived", Value: e.why.lastSignal()},
	}
	if release, _ := ReleaseOf(e.release); release.Facts().CallState { // of which there are none
		tags = append(tags, ciscolog.Tag{Name: "CallState"})
	}
	return tags
}

// deviceType is CUCM's number of a model.
func deviceType(model string) string {
	if m, ok := phone.FindModel(model); ok && m.Number.Is != 0 {
		return strconv.Itoa(m.Number.Is)
	}
	return unknownType
}

// productType is a model as CUCM's lists name it.
func productType(model string) string {
	if model == "" {
		return "Unknown"
	}
	if m, ok := phone.FindModel(model); ok {
		return m.Product
	}
	return "Cisco " + model
}

// lastSignal is what CallManager had from a phone before it was gone. The first is
// from the EndPointUnregistered log; the others are remembered names of its signals,
// and which belongs to which reason is this project's own choice.
func (r Reason) lastSignal() string {
	switch r {
	case KeepAliveTimeout:
		return "SIPStationDPrimaryLineTimeout"
	case ConnectivityError, DeviceNoResponse:
		return "SIPConnControlInd"
	}
	return "SIPRegisterInd"
}
