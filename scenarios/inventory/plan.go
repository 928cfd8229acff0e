package inventory

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"itlsim/cucm"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/scenarios/language"
)

// A File is one of a plan: the scenario, or a file that it names.
type File struct {
	Name string
	Data []byte
}

// Bounds of a plan; what is beyond them is said, and left out.
const (
	mostNodes = 40
	mostPools = 100
)

// Plan makes a scenario of what was read, which `itlsim run` plays, and the files
// that it names, to be put beside it. The first is the scenario, name.yaml. It is
// nil where neither phones nor lists were found.
func (m *Import) Plan(name string) []File {
	if len(m.Phones) == 0 && len(m.Lists) == 0 {
		return nil
	}
	p := &plan{Import: m, name: name}
	p.cluster()
	groups := p.groups()
	var b bytes.Buffer
	p.heading(&b)
	p.writeCluster(&b)
	b.WriteString(groups)
	b.WriteString(planSteps)
	return append([]File{{name + ".yaml", b.Bytes()}}, p.files...)
}

// planSteps is what a plan plays: the administrator writes the rest.
const planSteps = `
steps:
  - step: As it is today
    do:
      - phones: power on
    expect:
      - at least 95% of the online phones are trusted

  # What comes next is yours to write (docs/writing-scenarios.md), such as:
  # - step: CallManager is regenerated on the publisher
  #   do:
  #     - on NODE: set cert regen CallManager
  #       answers: ["yes"]
  #   expect:
  #     - at least 95% of the online phones are trusted
`

// plan is one that is being written.
type plan struct {
	*Import
	name     string
	files    []File
	nodes    []*planNode
	domain   string
	release  cucm.Release
	keyBits  int
	held     []string // files of lists that no node serves today
	heldSums Lists
}

// planNode is a node of the cluster.
type planNode struct {
	name      string
	tftp, tvs bool
	list      *List // that it serves today; nil: not known
	file      string
}

func (p *plan) assume(format string, args ...any) {
	p.Assumed = append(p.Assumed, fmt.Sprintf(format, args...))
}

// cluster finds the nodes, and which list each serves today: by the name in its
// own record with the TFTP role, the latest of several.
func (p *plan) cluster() {
	nodes := make(map[string]*planNode)
	node := func(subject string) *planNode {
		host, domain, _ := strings.Cut(itl.CommonName(subject), ".")
		if host = word(host, ""); host == "" || nodes[host] == nil && len(nodes) >= mostNodes {
			return &planNode{} // of no name that can be used
		}
		p.domain = cmp.Or(p.domain, word(domain, ""))
		if nodes[host] == nil {
			nodes[host] = &planNode{name: host}
		}
		return nodes[host]
	}
	ctls := 0
	for _, l := range p.Lists {
		if l.Kind != "ITL" {
			ctls++
			continue
		}
		for i := range l.Records {
			switch r := &l.Records[i]; r.Role {
			case itl.TFTP, itl.CCMTFTP:
				n := node(r.Subject)
				n.tftp = true
				if n.list == nil || l.Modified.After(n.list.Modified) {
					n.list = l
				}
			case itl.TVS:
				node(r.Subject).tvs = true
			}
		}
	}
	if ctls > 0 {
		p.LeftOut = append(p.LeftOut, fmt.Sprintf("CTL files: %d; phones begin a plan without a CTL", ctls))
	}
	for _, name := range slices.Sorted(maps.Keys(nodes)) {
		p.nodes = append(p.nodes, nodes[name])
	}
	p.knowledge()
	p.keepLists()
}

