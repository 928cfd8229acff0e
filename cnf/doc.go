// Package cnf reads and writes a phone's configuration file, SEP<MAC>.cnf.xml:
//
//	call manager  File{…}.XML()  ─▶  <device>…</device>  ─▶  Parse  Config  phone
//
// A [Config] is what matters here of such a file; a [File] adds what only the
// writer knows. What is written is read back as the same Config. This package
// alone knows how the file spells settings (0 enables web access), and which ports
// stand for missing ones.
//
// The zero Config has no servers and all settings off. A file without any
// elements is read as a Config with settings access on. Signed files are the
// business of package itl.
package cnf
