// Package tftp serves files to phones and fetches them as a phone does, over
// real UDP sockets (RFC 1350), with github.com/pin/tftp/v3 underneath.
//
//	phone 127.1.0.7                      node 127.0.0.2
//	RRQ CTLSEP001122334455.tlv   -->  :69     Server, FileFunc
//	                             <--  :40001  ERROR 1 File not found
//	RRQ ITLSEP001122334455.tlv   -->  :69
//	                             <--  :40002  DATA 1, 512 bytes
//	ACK 1                        -->  :40002
//	                             ...          until a block is shorter
//
// [Client.Get] fetches one file into memory, with a phone's patience and a
// phone's limit on size. [Listen] starts a [Server] that answers from memory:
// a [FileFunc] is given the raw name that a client sent and no path ever
// reaches a disk. [ParseName] reads the names that phones ask for.
//
// The zero [Client] is ready, with a phone's patience; the zero [Name] is the name
// of no file.
//
// What costs: each transfer has a socket and a goroutine at either end, and
// throughput falls beyond some hundred transfers under way. Let phones queue in
// the program rather than in the kernel: a request that waits in a socket for
// longer than Client.Timeout is sent again and then served twice, and the
// service that nobody listens to holds its socket for all of the server's
// retries.
//
// What happens when the server has too much to do: at ServerConfig.MaxTransfers
// further requests are dropped, not refused, and phones ask again.
package tftp