// knowledge is what lists, or else assumptions, tell of the cluster.
func (p *plan) knowledge() {
	if len(p.nodes) == 0 {
		p.nodes = []*planNode{{name: "cucm-pub", tftp: true, tvs: true}, {name: "cucm-sub", tftp: true, tvs: true}}
		p.assume("two nodes, cucm-pub and cucm-sub, both with TFTP and TVS: no list of a node was read " +
			"(show itl on each TFTP node prints them)")
	}
	tftp := false
	for _, n := range p.nodes {
		if tftp = tftp || n.tftp; !n.tftp {
			p.assume("%s has no TFTP service: no list of its own was read", n.name)
		} else if !n.tvs {
			n.tvs = true
			p.assume("%s has a TVS, which no list names", n.name)
		}
	}
	if !tftp {
		p.nodes[0].tftp = true
		p.assume("%s has TFTP, since some node must", p.nodes[0].name)
	}
	p.publisher()
	p.releaseOf()
	if p.domain == "" {
		p.domain = "example.com"
		p.assume("the domain is %s", p.domain)
	}
	for _, n := range p.nodes {
		for i := 0; n.list != nil && i < len(n.list.Records); i++ {
			if r := &n.list.Records[i]; r.Role == itl.SAST && !cucm.IsRecovery(r.Subject) {
				p.keyBits = cmp.Or(p.keyBits, keyBits[r.KeyLength])
			}
		}
	}
	if p.keyBits == 0 {
		p.keyBits = 2048
		p.assume("keys have %d bits", p.keyBits)
	}
}

// keyBits is the size of a key by the length of its PUBLICKEY in a list.
var keyBits = map[int]int{140: 1024, 270: 2048, 526: 4096}

// publisher puts the publisher first: the node that the only ITLRecovery names.
// Before 12.5 each node has one, which tells nothing.
func (p *plan) publisher() {
	hosts := make(map[string]bool)
	for _, n := range p.nodes {
		for i := 0; n.list != nil && i < len(n.list.Records); i++ {
			if r := &n.list.Records[i]; cucm.IsRecovery(r.Subject) {
				host, _, _ := strings.Cut(strings.TrimPrefix(itl.CommonName(r.Subject), cucm.RecoveryPrefix), ".")
				hosts[word(host, "")] = true
			}
		}
	}
	at := slices.IndexFunc(p.nodes, func(n *planNode) bool { return len(hosts) == 1 && hosts[n.name] })
	if at < 0 {
		if len(p.nodes) > 1 {
			p.assume("%s is the publisher: the first by name", p.nodes[0].name)
		}
		return
	}
	publisher := p.nodes[at]
	p.nodes = slices.Insert(slices.Delete(p.nodes, at, at+1), 0, publisher)
}

// releaseOf is the release by `show version active`, or the last before one that is
// not simulated; else the last whose lists are like those that were read.
func (p *plan) releaseOf() {
	if p.Version != "" {
		var exact bool
		if p.release, exact = cucm.ReleaseOf(p.Version); !exact {
			p.assume("release %s, which is not simulated, behaves like %s", p.Version, p.release)
		}
		return
	}
	all := cucm.Releases()
	p.release = all[len(all)-1]
	for _, n := range p.nodes {
		if n.list == nil {
			continue
		}
		signer := cucm.CallManager
		if cucm.IsRecovery(n.list.Signer.Subject) {
			signer = cucm.ITLRecovery
		}
		records := slices.ContainsFunc(n.list.Records, func(r Record) bool { return cucm.IsRecovery(r.Subject) })
		for _, r := range all {
			if f := r.Facts(); f.ListSigner == signer && (f.Recovery != cucm.NoRecovery) == records {
				p.release = r
			}
		}
		p.assume("release %s, the last of those in which %s signs a list like that of %s: "+
			"show version active was not read", p.release, signer, n.name)
		return
	}
	p.assume("release %s: neither a list nor show version active was read", p.release)
}

