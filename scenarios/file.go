package scenarios

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"itlsim/cucm"
	"itlsim/itl"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios/inventory"
	"itlsim/scenarios/language"
)

// What a scenario file says, key by key.

var scenarioKeys = mapping[Scenario]{what: "a scenario", keys: []key[Scenario]{
	keyOf("name", scenarioName, func(s *Scenario, w string) { s.Name = w }).orElse(`the scenario has no "name"`),
	keyOf("shows", text, func(s *Scenario, w string) { s.Shows = w }).orElse(`the scenario has no "shows"`),
	keyOf("rows", listOf(row), func(s *Scenario, rows []string) { s.Rows = rows }),
	{name: "not in", schema: modeKeys.schema(), read: func(l *loader, n ast.Node, s *Scenario) {
		s.NotIn = make(map[string]string)
		modeKeys.read(l, n, &s.NotIn)
	}},
	keyOf("pace", value[time.Duration]{late(paceSchema), func(l *loader, n ast.Node) (pace time.Duration, ok bool) {
		text, ok := l.word(n)
		if !ok {
			return 0, false
		}
		pace, err := parsePace(text)
		return pace, l.understood(n, err)
	}}, func(s *Scenario, pace time.Duration) { s.Pace = pace }),
	keyOf("begins", beginning, func(s *Scenario, at time.Time) { s.Begins = at }),
	{name: "cluster", schema: clusterKeys.schema(), read: func(l *loader, n ast.Node, s *Scenario) {
		s.Cluster = l.cluster(n)
	}},
	{name: "other cluster", schema: clusterKeys.schema(), read: func(l *loader, n ast.Node, s *Scenario) {
		other := l.cluster(n)
		s.Other, l.words.other = &other, nodeNames(other)
		for _, node := range other.Nodes {
			if slices.ContainsFunc(s.Cluster.Nodes, func(o cucm.NodeConfig) bool { return o.Name == node.Name }) {
				l.at(n, "both clusters have a node %s", node.Name)
			}
		}
	}},
	{name: "sftp servers", schema: manyOf(sftpKeys.schema()), read: func(l *loader, n ast.Node, s *Scenario) {
		for item := range l.list(n) {
			var server lab.SFTPServer
			sftpKeys.read(l, item, &server)
			s.SFTP = append(s.SFTP, server)
		}
	}},
	{name: "certificate authority", schema: text.schema, read: func(l *loader, n ast.Node, s *Scenario) {
		s.Authority, l.words.authority = l.word(n)
	}},
	key[Scenario]{name: "phones", schema: manyOf(groupKeys.schema()), read: (*loader).groups}.
		orElse(`the scenario has no "phones"`),
	key[Scenario]{name: "steps", schema: manyOf(stepKeys.schema()), read: (*loader).steps}.
		orElse(`the scenario has no "steps"`),
}, more: object{
	"$schema": "https://json-schema.org/draft/2020-12/schema",
	"title":   "A scenario of itlsim",
}}

// scenario reads a whole file.
func (l *loader) scenario(root ast.Node) Scenario {
	s := Scenario{Setup: lab.Setup{Cluster: cucm.Cisco117598()}}
	l.words.has = s.has
	scenarioKeys.read(l, root, &s)
	s.Served, s.Warnings = l.served, l.warnings
	return s
}

// has reports whether a node has TFTP or TVS.
func (s *Scenario) has(node string, service cucm.Service) bool {
	nodes := s.Cluster.Nodes
	if s.Other != nil {
		nodes = slices.Concat(nodes, s.Other.Nodes)
	}
	i := slices.IndexFunc(nodes, func(n cucm.NodeConfig) bool { return n.Name == node })
	return i >= 0 && map[cucm.Service]bool{cucm.TFTPService: nodes[i].TFTP, cucm.TVSService: nodes[i].TVS}[service]
}

var scenarioName = value[string]{object{"type": "string", "pattern": "^[a-z0-9.-]+$"},
	func(l *loader, n ast.Node) (string, bool) {
		name, ok := l.word(n)
		const letters = "abcdefghijklmnopqrstuvwxyz0123456789-."
		if ok && strings.Trim(name, letters) != "" {
			l.at(n, "a scenario's name is of small letters, digits, points and hyphens")
		}
		return name, ok
	}}

