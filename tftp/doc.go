// Package tftp serves files to phones and fetches them as a phone does, over
// real UDP sockets (RFC 1350).
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
// # The engine
//
// On Linux all transfers of a server share a few sockets, and so do those of
// clients that have the same [Sockets]. What the protocol wants is worked out by
// two cores without sockets or clock, which are given datagrams and times and give
// datagrams:
//
//	serving   requests, transfers, who waits   ─┐ wheel: what is due
//	fetching  TIDs, blocks, what is sent again ─┤
//	                                            └ port: a socket, read and written in batches
//
// A block costs no goroutine, no timer and no memory.
//
// A TID is an address and a port, of both ends (RFC 1350, 4). So:
//
//   - A transfer's answers come from another port than the one that was asked, also
//     an ERROR to a request, from the address that was asked. A server takes its
//     ports in turn, so that a client's next transfer has another.
//   - One client may have a transfer at each of these ports. The same request from
//     the same port is the same transfer while the client acknowledges what it gets:
//     clients that repeat themselves get the first packet again, not a second
//     transfer.
//   - Phones have addresses of their own, which a datagram at a shared socket bears
//     (IP_PKTINFO). Of one address there is never more than one transfer with a
//     server at a port at a time, and none where one was in the last six seconds
//     while there are fewer than eight ports. Meanwhile a last block that comes again
//     is acknowledged again.
//   - A socket has no more transfers than its buffer has room for their datagrams:
//     TFTP has one under way at a time.
//
// A server sends an OACK again once by itself, a first block not at all, and both
// whenever it is asked again; the blocks after that Retries times. So a request with
// somebody else's address has no more sent there than one block, 26 times its own bytes
// at most (an OACK twice: less than two times). The ERRORs that are sent say what RFC
// 1350's appendix says and nothing more, an ERROR is never answered, and neither is what
// comes to a broadcast address (RFC 1123, 4.2.3.5).
//
// # Strangers
//
// Nothing tells a phone's request from anybody's. So a place among the
// [ServerConfig].MaxTransfers is for clients that answer: who is silent for a quarter of a
// second gives it up, and goes on where it was when it speaks again, at the next free
// place. One address may have as many places as it leaves free: others always find one,
// however much a few ask for. Requests for which there is none wait, some thousands; of
// different addresses one after the other has its turn; beyond that they are dropped, not
// refused. Of silent transfers some thousands are remembered; beyond that chance decides
// which is forgotten, at the expense of addresses that have many and of clients that never
// acknowledged anything.
//
// Requests have a buffer for two thousand of them; where the system grants too small a
// one, several sockets share the port.
//
// # Other systems
//
// Elsewhere github.com/pin/tftp/v3 does the work, with a socket and a goroutine for
// each transfer at both ends; the tests have it as an independent peer on Linux too.
// It keeps fewer of the rules: all ERRORs have code 1 (so a file that cannot be read
// counts as missing), and a transfer that nobody acknowledges, or that an ERROR ended,
// is ended with one, which quotes the error; strangers hear nothing; modes that there
// are not are served as octet; names of options have to be in small letters, blksize
// is 512 at least, and a tsize other than 0 is echoed; the first packet is sent again
// as often as others; MaxTransfers is not kept, and nobody's share of it; requests to a broadcast
// address are answered; and a Get whose context ends returns at the next block or
// time-out.
package tftp
