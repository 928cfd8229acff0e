package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"itlsim/cucm"
	"itlsim/itl"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios/inventory"
	"itlsim/scenarios/language"
)

// Problem and Problems tell what makes no sense in a file.
type (
	Problem  = language.Problem
	Problems = language.Problems
)

// LoadFile reads a scenario file. Files that it names are looked for beside it.
func LoadFile(file string) (Scenario, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return Scenario{}, err
	}
	return Load(file, data, os.DirFS(filepath.Dir(file)))
}

// maxScenario is more than any plan needs, in bytes.
const maxScenario = 1 << 20

// Load reads a scenario. Everything in it is checked: what is wrong comes back
// as [Problems], with file, line and column. dir holds the files that it names.
func Load(file string, data []byte, dir fs.FS) (Scenario, error) {
	l := &loader{file: file, dir: dir, present: make(map[string]*itl.List)}
	if len(data) > maxScenario {
		l.problems.Add(file, 1, 1, "the file is larger than %d bytes", maxScenario)
		return Scenario{}, l.problems
	}
	var s Scenario
	if root := l.parse(data); root != nil {
		s = l.scenario(root)
	}
	if len(l.problems) > 0 {
		slices.SortStableFunc(l.problems, func(a, b *Problem) int {
			return cmp.Or(a.Line-b.Line, a.Column-b.Column)
		})
		return Scenario{}, l.problems
	}
	return s, nil
}

type loader struct {
	file     string
	dir      fs.FS
	problems Problems
	words    vocabulary
	present  map[string]*itl.List
	other    []string // nodes of the other cluster
}

func (l *loader) parse(data []byte) ast.Node {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		line, column, says := 1, 1, err.Error()
		var yamlErr yaml.Error
		if errors.As(err, &yamlErr) && yamlErr.GetToken() != nil {
			at := yamlErr.GetToken().Position
			line, column, says = at.Line, at.Column, yamlErr.GetMessage()
		}
		l.problems.Add(l.file, line, column, "%s", says)
		return nil
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil && doc.Body.Type() != ast.CommentType {
			bodies = append(bodies, doc.Body)
		}
	}
	if len(bodies) == 0 {
		l.problems.Add(l.file, 1, 1, "the file is empty; a scenario has name, shows, phones and steps")
		return nil
	}
	if len(bodies) > 1 {
		l.at(bodies[1], "a file holds one scenario")
		return nil
	}
	return bodies[0]
}

func (l *loader) at(n ast.Node, format string, args ...any) {
	l.atToken(start(n), 0, format, args...)
}

func (l *loader) atToken(t *token.Token, offset int, format string, args ...any) {
	l.problems.Add(l.file, t.Position.Line, t.Position.Column+offset, format, args...)
}

// start is the first token of a node: a mapping's own token is a colon.
func start(n ast.Node) *token.Token {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return start(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return start(n.Key)
	}
	return n.GetToken()
}

// entry is one line of a mapping.
type entry struct {
	key   string
	at    ast.Node
	value ast.Node
}

// mapping reads a mapping with known keys. Where keys is nil the caller checks
// them.
func (l *loader) mapping(n ast.Node, what string, keys ...string) []entry {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		l.at(n, "%s is a list of keys and values here, such as %q", what, strings.Join(keys, ": …, ")+": …")
		return nil
	}
	var entries []entry
	for _, v := range values {
		if _, ok := v.Key.(*ast.MergeKeyNode); ok {
			l.at(v.Key, "%s has no merge keys", what)
			continue
		}
		key, ok := l.word(v.Key)
		if !ok {
			continue
		}
		if keys != nil && !slices.Contains(keys, key) {
			hint := language.DidYouMean(key, keys)
			l.at(v.Key, "%s has no %q%s; it may have %s", what, key, hint, strings.Join(keys, ", "))
			continue
		}
		entries = append(entries, entry{key, v.Key, v.Value})
	}
	return entries
}

// list reads a sequence; a single thing is a list of one.
func (l *loader) list(n ast.Node) []ast.Node {
	if s, ok := n.(*ast.SequenceNode); ok {
		return s.Values
	}
	if n.Type() == ast.NullType {
		return nil
	}
	return []ast.Node{n}
}

