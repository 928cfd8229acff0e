package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"itlsim/cucm"
	"itlsim/itl"
	"itlsim/scenarios/language"
)

// aboutReports is what the cluster knows of its phones.
var aboutReports = []language.Rule[predicate]{
	allPhones("the cluster knows by DeviceTLInfo which list each phone holds", (*subject).reported).
		Explained("correctly, for all phones that are on and report theirs"),
	allPhones("DeviceTLInfo finds the phones whose list no node serves", (*subject).foundStale).
		Explained("those and no others, among all that reported one"),
	phones("are found stale by DeviceTLInfo", func(s *subject) string {
		sum, ok := s.caller().Holds(s.Cluster)
		if !ok {
			return "reported no list"
		}
		return unless(!s.servesAny(sum), "reported a list that a node serves")
	}).Explained("they reported a list that no node serves"),
}

// many checks how many of something there are.
func many(n int, said language.Said, what string) error {
	least, most := said.Many().Range(n)
	if n < least || n > most {
		return fmt.Errorf("%d %s, not %s", n, what, said.Words["amount"])
	}
	return nil
}

// reported checks that the cluster knows by DeviceTLInfo which list each phone
// holds that is on, but for phones that report none (M19).
func (s *subject) reported() string {
	sum, told := s.caller().Holds(s.Cluster)
	switch {
	case !s.On:
	case told && !s.View.Profile.ReportsLists:
		return fmt.Sprintf("reported a list, which a %s does not", s.View.Profile)
	case !told && s.View.Profile.ReportsLists:
		return fmt.Sprintf("reported no list, which a %s does", s.View.Profile)
	case told && sum != held(s).SHA1():
		return "hold another list than the one that they reported"
	}
	return ""
}

// foundStale checks that comparing the reports with each TFTP node's checksum
// finds exactly the reporting phones without a current list (M19).
func (s *subject) foundStale() string {
	sum, told := s.caller().Holds(s.Cluster)
	switch found, stale := !s.servesAny(sum), !s.servesAny(held(s).SHA1()); {
	case !told, !s.On, found == stale:
		return ""
	case found:
		return "are found, and hold a list that a node serves"
	default:
		return "are not found, and hold a list that no node serves"
	}
}

// servesAny reports whether a node of the cluster serves a list with this
// checksum.
func (p *Player) servesAny(sum [20]byte) bool {
	return slices.ContainsFunc(p.Cluster.Nodes(), func(n *cucm.Node) bool { return served(n).SHA1() == sum })
}

// aboutNodes is what the nodes serve, hold and log.
var aboutNodes = []language.Rule[predicate]{
	cluster("each node serves a list of its own", (*Player).ownLists).Explained("no two serve the same"),
	cluster("all nodes serve the same list", (*Player).sameLists).Explained("byte for byte"),
	node("{node} serves a list signed by the {unit} key of {signer=node}",
		func(p *Player, n *cucm.Node, said language.Said) error {
			signer, err := p.Node(said.Words["signer"])
			switch {
			case err != nil:
				return err
			case n.ITL() == nil:
				return errors.New("it serves none")
			}
			if by := p.otherSigner(n.ITL(), cucm.Unit(said.Words["unit"]), signer); by != "" {
				return fmt.Errorf("it is signed by %s", by)
			}
			return nil
		}).Explained("its present key"),
	node("the list of {node} (change=has changed|has not changed)",
		func(p *Player, n *cucm.Node, said language.Said) error {
			was, is := checksum(p.before.lists[n]), checksum(n.ITL())
			switch changed := said.Words["change"] == "has changed"; {
			case changed == (was != is):
				return nil
			case changed:
				return fmt.Errorf("it is still %s", is)
			default:
				return fmt.Errorf("it was %s and is %s", was, is)
			}
		}).Explained("since the step began"),
	node("the list of {node} (have=has|lacks) the record {name}",
		func(_ *Player, n *cucm.Node, said language.Said) error {
			has := len(records(served(n), said.Words["name"])) > 0
			switch {
			case has == (said.Words["have"] == "has"):
				return nil
			case has:
				return errors.New("it has it")
			case n.ITL() == nil:
				return errors.New("it serves no list")
			default:
				return fmt.Errorf("it has the records %s", strings.Join(recordNames(n.ITL()), ", "))
			}
		}).Explained("one whose common name begins with it"),
	node("the {unit} certificate of {node} (change=has changed|has not changed)",
		func(p *Player, n *cucm.Node, said language.Said) error {
			unit := cucm.Unit(said.Words["unit"])
			same := p.before.certs[n][unit] == n.Certificate(unit)
			switch changed := said.Words["change"] == "has changed"; {
			case changed != same:
				return nil
			case changed:
				return errors.New("it is still the one with which the step began")
			default:
				return errors.New("it is another than the one with which the step began")
			}
		}).Explained("since the step began"),
	logLines("(have=has|lacks) {text}", func(lines Share, said language.Said) error {
		switch has := said.Words["have"] == "has"; {
		case has == (lines.Count > 0):
			return nil
		case has:
			return fmt.Errorf("none of its %d lines has it", lines.Of)
		default:
			return fmt.Errorf("%d of its %d lines have it", lines.Count, lines.Of)
		}
	}).Explained("in one of its lines since the beginning"),
	logLines("has {text} <many> times", func(lines Share, said language.Said) error {
		return many(int(lines.Count), said, fmt.Sprintf("of its %d lines have it", lines.Of))
	}).Explained("in this many lines since the beginning"),
}

