package cucm

import (
	"itlsim/cnf"
	"itlsim/sip"
	"itlsim/tftp"
	"itlsim/tvs"
)

// Service is a network service as `utils service` names it.
type Service string

// The services that a node may run. CallManager and Tomcat, which has the
// corporate directory, run on every node.
const (
	TFTPService        Service = "Cisco Tftp"
	TVSService         Service = "Cisco Trust Verification Service"
	CallManagerService Service = "Cisco CallManager"
	TomcatService      Service = "Cisco Tomcat"
)

// Services are all that take part in a simulation. A node lists others, too: see
// [Node.ServiceStatuses].
var Services = []Service{TFTPService, TVSService, CallManagerService, TomcatService}

// Port is the service's standard port. [TFTPService] answers HTTP, too, on
// [tftp.HTTPPort].
func (s Service) Port() int {
	switch s {
	case TFTPService:
		return tftp.Port
	case TVSService:
		return tvs.Port
	case CallManagerService:
		return sip.Port
	case TomcatService:
		return cnf.DirectoryPort
	}
	return 0
}