// word reads a scalar as it is written.
func (l *loader) word(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	case *ast.AnchorNode, *ast.AliasNode:
		l.at(n, "scenarios have neither anchors nor aliases")
	case *ast.NullNode:
		l.at(n, "something is missing here")
	default:
		l.at(n, "one word or sentence is wanted here, not a list or mapping; a sentence that contains a colon or a quote stands in 'single quotes'")
	}
	return "", false
}

// integer reads a number between two others.
func (l *loader) integer(n ast.Node, what string, least, most int) int {
	w, ok := l.word(n)
	if !ok {
		return 0
	}
	var v int
	var rest string
	if k, _ := fmt.Sscanf(w, "%d%s", &v, &rest); k != 1 || v < least || v > most {
		l.at(n, "%s is a whole number from %d to %d, not %q", what, least, most, w)
		return 0
	}
	return v
}

// choice reads one of some words.
func (l *loader) choice(n ast.Node, what string, words []string) string {
	w, ok := l.word(n)
	if !ok || slices.Contains(words, w) {
		return w
	}
	hint := language.DidYouMean(w, words)
	l.at(n, "%q is not %s%s; there is %s", w, what, hint, strings.Join(words, ", "))
	return ""
}

// offset is where a text begins within its token.
func offset(n ast.Node) int {
	switch n.GetToken().Type {
	case token.DoubleQuoteType, token.SingleQuoteType:
		return 1
	}
	return 0
}

var scenarioKeys = []string{"name", "shows", "rows", "not in", "cluster", "other cluster", "sftp servers", "phones", "steps"}

func (l *loader) scenario(root ast.Node) Scenario {
	s := Scenario{Setup: lab.Setup{Cluster: cucm.Cisco117598()}}
	entries := l.mapping(root, "a scenario", scenarioKeys...)
	find := func(key string) ast.Node {
		for _, e := range entries {
			if e.key == key {
				return e.value
			}
		}
		return nil
	}
	for _, need := range []string{"name", "shows", "phones", "steps"} {
		if find(need) == nil && len(entries) > 0 && len(l.problems) == 0 {
			l.at(entries[0].at, "the scenario has no %q", need)
		}
	}
	if n := find("name"); n != nil {
		s.Name, _ = l.word(n)
		if strings.ContainsFunc(s.Name, func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789-.", r) }) || s.Name == "" {
			l.at(n, "a scenario's name is of small letters, digits, points and hyphens")
		}
	}
	if n := find("shows"); n != nil {
		s.Shows, _ = l.word(n)
	}
	if n := find("rows"); n != nil {
		for _, r := range l.list(n) {
			w, ok := l.word(r)
			var num int
			if _, err := fmt.Sscanf(w, "M%d", &num); ok && (err != nil || num < 1 || num > 24) {
				l.at(r, "%q is no row of the mission; there are M1 to M24", w)
			}
			s.Rows = append(s.Rows, w)
		}
	}
	if n := find("not in"); n != nil {
		s.NotIn = make(map[string]string)
		for _, e := range l.mapping(n, "not in", lab.Modes...) {
			s.NotIn[e.key], _ = l.word(e.value)
		}
	}
	if n := find("cluster"); n != nil {
		s.Cluster = l.cluster(n)
	}
	s.Served = l.present
	for _, n := range s.Cluster.Nodes {
		l.words.Nodes = append(l.words.Nodes, n.Name)
	}
	if n := find("other cluster"); n != nil {
		other := l.cluster(n)
		s.Other, l.words.otherCluster = &other, true
		for _, n := range other.Nodes {
			if slices.Contains(l.words.Nodes, n.Name) {
				l.at(find("other cluster"), "both clusters have a node %s", n.Name)
			}
			l.other = append(l.other, n.Name)
		}
	}
	if n := find("sftp servers"); n != nil {
		for _, item := range l.list(n) {
			s.SFTP = append(s.SFTP, l.sftp(item))
		}
	}
	if n := find("phones"); n != nil {
		s.Groups = l.groups(n, &s)
	}
	for _, g := range s.Groups {
		l.words.Groups = append(l.words.Groups, g.Name)
	}
	l.words.Nodes = append(l.words.Nodes, l.other...)
	if n := find("steps"); n != nil {
		steps := l.list(n)
		if len(steps) == 0 {
			l.at(n, "a scenario has at least one step")
		}
		for _, step := range steps {
			s.Steps = append(s.Steps, l.step(step, &s))
		}
	}
	return s
}