// beginning is a value for a date and a time.
var beginning = value[time.Time]{
	object{"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-2][0-9]:[0-5][0-9]$"},
	func(l *loader, n ast.Node) (at time.Time, ok bool) {
		text, ok := l.word(n)
		if !ok {
			return at, false
		}
		at, err := momentOf(text)
		return at, l.understood(n, err)
	},
}

// row is a row or a case of docs/sources.md.
var row = value[string]{object{"type": "string", "pattern": rowNames.String()},
	func(l *loader, n ast.Node) (string, bool) {
		w, ok := l.word(n)
		if ok && !rowNames.MatchString(w) {
			l.at(n, "%q is not a row of docs/sources.md; there are M1 to M24, and the cases R1 to R16", w)
		}
		return w, ok
	}}

var rowNames = regexp.MustCompile(`^(?:M(?:[1-9]|1[0-9]|2[0-4])|R(?:[1-9]|1[0-6]))$`)

var modeKeys = mapping[map[string]string]{what: "not in", keys: perWord(lab.Modes, text)}

// perWord has a key for each of some words.
func perWord[V any](words []string, v value[V]) (all []key[map[string]V]) {
	for _, w := range words {
		all = append(all, keyOf(w, v, func(m *map[string]V, read V) { (*m)[w] = read }))
	}
	return all
}

var clusterKeys = mapping[cucm.Config]{what: "a cluster", keys: []key[cucm.Config]{
	keyOf("release", release, func(c *cucm.Config, r string) { c.Release = cucm.Release(r) }),
	keyOf("domain", text, func(c *cucm.Config, w string) { c.Domain = w }),
	keyOf("key size", keySize, func(c *cucm.Config, bits int) { c.KeyBits = bits }),
	keyOf("digest", choice("a digest", "SHA-1", "SHA-512"), func(c *cucm.Config, w string) {
		if w == "SHA-512" {
			c.Digest = itl.SHA512
		}
	}),
	keyOf("password", text, func(c *cucm.Config, w string) { c.Password = w }),
	keyOf("security password", text, func(c *cucm.Config, w string) { c.Security = w }),
	{name: "nodes", schema: object{
		"type": "array", "items": nodeKeys.schema(), "minItems": 1, "maxItems": cucm.MaxNodes,
	}, read: (*loader).nodes},
}}

// cluster reads a cluster, whose nodes sentences may name from then on.
func (l *loader) cluster(n ast.Node) cucm.Config {
	c := cucm.Cisco117598()
	usual, before := c.Nodes, len(l.problems)
	c.Nodes = nil
	clusterKeys.read(l, n, &c)
	if c.Nodes == nil {
		c.Nodes = usual
	}
	if err := c.Check(); err != nil && len(l.problems) == before {
		l.at(n, "%v", err)
	}
	return c
}

var release = choice("a release", releaseNames()...).shown(object{"enum": wordsAndNumbers(releaseNames())})

func releaseNames() (names []string) {
	for _, r := range cucm.Releases() {
		names = append(names, string(r))
	}
	return names
}

// wordsAndNumbers are words that YAML may take for numbers.
func wordsAndNumbers(words []string) (all []any) {
	for _, w := range words {
		all = append(all, w, json.Number(w))
	}
	return all
}

var keySize = as(choice("a key size", "1024", "2048", "3072", "4096"), func(w string) int {
	bits, _ := strconv.Atoi(w) // the choice lets no other word pass
	return bits
}).shown(object{"enum": []any{1024, 2048, 3072, 4096}})

// nodePlan is a node that is being read.
type nodePlan struct {
	cucm.NodeConfig
	named  ast.Node        // where its name stands
	served *inventory.List // by the real node today
}

var nodeKeys = mapping[nodePlan]{what: "a node", keys: []key[nodePlan]{
	keyAt("name", text, func(p *nodePlan, w string, at ast.Node) { p.Name, p.named = w, at }).
		orElse("the node has no name"),
	keyOf("services", listOf(choice("a service", "tftp", "tvs")), func(p *nodePlan, services []string) {
		p.TFTP, p.TVS = slices.Contains(services, "tftp"), slices.Contains(services, "tvs")
	}),
	{name: "key size", schema: unitKeys.schema(), read: func(l *loader, n ast.Node, p *nodePlan) {
		p.KeyBits = make(map[cucm.Unit]int)
		sizes := make(map[string]int)
		unitKeys.read(l, n, &sizes)
		for unit, bits := range sizes {
			p.KeyBits[cucm.Unit(unit)] = bits
		}
	}},
	keyOf("recovery name", text, func(p *nodePlan, w string) { p.RecoveryName = w }),
	keyOf("list", trustList, func(p *nodePlan, list *inventory.List) { p.served = list }),
}}

