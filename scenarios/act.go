package scenarios

import (
	"context"
	"time"

	"itlsim/cucm"
	"itlsim/scenarios/language"
)

// An Act does something, after which the phones finish what they do. It is data:
// the verb says what is done, and which of the other fields count. Its JSON says
// all of it.
type Act struct {
	Text  string `json:"text"`            // as expectations about it, and messages, call it
	Typed string `json:"typed,omitempty"` // as it stands in a file, with its key; "": it stands in none
	Verb  Verb   `json:"verb"`

	Phones   language.Which `json:"phones,omitzero"`   // to which it is done
	Part     language.Part  `json:"part,omitzero"`     // to a part of which it is done
	Node     string         `json:"node,omitempty"`    // by its name in the scenario
	Group    string         `json:"group,omitempty"`   // whose network it is; "": that of all phones
	Service  string         `json:"service,omitempty"` // TFTP or TVS
	Nodes    []string       `json:"nodes,omitempty"`   // in order, of UseTFTP
	Unit     cucm.Unit      `json:"unit,omitempty"`
	Setting  string         `json:"setting,omitempty"` // as a sentence calls it, such as "web access"
	Value    string         `json:"value,omitempty"`   // that a parameter is set to
	On       bool           `json:"on,omitempty"`      // how something is set
	Share    float64        `json:"share,omitempty"`   // from 0 to 1
	Duration time.Duration  `json:"duration,omitempty"`
	Jitter   time.Duration  `json:"jitter,omitempty"` // by which it varies
	Until    string         `json:"until,omitempty"`  // "02:00", "Saturday 02:00" or "2027-03-01 02:00", in UTC

	Command string   `json:"command,omitempty"` // as typed
	Answers []string `json:"answers,omitempty"` // to its questions
	Refused string   `json:"refused,omitempty"` // words that it is refused with; "": it is not
	Prints  []string `json:"prints,omitempty"`  // words that it prints, each an expectation

	// Func is what an act does that no sentence says (verb InGo).
	Func func(context.Context, *Player) error `json:"-"`
}

// A Verb is what an act does.
type Verb string

// What happens to phones, or is done at them (Act.Phones).
const (
	PowerOn       Verb = "power on"
	PowerOff      Verb = "power off"
	Reset         Verb = "reset"
	EraseList     Verb = "erase the trust list" // refused where settings access is disabled (M20)
	FactoryReset  Verb = "factory reset"
	OpenDirectory Verb = "open the directory"
	UseTFTP       Verb = "use TFTP" // servers Nodes
	MoveToOther   Verb = "move to the other cluster"
	InstallLSC    Verb = "install a new LSC"
)

// toPhones reports whether an act is done to the lab's phones, or at them.
func (v Verb) toPhones() bool {
	switch v {
	case PowerOn, PowerOff, Reset, EraseList, FactoryReset, OpenDirectory, UseTFTP, MoveToOther, InstallLSC,
		SetSecurity, SetEncrypted:
		return true
	}
	return false
}

// atPhones reports whether an act is done where phones are: to them, or to the network between
// them and the nodes. All others are done to clusters, or are waits.
func (v Verb) atPhones() bool {
	switch v {
	case LoseDatagrams, DelayDatagrams, HealNetwork, CutOffGroup, ReconnectGroup:
		return true
	}
	return v.toPhones()
}

// What is done on the administration page.
const (
	ResetPhones      Verb = "reset the phones of the cluster"
	ResetOtherPhones Verb = "reset the phones of the other cluster"
	PrepareRollback  Verb = "prepare for rollback"        // On: True
	SetDigest        Verb = "set the signature algorithm" // Value: SHA-1, SHA-512
	SetInteraction   Verb = "set the phone interaction"   // Value: automatic, manual
	Configure        Verb = "configure"                   // Setting, On
	SetEncrypted     Verb = "encrypt the configuration"   // of Phones, On
	SetSecurity      Verb = "set the security profile"    // of Phones, Value: encrypted
)

// What else is done.
const (
	TypeCommand Verb = "type"       // Command on Node
	LetTimePass Verb = "wait"       // Duration
	WaitUntil   Verb = "wait until" // Until
	InGo        Verb = "in Go"
)

// What goes wrong, and what is put right again.
const (
	PartNodes             Verb = "part the nodes"   // Nodes, two
	RejoinNodes           Verb = "rejoin the nodes" // Nodes, two
	StopService           Verb = "stop"             // Service of Node
	StartService          Verb = "start"            // Service of Node
	PowerOffNode          Verb = "power off the node"
	PowerOnNode           Verb = "power on the node"
	LoseDatagrams         Verb = "lose datagrams"      // Share, of Group's
	DelayDatagrams        Verb = "delay datagrams"     // Duration, Jitter, of Group's
	HealNetwork           Verb = "heal the network"    // of Group
	CutOffGroup           Verb = "cut off the group"   // Group from Node, or from Service of Node
	ReconnectGroup        Verb = "reconnect the group" // the same
	ShowWrongTVS          Verb = "show a wrong TVS certificate"
	ServeStaleList        Verb = "serve a stale list"
	CorruptLists          Verb = "corrupt lists"
	CorruptConfigurations Verb = "corrupt configurations"
	HealFiles             Verb = "serve what is right"
)

// Wait lets time pass on the scenario's clock.
func Wait(d time.Duration) Act {
	return Act{Text: "wait " + d.String(), Verb: LetTimePass, Duration: d}
}