var serviceNames = []string{"tftp", "tvs"}

func (l *loader) cluster(n ast.Node) cucm.Config {
	c := cucm.Cisco117598()
	c.Nodes = nil
	for _, e := range l.mapping(n, "a cluster", "release", "domain", "key size", "digest", "password", "security password", "nodes") {
		switch e.key {
		case "release":
			c.Release = cucm.Release(l.choice(e.value, "a release", Releases))
		case "domain":
			c.Domain, _ = l.word(e.value)
		case "key size":
			c.KeyBits = l.keySize(e.value)
		case "digest":
			if l.choice(e.value, "a digest", []string{"SHA-1", "SHA-512"}) == "SHA-512" {
				c.Digest = itl.SHA512
			}
		case "password":
			c.Password, _ = l.word(e.value)
		case "security password":
			c.Security, _ = l.word(e.value)
		case "nodes":
			for _, n := range l.list(e.value) {
				c.Nodes = append(c.Nodes, l.node(n, c.Nodes))
			}
		}
	}
	if c.Nodes == nil {
		c.Nodes = cucm.Cisco117598().Nodes
	}
	return c
}

var authentications = []string{"password", "keyboard-interactive"}

func (l *loader) sftp(n ast.Node) lab.SFTPServer {
	var s lab.SFTPServer
	for _, e := range l.mapping(n, "an SFTP server", "name", "password", "authentication") {
		switch e.key {
		case "name":
			s.Name, _ = l.word(e.value)
		case "password":
			s.Password, _ = l.word(e.value)
		case "authentication":
			s.KeyboardInteractive = l.choice(e.value, "a kind of authentication", authentications) != "password"
		}
	}
	if s.Name == "" {
		l.at(n, "the SFTP server has no name")
	}
	return s
}

// Releases of CUCM that a file may name.
var Releases = []string{string(cucm.Release10), string(cucm.Release125)}

func (l *loader) keySize(n ast.Node) int {
	var bits int
	fmt.Sscan(l.choice(n, "a key size", []string{"1024", "2048", "4096"}), &bits)
	return bits
}

func (l *loader) node(n ast.Node, others []cucm.NodeConfig) cucm.NodeConfig {
	c := cucm.NodeConfig{TFTP: true, TVS: true}
	var present *itl.List
	for _, e := range l.mapping(n, "a node", "name", "services", "key size", "recovery name", "list") {
		switch e.key {
		case "name":
			c.Name, _ = l.word(e.value)
			if slices.ContainsFunc(others, func(o cucm.NodeConfig) bool { return o.Name == c.Name }) {
				l.at(e.value, "two nodes are named %s", c.Name)
			}
		case "services":
			c.TFTP, c.TVS = false, false
			for _, s := range l.list(e.value) {
				switch l.choice(s, "a service", serviceNames) {
				case "tftp":
					c.TFTP = true
				case "tvs":
					c.TVS = true
				}
			}
		case "list":
			present = l.trustList(e.value)
		case "recovery name":
			c.RecoveryName, _ = l.word(e.value)
		case "key size":
			c.KeyBits = make(map[cucm.Unit]int)
			var units []string
			for _, u := range cucm.Units {
				units = append(units, string(u))
			}
			for _, k := range l.mapping(e.value, "key size", units...) {
				c.KeyBits[cucm.Unit(k.key)] = l.keySize(k.value)
			}
		}
	}
	if c.Name == "" {
		l.at(n, "the node has no name")
	}
	if present != nil {
		l.present[c.Name] = present
	}
	return c
}