// keepLists puts the lists beside the plan.
func (p *plan) keepLists() {
	p.heldSums = make(Lists)
	keep := func(l *List, name string) string {
		if name = p.name + "-" + name + ".tlv"; l.Shown {
			name = strings.TrimSuffix(name, ".tlv") + ".txt"
		}
		p.files = append(p.files, File{name, l.Bytes})
		p.heldSums.Add(l)
		return name
	}
	shown, today := 0, make(map[*List]bool)
	for _, n := range p.nodes {
		if n.list != nil {
			n.file, today[n.list] = keep(n.list, n.name), true
		}
	}
	for _, l := range p.Lists {
		if l.Kind != "ITL" {
			continue
		}
		if l.Shown {
			shown++
		}
		if !today[l] {
			p.held = append(p.held, keep(l, fmt.Sprintf("list-%d", len(p.held)+1)))
		}
	}
	if len(p.held) > 0 {
		p.assume("of several lists of a node the latest is served today; phones may hold the others")
	}
	if shown > 0 {
		p.assume("%s known only from the output of show itl: signers and certificates are those that it names; "+
			"whether the signatures are good was not checked", lists(shown))
	}
}

func lists(n int) string {
	if n == 1 {
		return "1 list is"
	}
	return language.Number(n) + " lists are"
}

// groups are the phones, by device pool, each pool with its file.
func (p *plan) groups() string {
	pools := make(map[string][]*Phone)
	for _, phone := range p.Phones {
		pools[phone.Pool] = append(pools[phone.Pool], phone)
	}
	if len(pools) > mostPools {
		p.assume("all phones are one group: there are %d device pools, and room for only %d groups", len(pools), mostPools)
		pools = map[string][]*Phone{"": p.Phones}
	}
	var b strings.Builder
	b.WriteString("\nphones:\n")
	if len(p.Phones) == 0 {
		p.assume("100 phones, of models in turn: no export of phones was read")
		b.WriteString("  - {group: phones, count: 100}\n")
		return b.String()
	}
	used := make(map[string]bool)
	for _, pool := range slices.Sorted(maps.Keys(pools)) {
		base := word(pool, "fleet")
		if pool == "" && len(pools) > 1 {
			base = "no-pool"
		}
		group := base
		for n := 2; used[strings.ToLower(group)]; n++ {
			group = fmt.Sprintf("%s-%d", base, n)
		}
		used[strings.ToLower(group)] = true
		file := fmt.Sprintf("%s-devices-%s.csv", p.name, group)
		if group != pool && pool != "" {
			fmt.Fprintf(&b, "  # device pool %s\n", printable(pool))
		}
		fmt.Fprintf(&b, "  - group: %s\n    devices: %s\n", quoted(group), quoted(file))
		if len(p.held) > 0 {
			fmt.Fprintf(&b, "    lists: %s\n", quotedAll(p.held))
		}
		p.files = append(p.files, File{file, p.devices(pools[pool])})
	}
	p.assumePhones()
	return b.String()
}

// devices are phones as a file of our own columns.
func (p *plan) devices(phones []*Phone) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(columns)
	for _, phone := range phones {
		online := "yes"
		if phone.status == notRegistered {
			online = "no"
		}
		sum := strings.ReplaceAll(phone.ITL, " ", "")
		if _, ok := checksum(sum); !ok {
			sum = ""
		}
		w.Write([]string{phone.Name, cmp.Or(phone.Model, "unknown"), phone.Firmware, p.tftpOf(phone), sum, online})
	}
	w.Flush() // a buffer takes everything
	return b.Bytes()
}

// tftpOf is the node that a phone asks first, if the plan has it.
func (p *plan) tftpOf(phone *Phone) string {
	for _, n := range p.nodes {
		if n.tftp && strings.EqualFold(n.name, phone.TFTP) {
			return n.name
		}
	}
	return ""
}

// checksum reads the SHA-1 of a list.
func checksum(digits string) (sum fingerprint, ok bool) {
	raw, err := hex.DecodeString(digits)
	if err != nil || len(raw) != len(sum) {
		return sum, false
	}
	return fingerprint(raw), true
}

