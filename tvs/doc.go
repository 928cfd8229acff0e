// Package tvs speaks the Trust Verification Service: the question that a phone
// puts to CUCM (TCP 2445, TLS) about a certificate that its trust lists lack.
//
// A message is a header and elements, all integers big-endian:
//
//	offset size header                tag element        value
//	0      1    protocol 0x57         1   device name    0x01 "CP-8861-SEPB000B4BA0AEE"
//	1      1    version 1             2   certificate    DER
//	2      1    command 1 to 4        3   subject        "CN=...;OU=..." NUL
//	3      1    reserved              4   issuer         likewise
//	4      4    session id            5   serial number  bytes, as in the certificate
//	8      2    payload length        7   status         one byte, 0 is valid
//	10     ...  elements:             8   roles          one byte each
//	            tag 1, length 2,      9   time to live   four bytes, seconds
//	            value
//
//	VERIFY  1: device, certificate              2: status, roles, time to live
//	QUERY   3: device, subject, issuer, serial  4: status, certificate, roles, time to live
//
// VERIFY is for a certificate met in a TLS handshake. QUERY is for the signer
// of a trust list or configuration file, whose header carries only names and
// a serial number. The framing, tags 1, 2, 3 and 7, both QUERY commands and all
// lengths are from dumps of a real 8861 and CUCM 11; tags 8 and 9 and VERIFY
// are those of usecallmanagernz tvsd and tvsc, which real phones accept; tags
// 4 and 5 are inferred from the lengths.
//
// Peers differ, so parsing is liberal where it is harmless: elements come in
// any order, unknown ones are skipped, the reserved byte is ignored (CUCM
// sends 0xF7). It is strict about lengths, sizes and repetition. Writing keeps
// to what tvsd and tvsc accept, the header and payload in one TLS record.
// Only TLS 1.0 with a CBC cipher departs from that: crypto/tls always puts the
// first byte in a record of its own there.
//
// The zero [Client] is ready; a [Server] is made by [Listen]. The zero [Status] is
// Valid, as on the wire: [ParseAnswer] refuses an answer without one.
//
// [Server] answers, [Client] asks. Neither decides about trust: the server
// calls a function for each answer, the client one for the certificate that
// the server presents.
package tvs
