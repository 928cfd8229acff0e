package cucm

import (
	"bytes"

	"itlsim/itl"
)

// TFTPFiles are the files of the node's TFTP directory that it does not make up
// as phones ask for them, by name.
func (n *Node) TFTPFiles() map[string][]byte {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	files := make(map[string][]byte)
	if n.list != nil {
		files[itl.ITLFilename] = n.list.Bytes()
	}
	if n.p12 != nil {
		files[RecoveryFile] = n.p12
	}
	return files
}

// A HostKey is an SSH server's key as a node remembers it.
type HostKey struct {
	Server string // host:port
	Key    string // as in authorized_keys
}

// KnownHost is the key that the node remembers of an SSH server, host:port.
func (n *Node) KnownHost(server string) (key string, ok bool) {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	key, ok = n.known[server]
	return key, ok
}

// Saved records that a file of the node's TFTP directory has been copied to a
// server. The server's key is remembered. A saved recovery key has its backup:
// the daily alert ends (M16).
func (n *Node) Saved(name string, data []byte, on HostKey) error {
	return n.cluster.change(func(d *draft) error {
		d.trust(n, on)
		if name == RecoveryFile && bytes.Equal(d.nodes[0].p12, data) {
			d.monitor.BackupDue = false
		}
		return nil
	})
}

// trust remembers the host key of a server with which all went well.
func (d *draft) trust(n *Node, key HostKey) { d.node(n).known[key.Server] = key.Key }