var unitKeys = mapping[map[string]int]{what: "key size", keys: perWord(unitNames(), keySize)}

func unitNames() (names []string) {
	for _, u := range cucm.Units {
		names = append(names, string(u))
	}
	return names
}

// nodes reads the nodes of a cluster.
func (l *loader) nodes(n ast.Node, c *cucm.Config) {
	for item := range l.list(n) {
		p := nodePlan{NodeConfig: cucm.NodeConfig{TFTP: true, TVS: true}}
		nodeKeys.read(l, item, &p)
		same := func(o cucm.NodeConfig) bool { return o.Name == p.Name }
		if p.named != nil && slices.ContainsFunc(c.Nodes, same) {
			l.at(p.named, "two nodes are named %s", p.Name)
		}
		if c.Nodes = append(c.Nodes, p.NodeConfig); len(c.Nodes) == cucm.MaxNodes+1 {
			l.at(item, "a cluster has at most %d nodes", cucm.MaxNodes)
		}
		if p.served != nil {
			l.served[p.Name] = p.served
		}
	}
}

var sftpKeys = mapping[lab.SFTPServer]{what: "an SFTP server", keys: []key[lab.SFTPServer]{
	keyOf("name", text, func(s *lab.SFTPServer, w string) { s.Name = w }).orElse("the SFTP server has no name"),
	keyOf("password", text, func(s *lab.SFTPServer, w string) { s.Password = w }),
	keyOf("authentication", choice("a kind of authentication", "password", "keyboard-interactive"),
		func(s *lab.SFTPServer, w string) { s.KeyboardInteractive = w != "password" }),
}}

// groupPlan is a group of phones that is being read.
type groupPlan struct {
	lab.Group
	named   ast.Node // where its name stands
	devices ast.Node // nil: it names none
	known   inventory.Lists
}

var groupKeys = mapping[groupPlan]{what: "a group of phones", keys: []key[groupPlan]{
	keyAt("group", groupName, func(p *groupPlan, w string, at ast.Node) { p.Name, p.named = w, at }).
		orElse("the group of phones has no name (group: …)"),
	keyOf("count", number("count", 1, lab.MaxPhones), func(p *groupPlan, n int) { p.Count = n }),
	keyOf("models", listOf(model), func(p *groupPlan, models []*phone.Profile) { p.Models = models }),
	keyOf("tftp", atMost(phone.MaxServers, "a phone asks", fileServer),
		func(p *groupPlan, nodes []string) { p.TFTP = nodes }),
	keyOf("call managers", atMost(cucm.MaxGroup, "a CallManager Group has", clusterNode),
		func(p *groupPlan, nodes []string) { p.CallManagers = nodes }),
	keyOf("offline", share, func(p *groupPlan, share float64) { p.Offline = share }),
	keyOf("security profile", choice("a security profile", securityModes()...), func(p *groupPlan, w string) {
		p.Security = securityMode(w)
	}),
	keyOf("holds", choice("something that phones hold", string(lab.Nothing), string(lab.PresentITL), string(lab.OldITL)),
		func(p *groupPlan, w string) { p.Holds = lab.Holding(w) }),
	{name: "devices", schema: text.schema, read: func(_ *loader, n ast.Node, p *groupPlan) { p.devices = n }},
	keyOf("lists", listOf(heldList), func(p *groupPlan, lists []*inventory.List) {
		for _, list := range lists {
			p.known.Add(list)
		}
	}),
}, more: object{"anyOf": []any{object{"required": []string{"count"}}, object{"required": []string{"devices"}}}}}

var groupName = value[string]{object{"type": []string{"string", "number"}, "pattern": `^[^ "]+$`},
	func(l *loader, n ast.Node) (string, bool) {
		name, ok := l.word(n)
		if ok && strings.ContainsAny(name, " \"") {
			l.at(n, "a group's name is one word")
		}
		return name, ok
	}}

