package live

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"itlsim/cucm"
	"itlsim/itl"
	"itlsim/sip"
)

// clusterView is the cluster panel.
type clusterView struct {
	Nodes          []nodeView   `json:"nodes"`
	Lists          []holderView `json:"lists"`
	Silent         int          `json:"silent"` // phones that have reported no list
	SettingsAccess bool         `json:"settingsAccess"`
}

type nodeView struct {
	ID           string        `json:"id"` // its console's name
	SSH          string        `json:"ssh"`
	Name         string        `json:"name"`
	Publisher    bool          `json:"publisher"`
	Services     []serviceView `json:"services"`
	SHA1         string        `json:"sha1"`
	Signer       string        `json:"signer"`
	Reset        bool          `json:"reset"` // serves a list that `utils itl reset` signed
	Certificates []certView    `json:"certificates"`
	Guard        string        `json:"guard"`      // the certificate that holds others up
	GuardUntil   int64         `json:"guardUntil"` // by the cluster's clock
}

type serviceView struct {
	Name    string `json:"name"`
	Running bool   `json:"running"`
	Address string `json:"address"`
}

type certView struct {
	Unit     string `json:"unit"`
	From     int64  `json:"from"`
	Modified int64  `json:"modified"` // 0: as installed
	InList   bool   `json:"inList"`
}

// holderView is a list that phones hold.
type holderView struct {
	SHA1   string   `json:"sha1"`
	Phones int      `json:"phones"`
	Served []string `json:"served"` // by which nodes now
}

// A panel is the cluster panel as it was last looked at.
type panel struct {
	mu    sync.Mutex
	at    time.Time // by the wall clock
	seen  string
	view  *clusterView
	count uint64 // of changes
}

// clusterSince looks at the cluster, now and then, and gives the panel where that changed
// since so many times.
func (l *Lab) clusterSince(seen uint64) (*clusterView, uint64) {
	p := &l.panel
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); now.Sub(p.at) >= samplingEvery {
		view := l.lookAtCluster()
		b, err := json.Marshal(view)
		if err != nil {
			panic(err) // of plain structs
		}
		p.at = now
		if p.seen != string(b) {
			p.seen, p.view = string(b), view
			p.count++
		}
	}
	if p.count == seen {
		return nil, seen
	}
	return p.view, p.count
}

func (l *Lab) lookAtCluster() *clusterView {
	l.journal.look()
	v := &clusterView{SettingsAccess: l.Cluster.Settings().SettingsAccess, Lists: []holderView{}}
	served := make(map[sip.Checksum][]string)
	ssh := l.SSH()
	for i, n := range l.Nodes() {
		node := lookAtNode(n)
		node.ID = l.consoles[i].name
		if ssh != nil {
			node.SSH = ssh[i]
		}
		v.Nodes = append(v.Nodes, node)
		if list := n.ITL(); list != nil {
			sum := sip.Checksum(list.SHA1())
			served[sum] = append(served[sum], n.Name())
		}
	}
	v.Silent = len(l.phones)
	for sum, n := range l.journal.holders() {
		v.Silent -= n
		v.Lists = append(v.Lists, holderView{fmt.Sprintf("%x", sum[:]), n, served[sum]})
	}
	slices.SortFunc(v.Lists, func(a, b holderView) int {
		return cmp.Or(
			cmp.Compare(len(b.Served), len(a.Served)),
			cmp.Compare(b.Phones, a.Phones), strings.Compare(a.SHA1, b.SHA1),
		)
	})
	return v
}

// inList are the certificates whose regeneration changes lists.
var inList = []cucm.Unit{cucm.CallManager, cucm.TVSUnit, cucm.CAPFUnit, cucm.ITLRecovery}

func lookAtNode(n *cucm.Node) nodeView {
	v := nodeView{Name: n.Name(), Publisher: n.Publisher()}
	for _, s := range []cucm.Service{cucm.TFTPService, cucm.TVSService} {
		v.Services = append(v.Services, serviceView{string(s), n.Running(s), n.Address(s)})
	}
	if list := n.ITL(); list != nil {
		sum := list.SHA1()
		v.SHA1, v.Signer = fmt.Sprintf("%x", sum[:]), itl.CommonName(list.Signer.Subject)
		v.Reset = cucm.IsRecovery(list.Signer.Subject) != (n.Facts().ListSigner == cucm.ITLRecovery)
	}
	for u, c := range n.Certificates() {
		cv := certView{Unit: string(u), From: millis(c.Certificate.NotBefore), InList: slices.Contains(inList, u)}
		if !c.Modified.IsZero() {
			cv.Modified = millis(c.Modified)
		}
		v.Certificates = append(v.Certificates, cv)
	}
	if u, until := n.Guard(); u != "" {
		v.Guard, v.GuardUntil = string(u), millis(until)
	}
	return v
}

func millis(t time.Time) int64 { return t.UnixMilli() }
