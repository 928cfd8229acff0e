package itl

import "fmt"

// Role is what a record's certificate is trusted for: the FUNCTION element
// (tag 4) of a record, two bytes there and one byte in a TVS answer.
type Role uint16

// The roles that lists and TVS answers carry. SAST, CCM+TFTP, TFTP and TVS
// appear in logs of real phones; the other numbers are those of certutils.
const (
	SAST      Role = 0 // System Administrator Security Token: may sign trust lists
	CCM       Role = 1
	CCMTFTP   Role = 2 // CallManager and TFTP in one: a mixed-mode CTL's server record
	TFTP      Role = 3 // may sign configuration files
	CAPF      Role = 4
	AppServer Role = 7
	TVS       Role = 21
)

var roleNames = [...]string{
	SAST: "System Administrator Security Token", CCM: "CCM", CCMTFTP: "CCM+TFTP", TFTP: "TFTP",
	CAPF: "CAPF", AppServer: "APP-SERVER", TVS: "TVS",
}

// String names the role as `show itl` prints it.
func (r Role) String() string {
	if r.known() {
		return roleNames[r]
	}
	return fmt.Sprintf("unknown role %d", uint16(r))
}

func (r Role) known() bool { return int(r) < len(roleNames) && roleNames[r] != "" }
