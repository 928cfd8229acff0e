// Package sshd is the SSH server of a node: the administrator's command line
// over the network.
//
//	ssh admin@127.0.0.2               the prompt admin: with editing, history, completion, help and ?
//	ssh admin@127.0.0.2 'show itl'    one command; its exit status is 0, or 1 where it was refused
//	ssh admin@127.0.0.2 < commands    a command or an answer a line
//
// Without a terminal answers are shown as they are read, so that what is
// printed reads like a session; secrets never are. The commands and their words are
// those of package cli.
//
// [Listen] makes a [Server]; its zero value is not ready for use.
package sshd
