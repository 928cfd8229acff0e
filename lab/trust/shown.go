package trust

import (
	"slices"

	"itlsim/cucm"
	"itlsim/itl"
	"itlsim/lab"
	"itlsim/tftp"
)

// shown is what a node shows at one moment.
type shown struct {
	*cucm.Node
	name    string   // that the lab's setup gives it
	names   []string // of its host: now, and in the beginning
	cluster int
	on      bool
	files   []file
	tvs     *cucm.Certificate // nil: it has none
	// recovery is the publisher's ITLRecovery, nil where there is none.
	recovery *cucm.Certificate
	reset    bool
}

// A file is one that a node serves to every phone.
type file struct {
	what   string
	name   tftp.Name
	data   []byte
	signer string // ID; "" where the file cannot be read
	record *itl.Record
}

// served are the files by which a phone comes to trust a node, in the order in which it asks
// for them. The default configuration stands for all: a node signs them with one key.
var served = []struct {
	what string
	kind tftp.Kind
}{
	{CTLSigner, tftp.CTL}, {Signer, tftp.ITL}, {CallManager, tftp.SignedConfig},
}

// look is what a node shows now.
func look(l *lab.Lab, n *cucm.Node, name string) *shown {
	s := &shown{Node: n, name: name, names: []string{n.Name(), name}, on: !n.Down()}
	s.cluster = slices.Index(l.Clusters(), n.Cluster())
	s.tvs = n.Shown(cucm.TVSUnit)
	if !slices.Contains(n.Services(), cucm.TVSService) {
		s.tvs = nil
	}
	if n.Publisher() {
		s.recovery = n.Certificate(cucm.ITLRecovery)
	}
	if !slices.Contains(n.Services(), cucm.TFTPService) {
		return s
	}
	for _, f := range served {
		if data, err := n.Look(tftp.Name{Kind: f.kind}); err == nil {
			s.add(f.what, tftp.Name{Kind: f.kind}, data)
		}
	}
	return s
}

// add notes a file and who signed it.
func (s *shown) add(what string, name tftp.Name, data []byte) {
	f := file{what: what, name: name, data: data}
	var signed *itl.Signed
	if name.Kind.IsList() {
		if list, err := itl.ParseList(data); err == nil {
			signed = &list.Signed
		}
	} else if parsed, err := itl.ParseFile(data); err == nil {
		signed = &parsed.Signed
	}
	if signed != nil {
		f.record = s.signerOf(signed)
	}
	if f.record != nil {
		f.signer = recordID(f.record)
		s.reset = s.reset || what == Signer && s.Facts().ListSigner != cucm.Unit(unitOf(f.record))
	}
	s.files = append(s.files, f)
}

// signerOf is the certificate that signed a file, as a record: one of the cluster's own, present
// or in the list that the node serves. It is nil for a stranger's.
func (s *shown) signerOf(signed *itl.Signed) *itl.Record {
	for _, n := range s.Cluster().Nodes() {
		for unit, cert := range n.Certificates() {
			if unit != cucm.CallManager && unit != cucm.ITLRecovery {
				continue
			}
			if itl.IdentityOf(cert.Certificate).Same(signed.Signer) {
				rec := itl.FullRecord(itl.SAST, cert.Certificate)
				return &rec
			}
		}
	}
	if list, err := itl.ParseList(signed.Bytes()); err == nil {
		if rec, ok := list.Find(signed.Signer, itl.SAST); ok {
			return rec
		}
	}
	return nil
}

// drawn is the node for a picture. answers tells which of its services do.
func (s *shown) drawn(answers func(cucm.Service) bool) Node {
	n := Node{Name: s.name, Role: s.Role(), Cluster: s.cluster, On: s.on, Reset: s.reset, Shows: []Show{}}
	for _, f := range s.files {
		n.Shows = append(n.Shows, Show{f.what, f.signer, answers(cucm.TFTPService)})
	}
	if s.tvs != nil {
		n.Shows = append(n.Shows, Show{TVS, certificateID(s.tvs.Certificate.Raw), answers(cucm.TVSService)})
	}
	if s.recovery != nil {
		n.Shows = append(n.Shows, Show{ITLRecovery, certificateID(s.recovery.Certificate.Raw), s.on})
	}
	return n
}

// A glance tells whether a node may show something else than before.
type glance struct {
	changes   uint64 // of its cluster
	on        bool
	tftp, tvs bool // the service answers
}

func glanceAt(l *lab.Lab, n *cucm.Node) glance {
	return glance{
		n.Cluster().Changes(), !n.Down(), l.Answers(anywhere, n, cucm.TFTPService), l.Answers(anywhere, n, cucm.TVSService),
	}
}

// anywhere is the site of nobody: what is in the way there is in everybody's.
const anywhere = ""