// assumePhones says what was assumed of phones.
func (p *plan) assumePhones() {
	var noStatus, noFirmware, noSum, noTFTP, strangeTFTP, strangeSum int
	count := func(n *int, is bool) {
		if is {
			*n++
		}
	}
	models := make(map[string][]place) // of which is warned, by the warning
	for _, one := range p.Phones {
		sum, ok := checksum(strings.ReplaceAll(one.ITL, " ", ""))
		count(&noSum, !ok)
		count(&strangeSum, ok && p.heldSums[sum] == nil)
		count(&noStatus, one.status == unknownStatus)
		count(&noFirmware, one.Firmware == "")
		count(&noTFTP, one.TFTP == "")
		count(&strangeTFTP, one.TFTP != "" && p.tftpOf(one) == "")
		if _, warning := phone.NewProfile(cmp.Or(one.Model, "unknown"), one.Firmware); warning != "" {
			models[warning] = append(models[warning], one.place)
		}
	}
	for _, a := range []struct {
		n    int
		says string
	}{
		{noStatus, "registered, since no export has their status"},
		{noFirmware, "on the firmware that itlsim gives their model, since no export has it"},
		{noTFTP, "asking the nodes for files in the order of the cluster, since no export has their TFTP server"},
		{strangeTFTP, "asking the nodes for files in the order of the cluster, since their TFTP server is not one of them"},
		{noSum, "holding today's list of their node if they are registered, otherwise one with nothing " +
			"current, since no export has the checksum of their list"},
		{strangeSum, "holding a list with nothing current, since no file of the list that they report was read"},
	} {
		if a.n > 0 {
			p.assume("%s: %s", p.of(a.n), a.says)
		}
	}
	for i, why := range slices.Sorted(maps.Keys(models)) {
		if i == mostProblems {
			p.assume("and %s more models that are not known here", language.Number(len(models)-i))
			break
		}
		at := models[why]
		p.assume("%s (the first: %s:%d): %s", p.of(len(at)), at[0].file, at[0].line, why)
	}
}

// of is so many of the plan's phones.
func (p *plan) of(n int) string {
	return language.Number(n) + " of " + language.Number(len(p.Phones)) + " phones"
}

// heading says where the plan comes from.
func (p *plan) heading(b *bytes.Buffer) {
	b.WriteString("# Made by itlsim import; the device files and lists that it names are next to it.\n")
	for _, part := range []struct {
		title string
		lines []string
	}{{"Taken", p.Took}, {"Left out", p.LeftOut}, {"Assumed; correct what you know better", p.Assumed}} {
		if len(part.lines) == 0 {
			continue
		}
		fmt.Fprintf(b, "#\n# %s:\n", part.title)
		for _, l := range part.lines {
			fmt.Fprintf(b, "# - %s\n", oneLine(l))
		}
	}
	fmt.Fprintf(b, "name: %s\nshows: the fleet as the cluster's exports and lists show it\n",
		strings.ToLower(strings.ReplaceAll(word(p.name, "imported"), "_", "-")))
}

// oneLine is a text fit for a comment.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u0085' || r == '\u2028' || r == '\u2029' || r == '\ufeff' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

func (p *plan) writeCluster(b *bytes.Buffer) {
	fmt.Fprintf(b, "\ncluster:\n  release: %s\n  domain: %s\n  key size: %d\n  nodes:\n",
		quoted(string(p.release)), quoted(p.domain), p.keyBits)
	for _, n := range p.nodes {
		services := "tvs"
		if n.tftp {
			services = "tftp, tvs"
		}
		fmt.Fprintf(b, "    - {name: %s, services: [%s]", quoted(n.name), services)
		if n.file != "" {
			fmt.Fprintf(b, ", list: %s", quoted(n.file))
		}
		b.WriteString("}\n")
	}
}

// word is a name with letters, digits, points, hyphens and underscores alone.
func word(s, otherwise string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '.' || r == '-' || r == '_')
	}), "-")
	if s = strings.Trim(s, "-."); len(s) > 60 {
		s = strings.Trim(s[:60], "-.")
	}
	return cmp.Or(s, otherwise)
}

// quoted is a text in YAML's double quotes, which are JSON's.
func quoted(s string) string {
	data, _ := json.Marshal(s) // every string has a JSON text
	return string(data)
}

func quotedAll(all []string) string {
	q := make([]string, len(all))
	for i, s := range all {
		q[i] = quoted(s)
	}
	return "[" + strings.Join(q, ", ") + "]"
}
