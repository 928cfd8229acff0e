package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/itl"
	"itlsim/phone"
)

// ownAddress is where errors of sockets name the phone's own side.
var ownAddress = regexp.MustCompile(`[0-9.]+:[0-9]+->`)

// every expects something of all phones that where picks (all, where nil). what
// returns "" where it holds, else what is the case; phones that agree in that,
// but for their names and addresses, are counted together.
func every(text string, where func(*Stage, fleet.View) bool, what func(*Stage, fleet.View) string) Expectation {
	return Expectation{text, func(st *Stage) error {
		wrong := make(map[string][]string)
		checked := 0
		for _, v := range st.Fleet.Phones() {
			if where != nil && !where(st, v) {
				continue
			}
			checked++
			if is := what(st, v); is != "" {
				is = ownAddress.ReplaceAllString(strings.ReplaceAll(is, v.Name, "SEP<MAC>"), "")
				wrong[is] = append(wrong[is], v.Name)
			}
		}
		if checked == 0 {
			return fmt.Errorf("there is no such phone")
		}
		return describe(wrong, checked)
	}}
}

// describe sums up which phones are otherwise than expected: the three ways that
// most phones share, and three phones of each.
func describe(wrong map[string][]string, of int) error {
	if len(wrong) == 0 {
		return nil
	}
	kinds := slices.SortedFunc(maps.Keys(wrong), func(a, b string) int {
		return cmp.Or(len(wrong[b])-len(wrong[a]), strings.Compare(a, b))
	})
	var parts []string
	for _, is := range kinds[:min(3, len(kinds))] {
		names := wrong[is]
		more := ""
		if len(names) > 3 {
			names, more = names[:3], ", …"
		}
		parts = append(parts, fmt.Sprintf("%d of %d %s (%s%s)", len(wrong[is]), of, is, strings.Join(names, ", "), more))
	}
	if more := len(kinds) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("and in %d other ways", more))
	}
	return errors.New(strings.Join(parts, "; "))
}

// allIn expects every phone in one state.
func allIn(state phone.State) Expectation {
	return every("all phones "+state.String(), nil, func(_ *Stage, v fleet.View) string {
		if v.State == state {
			return ""
		}
		if v.Refusal != nil {
			return fmt.Sprintf("%s: %v", v.State, v.Refusal)
		}
		return v.State.String()
	})
}

func unless(ok bool, is string) string {
	if ok {
		return ""
	}
	return is
}

func unlessEqual(got, want int, what string) error {
	if got != want {
		return fmt.Errorf("%d %s, not %d", got, what, want)
	}
	return nil
}

// held is the list that a phone holds, an empty one where it has none.
func held(v fleet.View) *itl.List {
	if v.Flash.Lists.ITL == nil {
		return &itl.List{}
	}
	return v.Flash.Lists.ITL
}

// nodeOf is the node that serves a phone first.
func nodeOf(st *Stage, name string) *cucm.Node {
	return st.Cluster.Device(name).Group[0]
}

// servedBy picks the phones whose first TFTP server is a node.
func servedBy(node int) func(*Stage, fleet.View) bool {
	return func(st *Stage, v fleet.View) bool { return nodeOf(st, v.Name) == st.Cluster.Nodes()[node] }
}

// listBy expects what authenticated the lists in the last boot.
func listBy(text string, where func(*Stage, fleet.View) bool, by phone.TrustPoint) Expectation {
	return every(text, where, func(_ *Stage, v fleet.View) string {
		return unless(v.ListBy == by, "by "+v.ListBy.String())
	})
}

// configBy expects what authenticated the configurations in the last boot.
func configBy(text string, where func(*Stage, fleet.View) bool, by phone.TrustPoint) Expectation {
	return every(text, where, func(_ *Stage, v fleet.View) string {
		return unless(v.ConfigBy == by, "by "+v.ConfigBy.String())
	})
}

// ownLists expects each node to serve a list with a checksum of its own (M1).
func ownLists() Expectation {
	return Expectation{"each node serves a list of its own", func(st *Stage) error {
		served := make(map[[20]byte]string)
		for _, n := range st.Cluster.Nodes() {
			sum := n.ITL().SHA1()
			if other, ok := served[sum]; ok {
				return fmt.Errorf("%s serves the same as %s", n.Name(), other)
			}
			served[sum] = n.Name()
		}
		return nil
	}}
}

// holdsOwnList expects each phone to hold what its first TFTP server serves.
func holdsOwnList() Expectation {
	return every("each phone holds its own node's list", nil, func(st *Stage, v fleet.View) string {
		return unless(held(v).SHA1() == nodeOf(st, v.Name).ITL().SHA1(), "hold another")
	})
}

// recoveryRecord expects the publisher's ITLRECOVERY record, and no other
// node's, in every list (M2).
func recoveryRecord() Expectation {
	return every("every list holds the record ITLRECOVERY_"+publisher, nil, func(_ *Stage, v fleet.View) string {
		var names []string
		for _, rec := range held(v).With(itl.SAST) {
			if name, ok := strings.CutPrefix(rec.Subject, "CN=ITLRECOVERY_"); ok {
				names = append(names, name)
			}
		}
		return unless(len(names) == 1 && strings.HasPrefix(names[0], publisher+"."), fmt.Sprintf("hold those of %q", names))
	})
}

// signedBy expects the subject of each list's signer to begin so.
func signedBy(text string, subject func(*Stage, fleet.View) string) Expectation {
	return every(text, nil, func(st *Stage, v fleet.View) string {
		got := held(v).Signer.Subject
		return unless(strings.HasPrefix(got, subject(st, v)), fmt.Sprintf("hold one signed by %q", got))
	})
}

func settingApplied() Expectation {
	return every("the changed setting is in force", nil, func(_ *Stage, v fleet.View) string {
		return unless(v.Flash.Config != nil && !v.Flash.Config.Settings.SettingsAccess, "keep the old one")
	})
}

// reported expects the cluster to know by DeviceTLInfo which list each phone
// holds, but for firmware that reports none (M19).
func reported() Expectation {
	return Expectation{"the cluster knows by DeviceTLInfo which list each phone holds", func(st *Stage) error {
		known := make(map[string]phone.Checksum)
		for sum, names := range st.Cluster.Holders() {
			for _, name := range names {
				known[name] = sum
			}
		}
		wrong := make(map[string][]string)
		phones := st.Fleet.Phones()
		for _, v := range phones {
			sum, ok := known[v.Name]
			switch {
			case ok != v.Profile.ReportsLists():
				is := fmt.Sprintf("with firmware %s reported: %v", v.Profile.Firmware, ok)
				wrong[is] = append(wrong[is], v.Name)
			case ok && sum != held(v).SHA1():
				wrong["hold another list"] = append(wrong["hold another list"], v.Name)
			}
		}
		return describe(wrong, len(phones))
	}}
}
