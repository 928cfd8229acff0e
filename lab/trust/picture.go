package trust

import (
	"encoding/hex"
	"slices"

	"itlsim/itl"
)

// What nodes show.
const (
	Signer      = "signer"      // the key that signs the ITL which the node's TFTP serves
	CTLSigner   = "CTL"         // the key that signs the CTL which it serves, in mixed mode
	CallManager = "CallManager" // the key that signs the configurations which it serves
	TVS         = "TVS"         // the certificate that its TVS shows
	ITLRecovery = "ITLRecovery" // the publisher's; of the other nodes' no list has a record (M2)
)

// Other is the unit of a key that is of none of these and of no CAPF.
const Other = "other"

// Kinds of lines.
const (
	// Holds: a record of the lists vouches for what stands there now.
	Holds = "holds"
	// Broken: a record of the lists is of that node and unit, and does not vouch for what
	// stands there now: another key, in nearly all cases.
	Broken = "broken"
	// Round: no record vouches, but a TVS does that the lists know: the way round.
	Round = "round"
	// Recovery: Holds, by the ITLRECOVERY record.
	Recovery = "recovery"
)

// A Picture is who trusts whom in a lab at one moment.
type Picture struct {
	// Keys are all that the groups hold and the nodes show, each once.
	Keys []Key `json:"keys"`
	// Nodes are those of all clusters, in the lab's order.
	Nodes []Node `json:"nodes"`
	// Groups are the phones by the lists that they hold, the largest first: [MaxGroups] at
	// most. No phone is in two.
	Groups []Group `json:"groups"`
	// Rest are the phones of all other groups; null where there is none.
	Rest *Rest `json:"rest"`
}

// MaxGroups is how many groups a picture has at most: a cluster of 21 nodes, the most that
// there are, has as many lists, yet nobody tells more than a dozen apart. The rest is counted.
const MaxGroups = 12

// A Key is a certificate with its key.
type Key struct {
	// ID is the first eight digits of the SHA-1 of the certificate, by which lists that
	// carry no more than that name it, too.
	ID string `json:"id"`
	// Unit is what it is for: CallManager, TVS, ITLRecovery, CAPF, or other.
	Unit string `json:"unit"`
	// Subject is its common name.
	Subject string `json:"subject"`
	// Node is the node whose it is or was, by the name that the scenario gives it; "" where
	// that cannot be told, as of a certificate for all nodes.
	Node string `json:"node"`
}

// A Node is a node and what it shows.
type Node struct {
	Name    string `json:"name"`    // that the scenario gives it
	Role    string `json:"role"`    // publisher or subscriber
	Cluster int    `json:"cluster"` // 0, or 1 where it is of the other one
	On      bool   `json:"on"`      // it has power
	// Reset: the list that it serves is one of `utils itl reset`, signed by another key than
	// the release signs lists with.
	Reset bool   `json:"reset"`
	Shows []Show `json:"shows"`
}

// A Show is one thing that a node shows.
type Show struct {
	What string `json:"what"` // signer, CTL, CallManager, TVS or ITLRecovery
	Key  string `json:"key"`  // ID; "" where the file is none that anybody signed
	// On: the service answers. That of ITLRecovery, which no service shows, is the node's power.
	On bool `json:"on"`
}

// A Group is phones that hold the same lists.
type Group struct {
	// ID is the group's number, which it keeps as long as a phone is in it. See [Census.Look].
	ID int `json:"id"`
	// ITL and CTL are the SHA-1 of the lists, in hexadecimal; "" where there is none.
	ITL    string `json:"itl_sha1"`
	CTL    string `json:"ctl_sha1"`
	Phones int    `json:"phones"`
	// States counts them by state: none, trusted, locked, untrusted, and off for those
	// without power.
	States map[string]int `json:"states"`
	// Example is one of the phones.
	Example string `json:"example"`
	// Faith: they believe the next list that they are offered, whoever signed it.
	Faith bool `json:"faith"`
	// Asks are the nodes that they ask for files, and how many of them; of a phone with two
	// TFTP servers the first one.
	Asks []Asked `json:"asks"`
	// TVS are the nodes whose TVS their configuration names, the first first; of phones that
	// have several configurations, that of most.
	TVS []string `json:"tvs"`
	// ResetKey is the key that `utils itl reset localkey` would sign with, in the cluster of the
	// node that most of them ask, where their lists know it: the way back. "" where they do not,
	// or where the release has no such command.
	ResetKey string `json:"reset_key"`
	Holds    []Held `json:"holds"` // the lists' records, those of one key together
	Lines    []Line `json:"lines"`
}

// Asked is a node whose TFTP phones ask, and how many phones do.
type Asked struct {
	Node   string `json:"node"`
	Phones int    `json:"phones"`
}

// Held is a key in a list.
type Held struct {
	Key   string   `json:"key"`
	List  string   `json:"list"`  // ITL or CTL
	Roles []string `json:"roles"` // as `show itl` prints them
}

// A Line is drawn from a key in the lists to what a node shows. To the files of a node a group
// has at most one line of the kinds holds, recovery and round: a phone that asks this node
// takes the file just where it has one.
type Line struct {
	// Key is where the line begins; of a round one the TVS's. "" where an earlier answer
	// counts of a TVS that the lists do not hold any more.
	Key  string `json:"key"`
	Node string `json:"node"`
	What string `json:"what"`
	Kind string `json:"kind"`         // holds, broken, round or recovery
	By   string `json:"by,omitempty"` // of a round one: the node whose TVS vouches
	// Cached: by what that TVS said before, which still counts.
	Cached bool `json:"cached,omitempty"`
	// Phones is for how many of the group's phones the line holds.
	Phones int `json:"phones"`
}

// Rest is what [MaxGroups] leaves out.
type Rest struct {
	Lists  int            `json:"lists"` // groups
	Phones int            `json:"phones"`
	States map[string]int `json:"states"`
}

// holdings are the records of a list, those of one key together, in the list's order; ring
// gets the keys.
func holdings(list *itl.List, ring *keyring, nodes []*shown) []Held {
	held := []Held{}
	if list == nil {
		return held
	}
	for i := range list.Records {
		rec := &list.Records[i]
		id := recordID(rec)
		if id == "" {
			continue
		}
		ring.addRecord(rec, nodes)
		at := slices.IndexFunc(held, func(h Held) bool { return h.Key == id })
		if at < 0 {
			at, held = len(held), append(held, Held{Key: id, List: list.Kind()})
		}
		held[at].Roles = append(held[at].Roles, rec.Role.String())
	}
	return held
}

// checksum is a list's, "" for none.
func checksum(list *itl.List) string {
	if list == nil {
		return ""
	}
	sum := list.SHA1()
	return hex.EncodeToString(sum[:])
}
