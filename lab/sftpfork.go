package lab

import (
	"errors"
	"net"

	"github.com/pkg/sftp"
)

// fork starts servers with the same names, host keys and files.
func (s *sftpServers) fork() (*sftpServers, error) {
	own := &sftpServers{servers: make(map[string]sftpServer)}
	for _, server := range s.servers {
		files := sftp.InMemHandler()
		err := copyFiles(files, server.files)
		if err == nil {
			err = own.listen(server.is, server.key, files)
		}
		if err != nil {
			return nil, errors.Join(err, own.Close())
		}
	}
	return own, nil
}

// copyFiles copies all files and directories.
func copyFiles(to, from sftp.Handlers) error {
	source, err := openFiles(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := openFiles(to)
	if err != nil {
		return err
	}
	defer target.Close()
	for walk := source.Walk("/"); walk.Step(); {
		err := walk.Err()
		switch {
		case err != nil:
		case walk.Stat().IsDir():
			err = target.MkdirAll(walk.Path())
		default:
			err = copyFile(target, source, walk.Path())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func copyFile(to, from *sftp.Client, name string) error {
	source, err := from.Open(name)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := to.Create(name)
	if err != nil {
		return err
	}
	_, err = source.WriteTo(target)
	return errors.Join(err, target.Close())
}

// openFiles opens a session without a network, which ends with its client.
func openFiles(files sftp.Handlers) (*sftp.Client, error) {
	ours, theirs := net.Pipe()
	go sftp.NewRequestServer(theirs, files).Serve()
	return sftp.NewClientPipe(ours, ours)
}
