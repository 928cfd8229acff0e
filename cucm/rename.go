package cucm

import "regexp"

// A host name or domain is what DNS allows.
var (
	hostName   = regexp.MustCompile(`^[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
	domainName = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
)

// Rename gives the node another host name or domain; "" leaves one as it is.
// CallManager, TVS, tomcat and ipsec are regenerated together, past the
// five-minute guard, and the phones are reset; ITLRecovery goes on showing the
// old name until it is regenerated (M3).
func (n *Node) Rename(name, domain string) error {
	c := n.cluster
	var inList bool
	err := c.change(func(d *draft) (err error) {
		s := d.node(n)
		if name != "" {
			if !hostName.MatchString(name) {
				return &NameError{Name: name, Sort: "host name"}
			}
			for i := range d.nodes {
				if i != n.index && (d.nodes[i].name == name || d.nodes[i].home == name) {
					return &NameTakenError{Name: name}
				}
			}
			s.name = name
		}
		if domain != "" {
			if len(domain) > 253 || !domainName.MatchString(domain) {
				return &NameError{Name: domain, Sort: "domain"}
			}
			s.domain = domain
		}
		inList, err = d.regenerate(n, CallManager, TVSUnit, Tomcat, IPsec)
		return err
	})
	if err == nil && inList {
		c.ResetPhones()
	}
	return err
}
