package cucm

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	pkcs12 "software.sslmate.com/src/go-pkcs12"

	"itlsim/internal/cause"
	"itlsim/internal/contain"
)

// A BulkServer is the SFTP server of OS Administration > Security > Bulk Certificate
// Management, where clusters exchange certificates.
type BulkServer struct{ Host, Port, User, Password, Directory string }

// A BulkType is a kind of certificates as that page names it.
type BulkType string

// AllTypes stands for every type.
const AllTypes BulkType = "All"

// bulkTypes are what each type is of, and into which trust stores an import puts it
// (technote 215539). A release without ITLRecovery lacks its type.
var bulkTypes = []struct {
	name   BulkType
	unit   Unit
	stores []Store
}{
	{"Tomcat", Tomcat, []Store{TomcatTrust}},
	{"TFTP", CallManager, []Store{PhoneSASTTrust, CallManagerTrust}},
	{"CAPF", CAPFUnit, []Store{CallManagerTrust}},
	{"ITL_Recovery", ITLRecovery, []Store{PhoneSASTTrust, CallManagerTrust}},
}

// BulkTypes are the types of a release that a name stands for, in any case: one, or
// all; none where it is no type.
func (f *Facts) BulkTypes(name string) (types []BulkType) {
	for _, t := range bulkTypes {
		named := strings.EqualFold(name, string(AllTypes)) || strings.EqualFold(name, string(t.name))
		if named && slices.Contains(f.Units(), t.unit) {
			types = append(types, t.name)
		}
	}
	return types
}

// BulkFile is the name of a node's file of a type on the server. No document gives
// the names, so that they are this project's own.
func (t BulkType) BulkFile(node string) string { return node + t.ending() }

func (t BulkType) ending() string { return "_" + string(t) + ".p12" }

// Exported reports whether a file on the server is a node's of the type.
func (t BulkType) Exported(file string) bool { return strings.HasSuffix(file, t.ending()) }

// Consolidated is the name of the file that has the certificates of all.
func (t BulkType) Consolidated() string { return string(t) + "_consolidated.p12" }

// bulkPassword protects the files: certificates are no secret, and both clusters have
// to know it.
const bulkPassword = ""

// BulkServer is where the cluster exchanges certificates; the zero value is nowhere.
func (c *Cluster) BulkServer() BulkServer {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.bulk
}

// SetBulkServer says where.
func (c *Cluster) SetBulkServer(s BulkServer) error {
	return c.change(func(d *draft) error {
		d.bulk = s
		return nil
	})
}

// BulkExport is the file of a node's certificates of a type: PKCS#12, without keys.
func (n *Node) BulkExport(t BulkType) ([]byte, error) {
	for _, b := range bulkTypes {
		if b.name == t {
			return encodeCertificates([]*x509.Certificate{n.Certificate(b.unit).Certificate})
		}
	}
	return nil, fmt.Errorf("%s is not a type of certificates", t)
}

// Consolidate makes one file of those that clusters exported; [ErrOneCluster] where
// no other cluster's is among them.
func (c *Cluster) Consolidate(files [][]byte) ([]byte, error) {
	var all []*x509.Certificate
	var work int64
	for _, file := range files {
		if work += rounds(file, 0); work > maxRounds {
			return nil, errExportsWork
		}
		certs, err := decodeCertificates(file)
		if err != nil {
			return nil, err
		}
		for _, cert := range certs {
			if !slices.ContainsFunc(all, cert.Equal) {
				all = append(all, cert)
			}
		}
	}
	var foreign []*x509.Certificate
	contain.Holding(c.mu.RLocker(), func() { foreign = c.store.foreign(all) })
	if len(foreign) == 0 {
		return nil, ErrOneCluster
	}
	return encodeCertificates(all)
}

// A BulkFile is a consolidated file of certificates of a type.
type BulkFile struct {
	Type BulkType
	Data []byte // a PKCS #12 archive without keys
}

// BulkImport puts the certificates of consolidated files that are not the cluster's
// own into the trust stores of their types, all or none, and has the node remember the
// server that they came from. Unlike after an import by hand no document has TVS
// restarted: it knows them at once. It gives how many each file had.
func (n *Node) BulkImport(files []BulkFile, from ServerKey) (imported []int, err error) {
	certs := make([][]*x509.Certificate, len(files))
	for i, f := range files {
		if certs[i], err = decodeCertificates(f.Data); err != nil {
			return nil, err
		}
	}
	err = n.cluster.change(func(d *draft) error {
		for i, f := range files {
			foreign := d.store.foreign(certs[i])
			d.trustInBulk(f.Type, foreign)
			imported = append(imported, len(foreign))
		}
		d.nodes[n.index].trust(from)
		return nil
	})
	return imported, err
}

// trustInBulk puts certificates into the trust stores of their type.
func (d *draft) trustInBulk(t BulkType, certs []*x509.Certificate) {
	for _, b := range bulkTypes {
		if b.name != t {
			continue
		}
		for _, cert := range certs {
			for _, store := range b.stores {
				d.store = d.store.with(store, cert)
				for i := range d.nodes {
					delete(d.nodes[i].unread, store.key(cert))
				}
			}
		}
	}
}

// foreign are the certificates that are and were no node's own.
func (s trustStore) foreign(certs []*x509.Certificate) []*x509.Certificate {
	return slices.DeleteFunc(slices.Clone(certs), func(cert *x509.Certificate) bool {
		return slices.ContainsFunc(s, func(t trusted) bool { return t.own() && t.cert.Equal(cert) })
	})
}

func encodeCertificates(certs []*x509.Certificate) ([]byte, error) {
	data, err := pkcs12.Modern.EncodeTrustStore(certs, bulkPassword)
	if err != nil {
		return nil, fmt.Errorf("PKCS#12 file: %w", err)
	}
	return data, nil
}

// errExportsWork refuses a file, or several together (see maxRounds).
var errExportsWork = &P12Error{Reason: "the file is not an export of certificates: it asks for too much work"}

// decodeCertificates reads a file of certificates. Every error is a [*P12Error].
func decodeCertificates(data []byte) ([]*x509.Certificate, error) {
	if rounds(data, 0) > maxRounds {
		return nil, errExportsWork
	}
	certs, err := pkcs12.DecodeTrustStore(data, bulkPassword)
	if err != nil {
		return nil, &P12Error{Reason: "the file is not an export of certificates: " + cause.Of(err), Err: err}
	}
	return certs, nil
}