var holdings = []string{string(lab.Nothing), string(lab.PresentITL), string(lab.OldITL)}

func (l *loader) groups(n ast.Node, s *Scenario) []lab.Group {
	var groups []lab.Group
	total := 0
	for _, item := range l.list(n) {
		g := lab.Group{Count: 0}
		var devices, lists ast.Node
		before := len(l.problems)
		for _, e := range l.mapping(item, "a group of phones", "group", "count", "models", "tftp", "call managers", "offline", "holds", "devices", "lists") {
			switch e.key {
			case "group":
				g.Name, _ = l.word(e.value)
				if strings.ContainsAny(g.Name, " \"") {
					l.at(e.value, "a group's name is one word")
				}
				if slices.ContainsFunc(groups, func(o lab.Group) bool { return o.Name == g.Name }) {
					l.at(e.value, "two groups are named %s", g.Name)
				}
			case "count":
				g.Count = l.integer(e.value, "count", 1, lab.MaxPhones)
			case "models":
				for _, m := range l.list(e.value) {
					if p := l.model(m); p != nil {
						g.Models = append(g.Models, p)
					}
				}
			case "tftp":
				g.TFTP = l.nodes(e.value)
			case "call managers":
				g.CallManagers = l.nodes(e.value)
			case "offline":
				g.Offline = l.share(e.value)
			case "holds":
				g.Holds = lab.Holding(l.choice(e.value, "something that phones hold", holdings))
			case "devices":
				devices = e.value
			case "lists":
				lists = e.value
			}
		}
		if g.TFTP == nil {
			for _, node := range s.Cluster.Nodes {
				if node.TFTP {
					g.TFTP = append(g.TFTP, node.Name)
				}
			}
		}
		switch {
		case len(l.problems) > before:
		case g.Name == "":
			l.at(item, "the group of phones has no name (group: …)")
		case g.Count == 0 && devices == nil:
			l.at(item, "the group %s has no count", g.Name)
		}
		if devices != nil {
			l.devices(&g, devices, lists, s)
		}
		if total += g.Count; total > lab.MaxPhones {
			l.at(item, "there are %d phones; there is room for %d", total, lab.MaxPhones)
		}
		groups = append(groups, g)
	}
	return groups
}

func (l *loader) nodes(n ast.Node) []string {
	var names []string
	for _, item := range l.list(n) {
		names = append(names, l.choice(item, "a node of the cluster", l.words.Nodes))
	}
	return names
}

func (l *loader) model(n ast.Node) *phone.Profile {
	var names []string
	for _, p := range phone.Profiles() {
		names = append(names, p.Model, p.String())
	}
	w := l.choice(n, "a model that is known here", names)
	p, _ := phone.ProfileOf(w)
	return p
}

func (l *loader) share(n ast.Node) float64 {
	w, ok := l.word(n)
	var v float64
	var rest string
	if k, _ := fmt.Sscanf(w, "%f%s", &v, &rest); ok && (k != 2 || rest != "%" || v < 0 || v > 100) {
		l.at(n, "a share is a percentage such as 25%%, not %q", w)
	}
	return v / 100
}

func (l *loader) step(n ast.Node, s *Scenario) Step {
	var step Step
	entries := l.mapping(n, "a step", "step", "says", "do", "expect")
	for _, e := range entries {
		switch e.key {
		case "step":
			step.Name, _ = l.word(e.value)
		case "says":
			step.Says, _ = l.word(e.value)
		case "do":
			for _, item := range l.list(e.value) {
				if act, ok := l.act(item, s); ok {
					step.Do = append(step.Do, act)
				}
			}
		case "expect":
			for _, item := range l.list(e.value) {
				if x, ok := l.expectation(item); ok {
					step.Expect = append(step.Expect, x)
				}
			}
		}
	}
	if step.Name == "" && len(entries) > 0 {
		var names []string
		for _, act := range step.Do {
			names = append(names, act.Text)
		}
		step.Name = strings.Join(names, "; ")
		if step.Name == "" && len(l.problems) == 0 {
			l.at(n, "the step has neither a name (step: …) nor anything to do")
		}
	}
	return step
}