// logLines is an expectation about the lines of a node's log that have a text. Those that came
// of phones add up; the cluster's own are the same wherever they are looked at.
func logLines(has string, judge func(Share, language.Said) error) language.Rule[predicate] {
	is := counted("the application log of {node} "+has, func(p *Player, said language.Said) Finding {
		n, err := p.Node(said.Words["node"])
		if err != nil {
			return Finding{Said: err.Error()}
		}
		lines := n.CountLog(said.Words["text"])
		return Finding{Share: Share{lines.OfPhones.With, lines.OfPhones.All}, Own: Share{lines.Own.With, lines.Own.All}}
	}, func(f Finding, said language.Said) error {
		return judge(Share{f.Count + f.Own.Count, f.Of + f.Own.Of}, said)
	})
	is.Means.begin = func(p *Player, said language.Said) {
		if n, err := p.Node(said.Words["node"]); err == nil {
			n.WatchLog(said.Words["text"])
		}
	}
	return is
}

// node is an expectation about the node that stands in the slot of this name.
func node(sentence string, check func(*Player, *cucm.Node, language.Said) error) language.Rule[predicate] {
	return cluster(sentence, func(p *Player, said language.Said) error {
		n, err := p.Node(said.Words["node"])
		if err != nil {
			return err
		}
		return check(p, n, said)
	})
}

// served is the list that a node serves, an empty one where it has none.
func served(n *cucm.Node) *itl.List {
	if list := n.ITL(); list != nil {
		return list
	}
	return &itl.List{}
}

// checksum is a list's, "none" where there is no list.
func checksum(l *itl.List) string {
	if l == nil {
		return "none"
	}
	return fmt.Sprintf("%x", l.SHA1())
}

// recordNames are the common names of a list's records, each once.
func recordNames(l *itl.List) []string {
	var names []string
	for i := range l.Records {
		if name := itl.CommonName(l.Records[i].Subject); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// ownLists checks that each node serves a list with a checksum of its own (M1).
func (p *Player) ownLists(language.Said) error {
	by := make(map[string]string)
	for _, n := range p.Cluster.Nodes() {
		sum := checksum(n.ITL())
		if other, ok := by[sum]; ok {
			return fmt.Errorf("%s and %s serve the same, %s", other, n.Name(), sum)
		}
		by[sum] = n.Name()
	}
	return nil
}

// sameLists checks that each node serves what the publisher does.
func (p *Player) sameLists(language.Said) error {
	publisher := p.Cluster.Publisher()
	for _, n := range p.Cluster.Nodes() {
		if mine, its := checksum(publisher.ITL()), checksum(n.ITL()); mine != its {
			return fmt.Errorf("%s serves %s, and %s serves %s", publisher.Name(), mine, n.Name(), its)
		}
	}
	return nil
}

// thresholds are limits on what happened on the network.
var thresholds = []language.Rule[predicate]{
	bootTime("{percent} of[ the] boots took less than {number} {timeunit}", func(said language.Said) float64 {
		return said.Percent("percent")
	}).Explained("of all boots since the beginning"),
	bootTime("half of the boots took less than {number} {timeunit}", half).Explained("the same as 50%"),
	bootTime("the median boot took (than=less than|more than) {number} {timeunit}", half).
		Explained("half of the boots took less than the median"),
	below("transfers failed", func(p *Player) Share {
		t := p.Traffic().TFTP
		return Share{t.Failed, t.Files + t.Failed}
	}).Explained("of all file transfers since the beginning"),
	below("files were refused", func(p *Player) Share {
		return Share{p.Fleet.Tally().Refused.Load(), p.Traffic().TFTP.Files}
	}).Explained("by phones, since the beginning"),
}

// bootTime is an expectation about the time below which a share of the boots stayed.
func bootTime(sentence string, percent func(language.Said) float64) language.Rule[predicate] {
	limit := func(said language.Said) (time.Duration, error) { return duration(said, "number", "timeunit") }
	is := counted(sentence, func(p *Player, _ language.Said) Finding {
		return Finding{Times: p.Fleet.Tally().Times()}
	}, func(f Finding, said language.Said) error {
		limit, err := limit(said)
		took := f.Times.At(percent(said))
		if more := said.Words["than"] == "more than"; err == nil && (more && took <= limit || !more && took >= limit) {
			err = fmt.Errorf("%v%% took up to %v", percent(said), took)
		}
		return err
	})
	is.Means.adds = true
	is.Means.possible = func(_ vocabulary, said language.Said) error {
		_, err := limit(said)
		return err
	}
	return is
}

func half(language.Said) float64 { return 50 }

// below is an expectation that less than so many percent of something happened.
func below(what string, share func(*Player) Share) language.Rule[predicate] {
	is := counted("less than {percent} of "+what, func(p *Player, _ language.Said) Finding {
		return Finding{Share: share(p)}
	}, func(f Finding, said language.Said) error {
		if float64(f.Count)*100 >= said.Percent("percent")*float64(max(f.Of, 1)) {
			return fmt.Errorf("%s of %s %s", language.Number(f.Count), language.Number(f.Of), what)
		}
		return nil
	})
	is.Means.adds = true
	return is
}
