package live

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"itlsim/sip"
)

// A Cluster is what administrators see of all clusters of a lab, the scenario's own first.
type Cluster struct {
	Nodes          []Node    `json:"nodes"`
	Lists          []Holders `json:"lists"`
	Silent         int       `json:"silent"`          // phones that have reported no list
	SettingsAccess bool      `json:"settings_access"` // of the scenario's own cluster
}

// Holders are the phones that hold a list, by their last DeviceTLInfo (M19).
type Holders struct {
	SHA1   string   `json:"sha1"`
	Phones int      `json:"phones"` // how many they are
	Served []string `json:"served"` // by which nodes now, by their names in sentences
}

// LookAtCluster looks at the clusters as they are now.
func (l *Lab) LookAtCluster() Cluster {
	v := Cluster{SettingsAccess: l.Cluster.Settings().SettingsAccess, Lists: []Holders{}, Silent: l.Phones()}
	served := make(map[sip.Checksum][]string)
	for i, n := range l.Nodes() {
		v.Nodes = append(v.Nodes, l.NodeAt(i))
		if list := n.ITL(); list != nil {
			sum := sip.Checksum(list.SHA1())
			served[sum] = append(served[sum], l.NodeNames()[i])
		}
	}
	for sum, n := range l.journal.holders() {
		v.Silent -= n
		v.Lists = append(v.Lists, Holders{fmt.Sprintf("%x", sum[:]), n, append([]string{}, served[sum]...)})
	}
	slices.SortFunc(v.Lists, func(a, b Holders) int {
		return cmp.Or(
			cmp.Compare(len(b.Served), len(a.Served)),
			cmp.Compare(b.Phones, a.Phones), strings.Compare(a.SHA1, b.SHA1),
		)
	})
	return v
}

// A panel is the clusters as somebody looked at them last.
type panel struct {
	mu    sync.Mutex
	at    time.Time // by the wall clock
	seen  string
	view  *Cluster
	count uint64 // of changes
}

// clusterSince looks at the clusters, every samplingEvery at most, and gives them where they
// have changed since so many times.
func (l *Lab) clusterSince(seen uint64) (*Cluster, uint64) {
	p := &l.panel
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); now.Sub(p.at) >= samplingEvery {
		view := l.LookAtCluster()
		b, err := json.Marshal(view)
		if err != nil {
			panic(err) // of plain structs
		}
		p.at = now
		if p.seen != string(b) {
			p.seen, p.view = string(b), &view
			p.count++
		}
	}
	if p.count == seen {
		return nil, seen
	}
	return p.view, p.count
}
