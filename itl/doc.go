// Package itl reads, builds, signs and verifies the signed files of a CUCM
// cluster: trust lists (ITLFile.tlv, CTLFile.tlv) and signed configuration
// files (.sgn).
//
// Both begin with the same header of tag-length-value elements and differ in
// what follows at HEADERLENGTH:
//
//	 1 VERSION            1.2 in a list, 1.0 in a .sgn
//	 2 HEADERLENGTH       from the file's start through the last pad byte
//	 3 SIGNERID           container: 4 SIGNERNAME, 5 SERIALNUMBER, 6 CANAME
//	 7 SIGNATUREINFO      container: 8 digest, 9 { 10 algorithm, 11 modulus }
//	12 SIGNATURE          over every byte of the file but this element's own
//	14 FILENAME
//	15 TIMESTAMP
//	13 padding            bare 0x0D bytes up to a multiple of four
//	-- at HEADERLENGTH --
//	a list's records      each 1 RECORDLENGTH, 2 DNSNAME, 3 SUBJECTNAME, 4 FUNCTION,
//	                      5 ISSUERNAME, 6 SERIALNUMBER, 7 PUBLICKEY, 8 SIGNATURE,
//	                      9 CERTIFICATE | 11 CERTHASH, 12 HASH ALGORITHM, 10 IPADDRESS
//	or a .sgn's payload   the plain file
//
// [ParseList] and [ParseFile] accept what real phones were seen to accept:
// either vendor's element order, unknown minor versions, unknown elements,
// missing padding. Everything else that is malformed is refused by a
// [*FormatError] that names the offset and the tag. [Template.Sign],
// [List.Resign] and [SignFile] write what CUCM writes; [Show] prints a list as
// the `show itl` command does (row M11 of docs/sources.md).
//
// A [List] and a [File] come from parsing or signing; their zero values are no
// files. The zero [Template] lacks a digest, without which it cannot be signed.
//
// The package knows the format and its arithmetic. Whom a phone trusts is
// decided in package phone.
package itl