// expectation reads one expectation.
func (l *loader) expectation(n ast.Node) (Expectation, bool) {
	text, ok := l.word(n)
	if !ok {
		return Expectation{}, false
	}
	e, err := l.words.expectation(text)
	return e, l.understood(n, err)
}

// understood notes where a sentence stops making sense, if it does.
func (l *loader) understood(n ast.Node, err error) bool {
	var wrong *language.Error
	if errors.As(err, &wrong) {
		l.atToken(n.GetToken(), offset(n)+wrong.At, "%s", wrong.Says)
	}
	return err == nil
}

// act reads one act: its key says of which kind it is.
func (l *loader) act(n ast.Node, s *Scenario) (act Act, ok bool) {
	entries := l.mapping(n, "an act")
	if len(entries) == 0 {
		return act, false
	}
	first, more := entries[0], entries[1:]
	isCommand := strings.HasPrefix(first.key, "on ")
	if !isCommand && len(more) > 0 {
		l.at(more[0].at, "an act is one thing; begin another with a hyphen")
		return act, false
	}
	value, ok := l.word(first.value)
	if !ok {
		return act, false
	}
	act, err := l.words.act(first.key, value)
	var wrong *actError
	if errors.As(err, &wrong) {
		at := first.value
		if wrong.inKey {
			at = first.at
		}
		l.understood(at, err)
	}
	s.NetworkFaults = s.NetworkFaults || act.Verb.disturbsNetwork()
	return act, l.command(&act, more) && err == nil
}

// command reads what else there is to a command.
func (l *loader) command(act *Act, more []entry) bool {
	before := len(l.problems)
	for _, e := range more {
		switch e.key {
		case "answers":
			for _, item := range l.list(e.value) {
				w, _ := l.word(item)
				act.Answers = append(act.Answers, w)
			}
		case "refused":
			act.Refused, _ = l.word(e.value)
		case "prints":
			for _, item := range l.list(e.value) {
				w, _ := l.word(item)
				act.Prints = append(act.Prints, w)
			}
		default:
			hint := language.DidYouMean(e.key, []string{"answers", "refused", "prints"})
			l.at(e.at, "a command has no %q%s; it may have answers, refused, prints", e.key, hint)
		}
	}
	return len(l.problems) == before
}

// readFile reads a file that the scenario names.
func (l *loader) readFile(n ast.Node) (string, []byte, bool) {
	name, ok := l.word(n)
	if !ok {
		return "", nil, false
	}
	if l.dir == nil {
		l.at(n, "there is no directory to look for %s in", name)
		return name, nil, false
	}
	data, err := fs.ReadFile(l.dir, path.Clean(filepath.ToSlash(name)))
	if err != nil {
		l.at(n, "%v", err)
		return name, nil, false
	}
	return name, data, true
}

// devices reads the group's phones from an export; where the file gives a count
// too, it takes so many of them.
func (l *loader) devices(g *lab.Group, file, lists ast.Node, s *Scenario) {
	name, data, ok := l.readFile(file)
	if !ok {
		return
	}
	known := make(inventory.Lists)
	for _, list := range s.Served {
		known.Add(list)
	}
	if lists != nil {
		for _, item := range l.list(lists) {
			if list := l.trustList(item); list != nil {
				known.Add(list)
			}
		}
	}
	export := inventory.Export{File: name, Data: data, Nodes: g.TFTP, Lists: known, Most: lab.MaxPhones}
	devices, problems := export.Devices()
	if len(problems) > 0 {
		l.problems = append(l.problems, problems...)
		return
	}
	if g.Count == 0 || g.Count > len(devices) {
		g.Count = len(devices)
	}
	g.Devices = inventory.Thinned(devices, g.Count)
}

// trustList reads a .tlv file that the scenario names.
func (l *loader) trustList(n ast.Node) *itl.List {
	name, data, ok := l.readFile(n)
	if !ok {
		return nil
	}
	list, err := itl.ParseList(data)
	if err != nil {
		l.at(n, "%s is no trust list: %v", name, err)
		return nil
	}
	return list
}