// clusterNode is a value for a node of the scenario's own cluster.
var clusterNode = value[string]{text.schema, func(l *loader, n ast.Node) (string, bool) {
	return l.choose(n, "a node of the cluster", l.words.Nodes)
}}

// fileServer is a value for one of them that has TFTP.
var fileServer = value[string]{text.schema, func(l *loader, n ast.Node) (string, bool) {
	name, ok := clusterNode.read(l, n)
	if ok && !l.words.has(name, cucm.TFTPService) {
		l.at(n, "%s has no TFTP", name)
	}
	return name, ok
}}

// model is a value for a model, with or without its firmware. Of one that is not
// known a warning says what it is played as, once.
var model = value[*phone.Profile]{modelSchema(), func(l *loader, n ast.Node) (*phone.Profile, bool) {
	w, ok := l.word(n)
	if !ok {
		return nil, false
	}
	if strings.TrimSpace(w) == "" {
		l.at(n, "a model is wanted here, such as 8861")
		return nil, false
	}
	p, warning := phone.ProfileOf(w)
	if l.warned.Once(p.Model, warning) {
		at := start(n).Position
		l.warnings.Add(l.file, at.Line, at.Column, "%s", warning)
	}
	return p, true
}}

// modelSchema has editors offer the models that are known; any other is taken, too.
func modelSchema() object {
	var names []string
	for _, m := range phone.Models() {
		names = append(names, m.Name)
	}
	return object{"anyOf": []any{
		object{"enum": names}, object{"type": []string{"string", "number"}, "pattern": `[^ ]`},
	}}
}

// trustList is a value for a .tlv file, or for what `show itl` printed of one.
var trustList = value[*inventory.List]{text.schema, func(l *loader, n ast.Node) (*inventory.List, bool) {
	name, data, ok := l.readFile(n)
	if !ok {
		return nil, false
	}
	list, err := inventory.ParseList(data)
	if err != nil {
		l.at(n, "%s is not a trust list: %v", name, err)
	}
	return list, err == nil
}}

// heldList is a value for a list that a phone holds.
var heldList = value[*inventory.List]{text.schema, func(l *loader, n ast.Node) (*inventory.List, bool) {
	list, ok := trustList.read(l, n)
	if ok && !list.Shown && list.Kind == "ITL" && len(list.Bytes) > itl.MaxITL {
		l.at(n, "no phone holds an ITL of more than %d bytes", itl.MaxITL)
	}
	return list, ok
}}

// groups reads the phones. They may name the nodes of their own cluster only.
func (l *loader) groups(n ast.Node, s *Scenario) {
	l.words.Nodes = nodeNames(s.Cluster)
	for item := range l.list(n) {
		g := l.group(item, s)
		s.Groups = append(s.Groups, g)
		l.words.Groups = append(l.words.Groups, g.Name)
		if total := s.Phones(); total > lab.MaxPhones {
			l.at(item, "there are %d phones; there is room for %d", total, lab.MaxPhones)
		}
	}
}

func nodeNames(c cucm.Config) (names []string) {
	for _, n := range c.Nodes {
		names = append(names, n.Name)
	}
	return names
}

// group reads one group of phones.
func (l *loader) group(n ast.Node, s *Scenario) lab.Group {
	p, before := groupPlan{known: make(inventory.Lists)}, len(l.problems)
	for _, list := range l.served {
		p.known.Add(list)
	}
	groupKeys.read(l, n, &p)
	if p.named != nil && slices.Contains(l.words.Groups, p.Name) {
		l.at(p.named, "two groups are named %s", p.Name)
	}
	if p.TFTP == nil {
		for _, node := range s.Cluster.Nodes {
			if node.TFTP {
				p.TFTP = append(p.TFTP, node.Name)
			}
		}
		if p.TFTP == nil {
			l.at(n, "no node of the cluster has TFTP, which phones need")
		}
	}
	if p.devices != nil {
		l.devices(&p)
	} else if p.Count == 0 && len(l.problems) == before {
		l.at(n, "the group %s has no count", p.Name)
	}
	return p.Group
}

// devices reads the group's phones from an export; where the file gives a count
// too, it takes so many of them.
func (l *loader) devices(p *groupPlan) {
	name, data, ok := l.readFile(p.devices)
	if !ok {
		return
	}
	export := inventory.Export{File: name, Data: data, Nodes: p.TFTP, Lists: p.known, Most: lab.MaxPhones,
		Warned: l.warned}
	devices, warnings, problems := export.Devices()
	l.warnings = append(l.warnings, warnings...)
	l.problems = append(l.problems, problems...)
	if len(problems) > 0 {
		return
	}
	if p.Count == 0 || p.Count > len(devices) {
		p.Count = len(devices)
	}
	p.Devices = inventory.Thinned(devices, p.Count)
}

