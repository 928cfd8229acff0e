package cucm

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"itlsim/cucm/ciscolog"
	"itlsim/itl"
)

// tftpFiles are the files of the node's TFTP directory that it does not make up
// as phones ask for them, by name.
func (n *Node) tftpFiles() map[string][]byte {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	files := make(map[string][]byte)
	if n.list != nil {
		files[itl.ITLFilename] = n.list.Bytes()
	}
	if n.p12 != nil {
		files[p12Name] = n.p12
	}
	return files
}

// fileListTFTP is `file list tftp PATTERN`. The words are this project's own.
func fileListTFTP(n *Node, t Terminal, args []string) error {
	var names []string
	for name := range n.tftpFiles() {
		names = append(names, name)
	}
	return listFiles(t, args[0], names)
}

// fileListActivelog is `file list activelog PATTERN`.
func fileListActivelog(_ *Node, t Terminal, args []string) error {
	return listFiles(t, args[0], []string{ciscolog.File})
}

func listFiles(t Terminal, pattern string, names []string) error {
	slices.Sort(names)
	found := 0
	for _, name := range names {
		if ok, err := path.Match(pattern, name); err != nil {
			return refusal("%q is no pattern", pattern)
		} else if ok {
			found++
			fmt.Fprintln(t, path.Base(name))
		}
	}
	fmt.Fprintf(t, "dir count = 0, file count = %d\n", found)
	return nil
}

// fileViewActivelog is `file view activelog syslog/CiscoSyslog`: the whole log
// that is at hand, without the pages of a real node.
func fileViewActivelog(n *Node, t Terminal, args []string) error {
	if args[0] != ciscolog.File {
		return refusal("There is no file %s; there is %s", args[0], ciscolog.File)
	}
	for _, entry := range n.Log() {
		fmt.Fprintln(t, entry)
	}
	return nil
}

// fileGetTFTP is `file get tftp FILE` (M15). Having been fetched, the recovery
// key has its backup: the daily alert ends (M16).
func fileGetTFTP(n *Node, t Terminal, args []string) error {
	name := strings.TrimPrefix(args[0], "/")
	data, ok := n.tftpFiles()[name]
	fmt.Fprintln(t, "Please wait while the system is gathering files info ...done.")
	if !ok {
		return refusal("File %s was not found", name)
	}
	size := float32(len(data)) / 1024
	fmt.Fprintf(t, "Sub-directories were not traversed.\nNumber of files affected: 1\nTotal size in Bytes: %d\nTotal size in Kbytes: %s\n", len(data), strconv.FormatFloat(float64(size), 'f', -1, 32))
	answer, err := t.Ask("Would you like to proceed [y/n]? ")
	if err != nil || !yes(answer) {
		return err
	}
	l := sftpLogin{port: "22"}
	if l.host, err = t.Ask("SFTP server IP: "); err != nil {
		return err
	}
	port, err := t.Ask("SFTP server port [22]: ")
	if err != nil {
		return err
	}
	if port = strings.TrimSpace(port); port != "" {
		if p, err := strconv.ParseUint(port, 10, 16); err != nil || p == 0 {
			return refusal("%q is no port", port)
		}
		l.port = port
	}
	if l.user, err = t.Ask("User ID: "); err != nil {
		return err
	}
	if l.password, err = askMasked(t, "Password: "); err != nil {
		return err
	}
	dir, err := t.Ask("\nDownload directory: ")
	if err != nil {
		return err
	}
	fmt.Fprintln(t)
	l.host, l.user, dir = strings.TrimSpace(l.host), strings.TrimSpace(l.user), strings.TrimSpace(dir)
	s, err := n.sftp(t, l)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.put(dir, name, data); err != nil {
		return err
	}
	err = n.cluster.change(func(d *draft) error {
		d.trust(n, s)
		if name == p12Name && bytes.Equal(d.nodes[0].p12, data) {
			d.monitor.BackupDue = false
		}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(t, "\nTransfer completed.\n\nDownloading file: /usr/local/cm/tftp/%s\n", name)
	return nil
}
