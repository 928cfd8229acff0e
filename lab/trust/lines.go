package trust

import (
	"errors"
	"slices"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/tftp"
	"itlsim/tvs"
)

// judged is all that a verdict of phones about the nodes hangs on, besides these.
type judged struct {
	lists   phone.Lists
	profile *phone.Profile
	tvs     string // of the configuration: the addresses, and who of them answers
	vouches uint64
}

// verdict is the lines of phones that judge alike.
type verdict struct {
	lines []Line    // each for one phone
	until time.Time // as long as what TVS said before counts
}

// lookAround looks at the nodes anew where they may show something else.
func (c *Census) lookAround() {
	nodes, names := c.lab.Nodes(), c.lab.NodeNames()
	glances := make([]glance, len(nodes))
	for i, n := range nodes {
		glances[i] = glanceAt(c.lab, n)
	}
	if slices.Equal(glances, c.glances) {
		return
	}
	c.glances, c.nodes, c.drawn = glances, nil, nil
	clear(c.verdicts)
	for i, n := range nodes {
		s := look(c.lab, n, names[i])
		c.nodes = append(c.nodes, s)
		c.drawn = append(c.drawn, s.drawn(func(s cucm.Service) bool { return c.lab.Answers(anywhere, n, s) }))
	}
}

// ownKeys adds the keys that the nodes show.
func (c *Census) ownKeys(ring *keyring) {
	own := func(n *shown, unit cucm.Unit) {
		if cert := n.Shown(unit); cert != nil {
			name := itl.CommonName(itl.IdentityOf(cert.Certificate).Subject)
			ring.add(Key{certificateID(cert.Certificate.Raw), string(unit), name, n.name})
		}
	}
	for _, n := range c.nodes {
		own(n, cucm.CallManager)
		own(n, cucm.TVSUnit)
		if n.recovery != nil {
			own(n, cucm.ITLRecovery)
		}
	}
	for _, n := range c.nodes {
		for _, f := range n.files {
			if f.record != nil {
				ring.addRecord(f.record, c.nodes)
			}
		}
	}
}

// lines are those of a group, the same ones of several kinds together.
func (c *Census) lines(of []*stock) []Line {
	all, at := []Line{}, make(map[Line]int)
	for _, s := range of {
		for _, line := range c.judge(s) {
			i, known := at[line]
			if !known {
				i = len(all)
				at[line], all = i, append(all, line)
			}
			all[i].Phones += s.phones()
		}
	}
	return all
}

// judge are the lines of one phone of a kind.
func (c *Census) judge(s *stock) []Line {
	now := c.lab.Now()
	key := judged{lists: s.lists, profile: s.profile, vouches: s.vouches}
	if s.config != nil {
		for _, server := range s.config.TVS {
			key.tvs += server + "-"
			if n := c.nodeAt(cucm.TVSService, server); n != nil && c.lab.Answers(s.site, n.Node, cucm.TVSService) {
				key.tvs += "+"
			}
		}
	}
	v, known := c.verdicts[key]
	if known && (v.until.IsZero() || now.Before(v.until)) {
		return v.lines
	}
	v = verdict{}
	for _, vouch := range s.flash.Vouches {
		ends := time.Unix(0, vouch.Expires)
		if now.Before(ends) && (v.until.IsZero() || ends.Before(v.until)) {
			v.until = ends
		}
	}
	if !s.lists.OnFaith() {
		for _, n := range c.nodes {
			v.lines = append(v.lines, c.about(s, n, now)...)
		}
	}
	c.verdicts[key] = v
	return v.lines
}

