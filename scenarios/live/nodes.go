package live

import (
	"fmt"
	"slices"
	"time"

	"itlsim/cucm"
	"itlsim/itl"
)

// A Node is what a node of one of the clusters runs, holds and serves.
type Node struct {
	Name         string        `json:"name"`     // as sentences have it
	Hostname     string        `json:"hostname"` // at present
	Role         string        `json:"role"`
	OtherCluster bool          `json:"other_cluster,omitempty"` // it is of the other cluster
	Release      string        `json:"release"`
	On           bool          `json:"on"`
	SSH          string        `json:"ssh,omitempty"` // host:port of its command line, where it is served
	Services     []Service     `json:"services"`
	Certificates []Certificate `json:"certificates"`
	Guard        *Guard        `json:"guard,omitempty"`
	ITL          *List         `json:"itl"`
	CTL          *List         `json:"ctl"`
	ResetList    bool          `json:"reset_list,omitempty"` // its ITL is one that `utils itl reset` signed
}

// A Service of a node.
type Service struct {
	Name    string `json:"name"`
	Running bool   `json:"running"` // not stopped, on a node that is up
	Address string `json:"address"` // host:port; in virtual mode a name for it
}

// A Certificate that a node has.
type Certificate struct {
	Unit      string    `json:"unit"`
	Subject   string    `json:"subject"`
	Serial    string    `json:"serial"` // hexadecimal
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	Modified  time.Time `json:"modified,omitzero"`  // left out as it was installed
	InLists   bool      `json:"in_lists,omitempty"` // its regeneration changes lists
}

// A Guard is the certificate whose regeneration holds others up for five minutes.
type Guard struct {
	Unit  string    `json:"unit"`
	Until time.Time `json:"until"` // by the cluster's clock
}

// A List is a trust list, of a node or a phone, and its size in bytes.
type List struct {
	SHA1    string   `json:"sha1"`
	Signer  string   `json:"signer"`
	Bytes   int      `json:"bytes"`
	Records []Record `json:"records"`
}

// A Record of a trust list.
type Record struct {
	Role    string `json:"role"`
	Subject string `json:"subject"`
}

// ListOf tells of a list; nil stays nil.
func ListOf(l *itl.List) *List {
	if l == nil {
		return nil
	}
	told := &List{
		SHA1: fmt.Sprintf("%x", l.SHA1()), Signer: itl.CommonName(l.Signer.Subject), Bytes: len(l.Bytes()),
		Records: []Record{},
	}
	for _, r := range l.Records {
		told.Records = append(told.Records, Record{r.Role.String(), itl.CommonName(r.Subject)})
	}
	return told
}

// inLists are the certificates whose regeneration changes lists.
var inLists = []cucm.Unit{cucm.CallManager, cucm.TVSUnit, cucm.CAPFUnit, cucm.ITLRecovery}

// NodeAt tells of a node, by its place among all ([lab.Lab.Nodes]).
func (l *Lab) NodeAt(i int) Node {
	n := l.Nodes()[i]
	v := Node{
		Name: l.NodeNames()[i], Hostname: n.Name(), Role: n.Role(), OtherCluster: n.Cluster() != l.Cluster,
		Release: string(n.Cluster().Release()), On: !n.Down(), Services: []Service{}, Certificates: []Certificate{},
		CTL: ListOf(n.CTL()),
	}
	if l.ssh != nil {
		v.SSH = l.ssh[i].Addr().String()
	}
	if list := n.ITL(); list != nil {
		v.ITL = ListOf(list)
		v.ResetList = cucm.IsRecovery(list.Signer.Subject) != (n.Facts().ListSigner == cucm.ITLRecovery)
	}
	for _, s := range n.Services() {
		v.Services = append(v.Services, Service{string(s), n.Running(s), n.Address(s)})
	}
	for u, held := range n.Certificates() {
		c := held.Certificate
		v.Certificates = append(v.Certificates, Certificate{
			string(u), c.Subject.CommonName, fmt.Sprintf("%x", c.SerialNumber), c.NotBefore, c.NotAfter, held.Modified,
			slices.Contains(inLists, u),
		})
	}
	if u, until := n.Guard(); u != "" {
		v.Guard = &Guard{string(u), until}
	}
	return v
}
