package api

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"itlsim/cucm"
	"itlsim/itl"
	"itlsim/lab"
	"itlsim/scenarios/live"
	"itlsim/scenarios/report"
)

// A nodeView is a node of one of the clusters.
type nodeView struct {
	Name         string        `json:"name"`     // as sentences have it
	Hostname     string        `json:"hostname"` // at present
	Role         string        `json:"role"`
	Release      string        `json:"release"`
	On           bool          `json:"on"`
	Services     []service     `json:"services"`
	Certificates []certificate `json:"certificates"`
	ITL          *list         `json:"itl"`
	CTL          *list         `json:"ctl"`
}

type service struct {
	Name    string `json:"name"`
	Running bool   `json:"running"`
	Address string `json:"address"` // host:port; in virtual mode a name for it
}

type certificate struct {
	Unit      string    `json:"unit"`
	Subject   string    `json:"subject"`
	Serial    string    `json:"serial"` // hexadecimal
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
}

// A list is a trust list, of a node or a phone.
type list struct {
	SHA1    string   `json:"sha1"`
	Signer  string   `json:"signer"`
	Bytes   int      `json:"bytes"`
	Records []record `json:"records"`
}

type record struct {
	Role    string `json:"role"`
	Subject string `json:"subject"`
}

func listOf(l *itl.List) *list {
	if l == nil {
		return nil
	}
	told := &list{
		SHA1: fmt.Sprintf("%x", l.SHA1()), Signer: itl.CommonName(l.Signer.Subject), Bytes: len(l.Bytes()),
		Records: []record{},
	}
	for _, r := range l.Records {
		told.Records = append(told.Records, record{r.Role.String(), itl.CommonName(r.Subject)})
	}
	return told
}

// A served list is answered as bytes, or as text where that is asked for.
type served struct{ *itl.List }

// pick gives the list that a path asks for, by its kind.
func pick(r *http.Request, of string, itl, ctl *itl.List) (any, error) {
	kind := r.PathValue("list")
	picked := itl
	switch kind {
	case "itl":
	case "ctl":
		picked = ctl
	default:
		return nil, &notFound{fmt.Sprintf("list %.20q: there are itl and ctl", kind)}
	}
	if picked == nil {
		return nil, &notFound{strings.ToUpper(kind) + " of " + of}
	}
	return served{picked}, nil
}

// write sends the file, or what `show itl` prints of it where the request takes text.
func (s served) write(rw http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.Header.Get("Accept"), "text/") || r.URL.Query().Get("as") == "text" {
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(rw, itl.Show(s.List, time.UTC)) // an error is the reader's leaving
		return
	}
	rw.Header().Set("Content-Type", "application/octet-stream")
	rw.Write(s.Bytes())
}

// cluster tells how things are.
func cluster(l *live.Lab, _ *http.Request) (any, error) {
	told := struct {
		Scenario string        `json:"scenario"`
		Shows    string        `json:"shows"`
		Mode     string        `json:"mode"`
		Seed     int64         `json:"seed"`
		Now      time.Time     `json:"now"`  // by the scenario's clock
		AtS      float64       `json:"at_s"` // scenario seconds since the start
		Phones   int           `json:"phones"`
		UnderWay int           `json:"under_way"` // phones with something left to do
		States   report.States `json:"states"`
		Groups   []string      `json:"groups"`
		Models   []string      `json:"models"`
		Busy     string        `json:"busy,omitempty"` // what is under way
		Nodes    []nodeView    `json:"nodes"`
	}{
		Scenario: l.Scenario.Name, Shows: l.Scenario.Shows, Mode: cmp.Or(l.Options.Mode, lab.Wire), Seed: l.Options.Seed,
		Now: l.Now(), AtS: l.Elapsed().Seconds(), Phones: l.Phones(), UnderWay: l.Fleet.Busy(),
		States: report.StatesOf(l.Fleet.States()), Groups: append([]string{}, l.GroupNames()...), Models: append([]string{}, l.Models()...), Busy: l.Doing(),
	}
	for i, n := range l.Nodes() {
		told.Nodes = append(told.Nodes, nodeOf(l.NodeNames()[i], n))
	}
	return told, nil
}

func nodeOf(name string, n *cucm.Node) nodeView {
	v := nodeView{
		Name: name, Hostname: n.Name(), Role: n.Role(), Release: string(n.Cluster().Release()), On: !n.Down(),
		Services: []service{}, Certificates: []certificate{}, ITL: listOf(n.ITL()), CTL: listOf(n.CTL()),
	}
	for _, s := range n.Services() {
		v.Services = append(v.Services, service{string(s), n.Running(s), n.Address(s)})
	}
	for u, held := range n.Certificates() {
		c := held.Certificate
		v.Certificates = append(v.Certificates, certificate{
			string(u), c.Subject.CommonName, fmt.Sprintf("%x", c.SerialNumber), c.NotBefore, c.NotAfter,
		})
	}
	return v
}

// find finds the node that a request names.
func find(l *live.Lab, name string) (*cucm.Node, error) {
	n, err := l.Node(name)
	if err != nil {
		return nil, &notFound{fmt.Sprintf("node %.100q; there are %s", name, strings.Join(l.NodeNames(), ", "))}
	}
	return n, nil
}

func node(l *live.Lab, r *http.Request) (any, error) {
	name := r.PathValue("node")
	n, err := find(l, name)
	if err != nil {
		return nil, err
	}
	return nodeOf(name, n), nil
}

// nodeList is a list that a node serves.
func nodeList(l *live.Lab, r *http.Request) (any, error) {
	n, err := find(l, r.PathValue("node"))
	if err != nil {
		return nil, err
	}
	return pick(r, n.Name(), n.ITL(), n.CTL())
}