// about are the lines to one node.
func (c *Census) about(s *stock, n *shown, now time.Time) (lines []Line) {
	for _, f := range n.files {
		line := Line{Node: n.name, What: f.what}
		switch v := c.try(s, f, now); v.By {
		case phone.ByFaith, phone.Unsigned:
		case phone.ByITL, phone.ByCTL, phone.BySameFile:
			line.Key, line.Kind = f.signer, Holds
			if f.record != nil && unitOf(f.record) == ITLRecovery {
				line.Kind = Recovery
			}
			lines = append(lines, line)
		case phone.ByTVS, phone.ByCache:
			lines = append(lines, broken(s.lists, n, f.what, f.record)...)
			line.Kind, line.By, line.Cached = Round, c.nameAt(cucm.TVSService, v.Server), v.By == phone.ByCache
			if t := c.nodeAt(cucm.TVSService, v.Server); t != nil && s.lists.AuthenticateTVS(t.tvs.Certificate.Raw) == nil {
				line.Key = certificateID(t.tvs.Certificate.Raw)
			}
			lines = append(lines, line)
		case phone.ByNothing:
			if v.Refusal != nil {
				lines = append(lines, broken(s.lists, n, f.what, f.record)...)
			}
		}
	}
	if n.tvs != nil {
		known := s.lists.AuthenticateTVS(n.tvs.Certificate.Raw) == nil
		lines = append(lines, standing(s.lists, n, TVS, n.tvs, Holds, known)...)
	}
	if n.recovery != nil {
		cert := n.recovery.Certificate
		known := s.lists.KnowSigner(itl.IdentityOf(cert), cert.Raw)
		lines = append(lines, standing(s.lists, n, ITLRecovery, n.recovery, Recovery, known)...)
	}
	return lines
}

// standing is the line to a certificate that a node shows, of a kind where the lists know it.
func standing(lists phone.Lists, n *shown, what string, cert *cucm.Certificate, kind string, known bool) []Line {
	if known {
		return []Line{{Key: certificateID(cert.Certificate.Raw), Node: n.name, What: what, Kind: kind}}
	}
	role := itl.SAST
	if what == TVS {
		role = itl.TVS
	}
	rec := itl.FullRecord(role, cert.Certificate)
	return broken(lists, n, what, &rec)
}

// broken is the line from the record of the lists that was the node's for what it shows now,
// under the certificate of another record; nothing where there is none.
func broken(lists phone.Lists, n *shown, what string, now *itl.Record) []Line {
	if now == nil {
		return nil
	}
	for _, list := range []*itl.List{lists.ITL, lists.CTL} {
		if list == nil {
			continue
		}
		for i := range list.Records {
			rec := &list.Records[i]
			if unitOf(rec) == unitOf(now) && recordID(rec) != "" && n.had(rec, now) {
				return []Line{{Key: recordID(rec), Node: n.name, What: what, Kind: Broken}}
			}
		}
	}
	return nil
}

// had reports whether a record is of what the node had before what it shows now: of that name,
// or the node's, or an ITLRecovery of its cluster, which keeps the name of the first host (M3).
func (n *shown) had(rec, now *itl.Record) bool {
	return itl.CommonName(rec.Subject) == itl.CommonName(now.Subject) || n.named(rec) ||
		unitOf(rec) == ITLRecovery && n.Cluster().Had(rec.Identity)
}

// try has a phone of a kind judge a file that a node serves. The zero Verdict says that it does
// not ask for such a file, or takes it for none.
func (c *Census) try(s *stock, f file, now time.Time) (verdict phone.Verdict) {
	made, _ := phone.Try(phone.Setup{
		Name: "SEP000000000000", Profile: s.profile, Servers: []string{f.what}, Library: c.library, Flash: s.flash,
	}, now, func(a phone.Fetch) phone.Event {
		if a.Name.Kind == f.name.Kind && (a.Name.Kind.IsList() || a.Name.Device == "") {
			return fleet.FileAnswer(a, f.data, nil)
		}
		return fleet.FileAnswer(a, nil, tftp.ErrNotFound)
	}, func(a phone.AskTVS) phone.Event {
		answer, err := c.ask(s, a)
		return fleet.TVSAnswer(a, answer, err)
	})
	for _, v := range made {
		if v.File.Kind == f.name.Kind {
			verdict = v
		}
	}
	return verdict
}

// ask asks a TVS, as a driver of phones does.
func (c *Census) ask(s *stock, a phone.AskTVS) (tvs.Answer, error) {
	n := c.nodeAt(cucm.TVSService, a.Server)
	silent := n == nil || n.tvs == nil || !c.lab.Answers(s.site, n.Node, cucm.TVSService)
	if silent || !n.TakesTLS(s.profile.NewestTLS()) {
		return tvs.Answer{}, &tvs.UnreachableError{Peer: a.Server, Err: errSilent}
	}
	shown := n.tvs.Certificate.Raw
	if why := a.Authenticate(shown); why != nil {
		return tvs.Answer{}, &tvs.MismatchError{Peer: a.Server, Certificate: shown, Reason: why}
	}
	return n.AnswerTVS(a.Request()), nil
}

var errSilent = errors.New("no answer")
