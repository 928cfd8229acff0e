package cli

import (
	"cmp"
	"fmt"
	"net"
	"path"

	"itlsim/cucm"
)

// The commands `set cert bulk` are this project's own: they stand for the page OS
// Administration > Security > Bulk Certificate Management (technotes 213407 and
// 215539), and say what comes of it in this project's words.

// setCertBulkServer is `set cert bulk server HOST[:PORT] USER DIRECTORY`.
func setCertBulkServer(n *cucm.Node, t Terminal, args []string) error {
	if !n.Publisher() {
		return cucm.ErrNotPublisher
	}
	s := cucm.BulkServer{Host: args[0], Port: sshPort, User: args[1], Directory: args[2]}
	if host, port, err := net.SplitHostPort(s.Host); err == nil {
		s.Host, s.Port = host, port
	}
	var err error
	if s.Password, err = askMasked(t, "Password: "); err != nil {
		return err
	}
	if err := n.Cluster().SetBulkServer(s); err != nil {
		return err
	}
	fmt.Fprintf(t, "Certificates are exchanged in the directory %s of %s.\n", s.Directory, s.Host)
	return nil
}

// setCertBulkExport is `set cert bulk export TYPE`: a file for each node and type.
func setCertBulkExport(n *cucm.Node, t Terminal, args []string) error {
	return eachBulkType(n, args[0], func(s *sftpSession, dir string, kind cucm.BulkType) error {
		for _, node := range n.Cluster().Nodes() {
			data, err := node.BulkExport(kind)
			if err != nil {
				return err
			}
			name := kind.BulkFile(node.Name())
			if err := s.put(dir, name, data); err != nil {
				return err
			}
			fmt.Fprintln(t, "Exported "+name)
		}
		return nil
	})
}

// setCertBulkConsolidate is `set cert bulk consolidate TYPE`: what all clusters
// exported becomes one file.
func setCertBulkConsolidate(n *cucm.Node, t Terminal, args []string) error {
	return eachBulkType(n, args[0], func(s *sftpSession, dir string, kind cucm.BulkType) error {
		names, err := s.list(dir)
		if err != nil {
			return err
		}
		var files [][]byte
		for _, name := range names {
			if !kind.Exported(name) {
				continue
			}
			data, err := s.get(path.Join(dir, name), maxP12)
			if err != nil {
				return err
			}
			files = append(files, data)
		}
		all, err := n.Cluster().Consolidate(files)
		if err != nil {
			return err
		}
		if err := s.put(dir, kind.Consolidated(), all); err != nil {
			return err
		}
		fmt.Fprintf(t, "Consolidated %d files into %s\n", len(files), kind.Consolidated())
		return nil
	})
}

// setCertBulkImport is `set cert bulk import TYPE`: of all types, or of none.
func setCertBulkImport(n *cucm.Node, t Terminal, args []string) error {
	return onBulkServer(n, args[0], func(s *sftpSession, dir string, kinds []cucm.BulkType) error {
		var files []cucm.BulkFile
		for _, kind := range kinds {
			data, err := s.get(path.Join(dir, kind.Consolidated()), maxConsolidated)
			if err != nil {
				return err
			}
			files = append(files, cucm.BulkFile{Type: kind, Data: data})
		}
		imported, err := n.BulkImport(files, s.hostKey())
		if err != nil {
			return err
		}
		for i, kind := range kinds {
			fmt.Fprintf(t, "Imported %d certificates of type %s\n", imported[i], kind)
		}
		return nil
	})
}

// maxConsolidated is more than the certificates of a dozen large clusters have.
const maxConsolidated = 1 << 20

// eachBulkType does something for each type that a name stands for, on the server that
// was set.
func eachBulkType(n *cucm.Node, name string, do func(*sftpSession, string, cucm.BulkType) error) error {
	return onBulkServer(n, name, func(s *sftpSession, dir string, kinds []cucm.BulkType) error {
		for _, kind := range kinds {
			if err := do(s, dir, kind); err != nil {
				return err
			}
		}
		return n.RememberServer(s.hostKey())
	})
}

// onBulkServer does something with the types that a name stands for, on the server
// that was set. Only a publisher's page does it.
func onBulkServer(n *cucm.Node, name string, do func(*sftpSession, string, []cucm.BulkType) error) error {
	types := n.Cluster().Release().Facts().BulkTypes(name)
	server := n.Cluster().BulkServer()
	switch {
	case !n.Publisher():
		return cucm.ErrNotPublisher
	case len(types) == 0:
		return refuse("%q is not a type of certificates; there are %s, %s", name, cucm.AllTypes,
			listed(n.Cluster().Release().Facts().BulkTypes(string(cucm.AllTypes))))
	case server.Host == "":
		return refuse("No SFTP server is set: set cert bulk server HOST USER DIRECTORY")
	}
	s, err := dialSFTP(n, page{}, sftpLogin{server.Host, server.Port, server.User, server.Password})
	if err != nil {
		return err
	}
	defer s.close()
	return do(s, cmp.Or(server.Directory, "."), types)
}

// A page asks nothing: it takes a host key that is not known yet.
type page struct{}

func (page) Write(p []byte) (int, error)      { return len(p), nil }
func (page) Ask(string) (string, error)       { return "yes", nil }
func (page) AskSecret(string) (string, error) { return "", ErrDeclined }