var stepKeys = mapping[Step]{what: "a step", keys: []key[Step]{
	keyOf("step", text, func(s *Step, w string) { s.Name = w }),
	keyOf("says", text, func(s *Step, w string) { s.Says = w }),
	keyOf("repeat", repeat, func(s *Step, r Repeat) { s.Repeat = r }),
	keyOf("do", listOf(act), func(s *Step, acts []Act) { s.Do = acts }),
	keyOf("expect", listOf(expectation), func(s *Step, all []Expectation) { s.Expect = all }),
}, more: object{"anyOf": []any{object{"required": []string{"step"}}, object{"required": []string{"do"}}}}}

// steps reads the plan. A step without a name is called by what is done in it.
func (l *loader) steps(n ast.Node, s *Scenario) {
	l.words.Nodes, l.words.Models, l.words.hasPhone = nodeNames(s.Cluster), s.Models(), s.HasPhone
	if s.Other != nil {
		l.words.Nodes = append(l.words.Nodes, nodeNames(*s.Other)...)
	}
	for item := range l.list(n) {
		var step Step
		stepKeys.read(l, item, &step)
		if step.Name == "" {
			var names []string
			for _, act := range step.Do {
				names = append(names, act.Text)
			}
			step.Name = strings.Join(names, "; ")
			if step.Repeat.Times > 0 {
				step.Name += ", " + step.Repeat.Text
			}
		}
		if step.Name == "" && len(l.problems) == 0 {
			l.at(item, "the step has neither a name (step: …) nor anything to do")
		}
		s.Steps = append(s.Steps, step)
	}
	if len(s.Steps) == 0 && len(l.problems) < mostProblems {
		l.at(n, "a scenario has at least one step")
	}
}

// expectation is a value for one of the sentences of `expect`.
var expectation = value[Expectation]{late(expectationSchema), func(l *loader, n ast.Node) (e Expectation, ok bool) {
	text, ok := l.word(n)
	if !ok {
		return e, false
	}
	e, err := l.words.expectation(text)
	return e, l.understood(n, err)
}}

// repeat is a value for how often the acts of a step are done.
var repeat = value[Repeat]{late(repeatSchema), func(l *loader, n ast.Node) (r Repeat, ok bool) {
	text, ok := l.word(n)
	if !ok {
		return r, false
	}
	r, err := parseRepeat(text)
	return r, l.understood(n, err)
}}

// understood notes where a sentence stops making sense, if it does.
func (l *loader) understood(n ast.Node, err error) bool {
	var wrong *language.Error
	if errors.As(err, &wrong) {
		l.atToken(n.GetToken(), offset(n)+wrong.At, "%s", wrong.Says)
	}
	return err == nil
}

// act is a value for one act.
var act = value[Act]{late(actSchema), (*loader).act}

// act reads one act: its first key says what sort of act it is, and only a
// command has more.
func (l *loader) act(n ast.Node) (act Act, ok bool) {
	pairs := l.pairs(n, "an act")
	if len(pairs) == 0 {
		return act, false
	}
	first, more, before := pairs[0], pairs[1:], len(l.problems)
	if key, err := l.words.actKey(first.key); l.understood(first.at, err) {
		if value, ok := l.word(first.value); ok {
			act, err = key.act(value)
			l.understood(first.value, err)
		}
	}
	if len(more) > 0 && len(l.problems) == before && !act.Verb.typed() {
		l.at(more[0].at, "an act is one thing; begin another with a hyphen")
		return act, false
	}
	l.known(more, commandKeys.what, commandKeys.names())
	commandKeys.readPairs(l, more, &act)
	return act, len(l.problems) == before
}

var commandKeys = mapping[Act]{what: "a command", keys: []key[Act]{
	keyOf("answers", listOf(scalar), func(a *Act, words []string) { a.Answers = words }),
	keyOf("refused", text, func(a *Act, words string) { a.Refused = words }),
	keyOf("prints", listOf(text), func(a *Act, words []string) { a.Prints = words }),
}}
