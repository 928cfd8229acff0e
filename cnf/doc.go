// Package cnf reads and writes a phone's configuration file, SEP<MAC>.cnf.xml:
//
//	call manager  File{…}.XML()  ─▶  <device>…</device>  ─▶  Parse  Config  phone
//
// A [Config] is what matters here of such a file; a [File] adds what only the
// writer knows. What is written is read back as the same Config. Where the file's
// elements are read against intuition (0 enables web access), or a port is
// understood where none is given, this package alone knows it.
//
// The zero Config has no servers and all settings off; what a phone takes a file
// without any elements for is a Config with settings access on. Signatures are
// none of this package's business (see package itl).
package cnf
