package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"itlsim/cucm"
	"itlsim/itl"
)

// A file's name may be typed with a slash before it, as in transcripts.

// fileListTFTP is `file list tftp PATTERN`. The words are this project's own.
func fileListTFTP(n *cucm.Node, t Terminal, args []string) error {
	var names []string
	for name := range n.TFTPFiles() {
		names = append(names, name)
	}
	return listFiles(t, args[0], names)
}

// fileListActivelog is `file list activelog PATTERN`.
func fileListActivelog(n *cucm.Node, t Terminal, args []string) error {
	names := n.LogFiles()
	if n.CTL() != nil {
		names = append(names, ctlInActivelog)
	}
	return listFiles(t, args[0], names)
}

// ctlInActivelog is the CTL file of the TFTP directory as `file … activelog` names it
// (technote 118893).
const ctlInActivelog = "cm/tftpdata/" + itl.CTLFilename

// fileDeleteTFTP is `file delete tftp FILE`, and fileDeleteActivelog the same of
// another directory. The CTL is the one file that may be deleted; the dialogue is
// that of the first.
func fileDeleteTFTP(n *cucm.Node, t Terminal, args []string) error {
	return deleteCTL(n, t, args[0], itl.CTLFilename)
}

func fileDeleteActivelog(n *cucm.Node, t Terminal, args []string) error {
	return deleteCTL(n, t, args[0], ctlInActivelog)
}

func deleteCTL(n *cucm.Node, t Terminal, typed, ctl string) error {
	if strings.TrimPrefix(typed, "/") != ctl {
		return refuse("There is no file %s that may be deleted; there is %s", typed, ctl)
	}
	if n.CTL() == nil {
		return cucm.ErrNoCTL
	}
	const question = "Delete the File %s? Enter \"y\" followed by return to continue: "
	if err := confirm(t, "", fmt.Sprintf(question, path.Base(ctl))); err != nil {
		return err
	}
	if err := n.DeleteCTL(); err != nil {
		return err
	}
	fmt.Fprintln(t, "files: found = 1, deleted = 1")
	return nil
}

func listFiles(t Terminal, pattern string, names []string) error {
	slices.Sort(names)
	pattern = strings.TrimPrefix(pattern, "/")
	found := 0
	for _, name := range names {
		if ok, err := path.Match(pattern, name); err != nil {
			return refuse("%q is not a pattern", pattern)
		} else if ok {
			found++
			fmt.Fprintln(t, path.Base(name))
		}
	}
	fmt.Fprintf(t, "dir count = 0, file count = %d\n", found)
	return nil
}

// fileViewActivelog is `file view activelog syslog/CiscoSyslog`, or an earlier one of
// the files: all of it, without the pages of a real node.
func fileViewActivelog(n *cucm.Node, t Terminal, args []string) error {
	lines, err := logLines(n, args[0])
	if err != nil {
		return err
	}
	for _, line := range lines {
		fmt.Fprintln(t, line)
	}
	return nil
}

// tailed is how many lines `file tail` shows unless it is told (this project's own choice).
const tailed = 10

// fileTailActivelog is `file tail activelog FILE [LINES]`: the last lines, after which a
// real node goes on with what comes.
func fileTailActivelog(n *cucm.Node, t Terminal, args []string) error {
	most := tailed
	if len(args) > 1 {
		var err error
		if most, err = strconv.Atoi(args[1]); err != nil || most < 1 {
			return refuse("%q is not a number of lines", args[1])
		}
	}
	lines, err := logLines(n, args[0])
	if err != nil {
		return err
	}
	for _, line := range lines[max(0, len(lines)-most):] {
		fmt.Fprintln(t, line)
	}
	return nil
}

// logLines are those of a file of the log.
func logLines(n *cucm.Node, typed string) ([]string, error) {
	lines, err := n.LogFile(strings.TrimPrefix(typed, "/"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, refuse("There is no file %s; there is %s", typed, strings.Join(n.LogFiles(), ", "))
	}
	return lines, err
}

// fileGetActivelog is `file get activelog FILE`, as `file get tftp`.
func fileGetActivelog(n *cucm.Node, t Terminal, args []string) error {
	name := strings.TrimPrefix(args[0], "/")
	var data []byte
	file, err := n.OpenLogFile(name)
	if err == nil {
		defer file.Close()
		data, err = io.ReadAll(file)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return sendFile(n, t, "/var/log/active/", name, data, err == nil)
}

// fileGetTFTP is `file get tftp FILE` (M15). Having been fetched, the recovery
// key has its backup: the daily alert ends (M16).
func fileGetTFTP(n *cucm.Node, t Terminal, args []string) error {
	name := strings.TrimPrefix(args[0], "/")
	data, ok := n.TFTPFiles()[name]
	return sendFile(n, t, "/usr/local/cm/tftp/", name, data, ok)
}

// sendFile is the dialogue of `file get`: a file of a directory goes to an SFTP server, if
// there is one.
func sendFile(n *cucm.Node, t Terminal, directory, name string, data []byte, ok bool) error {
	fmt.Fprintln(t, "Please wait while the system is gathering files info ...done.")
	if !ok {
		return refuse("File %s was not found", name)
	}
	size := strconv.FormatFloat(float64(float32(len(data))/1024), 'f', -1, 32)
	fmt.Fprintf(t, "Sub-directories were not traversed.\nNumber of files affected: 1\n"+
		"Total size in Bytes: %d\nTotal size in Kbytes: %s\n", len(data), size)
	if err := confirm(t, "", "Would you like to proceed [y/n]? "); err != nil {
		return err
	}
	login, dir, err := askServer(t)
	if err != nil {
		return err
	}
	s, err := dialSFTP(n, t, login)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.put(dir, path.Base(name), data); err != nil {
		return err
	}
	if err := n.Saved(name, data, s.hostKey()); err != nil {
		return err
	}
	fmt.Fprintf(t, "\nTransfer completed.\n\nDownloading file: %s%s\n", directory, name)
	return nil
}

// askServer asks for a login at an SFTP server and a directory there.
func askServer(t Terminal) (l sftpLogin, dir string, err error) {
	if l.host, err = t.Ask("SFTP server IP: "); err != nil {
		return l, "", err
	}
	if l.port, err = t.Ask("SFTP server port [22]: "); err != nil {
		return l, "", err
	}
	if l.port = strings.TrimSpace(l.port); l.port == "" {
		l.port = sshPort
	} else if p, err := strconv.ParseUint(l.port, 10, 16); err != nil || p == 0 {
		return l, "", refuse("%q is not a port", l.port)
	}
	if l.user, err = t.Ask("User ID: "); err != nil {
		return l, "", err
	}
	if l.password, err = askMasked(t, "Password: "); err != nil {
		return l, "", err
	}
	if dir, err = t.Ask("\nDownload directory: "); err != nil {
		return l, "", err
	}
	fmt.Fprintln(t)
	l.host, l.user = strings.TrimSpace(l.host), strings.TrimSpace(l.user)
	return l, strings.TrimSpace(dir), nil
}
