package tftp

import (
	"strings"
)

// Kind is what a phone asks for.
type Kind uint8

// The kinds, in the order in which a phone asks: which configuration it wants
// depends on whether its trust lists say who may sign it, and on whether
// configurations are encrypted.
const (
	CTL             Kind = iota + 1 // CTLSEP….tlv; exists in a mixed-mode cluster only
	ITL                             // ITLSEP….tlv
	Config                          // SEP….cnf.xml
	SignedConfig                    // SEP….cnf.xml.sgn
	EncryptedConfig                 // SEP….cnf.xml.enc.sgn
)

// IsList reports whether files of the kind are trust lists.
func (k Kind) IsList() bool { return k == CTL || k == ITL }

// affixes returns what stands around the device in names of the kind, and the
// name that goes without a device, if there is one.
func (k Kind) affixes() (prefix, suffix, generic string) {
	switch k {
	case CTL:
		return "CTL", ".tlv", "CTLFile.tlv"
	case ITL:
		return "ITL", ".tlv", "ITLFile.tlv"
	case Config:
		return "", ".cnf.xml", "XMLDefault.cnf.xml"
	case SignedConfig:
		return "", ".cnf.xml.sgn", "XMLDefault.cnf.xml.sgn"
	case EncryptedConfig:
		return "", ".cnf.xml.enc.sgn", ""
	}
	return "", "", ""
}

// Name is a file name that a phone asks for.
type Name struct {
	Kind Kind

	// Device is "SEP" and the phone's MAC address, "SEP001122334455", or "" in
	// the generic names: CTLFile.tlv, ITLFile.tlv, XMLDefault.cnf.xml and
	// XMLDefault.cnf.xml.sgn.
	Device string
}

// ParseName reads a file name, strictly: names are case-sensitive, as CUCM's
// TFTP service takes them. But guides spell the default configuration in two ways,
// XMLDefault and XmlDefault, which stand for one. The error is a [*NameError].
func ParseName(s string) (Name, error) {
	own := s
	if rest, ok := strings.CutPrefix(s, "XmlDefault"); ok {
		own = "XMLDefault" + rest
	}
	for kind := CTL; kind <= EncryptedConfig; kind++ {
		prefix, suffix, generic := kind.affixes()
		if generic != "" && own == generic {
			return Name{Kind: kind}, nil
		}
		device, hasPrefix := strings.CutPrefix(s, prefix)
		device, hasSuffix := strings.CutSuffix(device, suffix)
		if !hasPrefix || !hasSuffix {
			continue
		}
		if !IsDevice(device) {
			return Name{}, &NameError{s, "want SEP and 12 upper-case hexadecimal digits before " + suffix}
		}
		return Name{kind, device}, nil
	}
	return Name{}, &NameError{s, "no kind of file has this beginning and ending"}
}

// IsDevice reports whether s is "SEP" and a MAC address, as phones are named.
func IsDevice(s string) bool {
	mac, ok := strings.CutPrefix(s, "SEP")
	return ok && len(mac) == 12 && strings.Trim(mac, "0123456789ABCDEF") == ""
}

// String returns the name as it goes over the wire, in the first of two spellings.
// ParseName reads it back, provided that n is a name ParseName would return.
func (n Name) String() string {
	prefix, suffix, generic := n.Kind.affixes()
	if n.Device == "" {
		return generic
	}
	return prefix + n.Device + suffix
}
