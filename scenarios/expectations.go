package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/itl"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios/language"
)

// expectations are the sentences of `expect`.
var expectations = language.New(slices.Concat([]language.Rule[Expectation]{
	// trust
	phones("are {state}", func(st *Player, _ int, _ *lab.Member, v *fleet.View, g language.Given) string {
		if v.State.String() == g.Last(1) {
			return ""
		}
		return condition(v)
	}),
	phones("(have no trust list|would take the next list on faith)", func(_ *Player, _ int, _ *lab.Member, v *fleet.View, _ language.Given) string {
		if v.State == phone.None {
			return ""
		}
		return condition(v)
	}),
}, refusals(), []language.Rule[Expectation]{
	phones("refused nothing", func(_ *Player, _ int, _ *lab.Member, v *fleet.View, _ language.Given) string {
		if v.Refusal != nil {
			return v.Refusal.Error()
		}
		return ""
	}),
	phones("would come back by utils itl reset", func(st *Player, _ int, m *lab.Member, v *fleet.View, _ language.Given) string {
		return unless(st.teller.HoldsRecovery(v, m.Home), "do not hold the present ITLRECOVERY record")
	}),

	// power and registration
	phones("are (on|off)", func(_ *Player, _ int, _ *lab.Member, v *fleet.View, g language.Given) string {
		return unless(v.On == strings.HasSuffix(g.Text, " on"), onOff(v.On))
	}),

	// lists
	phones("hold the list of {node}", func(st *Player, _ int, m *lab.Member, v *fleet.View, g language.Given) string {
		n, err := st.Node(g.Last(1))
		if err != nil {
			return err.Error()
		}
		return st.holds(v, n)
	}),
	phones("hold their own node's list", func(st *Player, _ int, m *lab.Member, v *fleet.View, _ language.Given) string {
		return st.holds(v, m.Home)
	}),
	phones("hold the list that they held before", func(st *Player, i int, _ *lab.Member, v *fleet.View, _ language.Given) string {
		if was := st.before.held[i]; was == v.Flash.Lists.ITL || was != nil && was.SHA1() == held(v).SHA1() {
			return ""
		}
		return st.which(v)
	}),
	phones("hold a list signed by the {unit} key of {node}", func(st *Player, _ int, _ *lab.Member, v *fleet.View, g language.Given) string {
		return st.signed(held(v), g.Last(2), g.Last(1))
	}),
	phones("hold a list signed by their own node's CallManager key", func(st *Player, _ int, m *lab.Member, v *fleet.View, _ language.Given) string {
		return st.signed(held(v), string(cucm.CallManager), m.Home.Name())
	}),
	phones("hold a list without TFTP and TVS entries", func(st *Player, _ int, _ *lab.Member, v *fleet.View, _ language.Given) string {
		list := held(v)
		return unless(len(list.Records) > 0 && len(list.With(itl.TFTP, itl.CCMTFTP, itl.TVS)) == 0, st.which(v))
	}),
	phones("(hold|lack) the record {name}", func(_ *Player, _ int, _ *lab.Member, v *fleet.View, g language.Given) string {
		has := len(records(held(v), g.Last(1))) > 0
		return unless(has == strings.Contains(g.Text, " hold "), "otherwise")
	}),
	phones("hold one ITLRECOVERY record, that of {node}", func(_ *Player, _ int, _ *lab.Member, v *fleet.View, g language.Given) string {
		var names []string
		for _, r := range records(held(v), cucm.RecoveryPrefix) {
			names = append(names, r.Subject)
		}
		if len(names) == 1 && itl.Named(names[0], cucm.RecoveryPrefix+g.Last(1)) {
			return ""
		}
		return fmt.Sprintf("hold those of %q", names)
	}),
	took("on faith", listBy, phone.ByFaith),
	took("by TVS", listBy, phone.ByTVS, phone.ByCache),
	took("by a signer in their list", listBy, phone.ByITL, phone.ByCTL),
	phones("kept their list", func(_ *Player, _ int, _ *lab.Member, v *fleet.View, _ language.Given) string {
		return unless(v.ListBy == phone.BySameFile, "by "+v.ListBy.String())
	}),

	// configuration
	tookConfig("by TVS", configBy, phone.ByTVS, phone.ByCache),
	tookConfig("by a signer in their list", configBy, phone.ByITL, phone.ByCTL),
	tookConfig("unsigned", configBy, phone.ByFaith),
	phones("have "+anySetting+" {onoff}", func(_ *Player, _ int, _ *lab.Member, v *fleet.View, g language.Given) string {
		if v.Flash.Config == nil {
			return "have no configuration"
		}
		on := settingIn(g.Text, &v.Flash.Config.Settings)
		return unless(*on == (g.Last(1) == "enabled"), "have it "+enabled(*on))
	}),

	// what people see
	phones("show {text}", func(_ *Player, _ int, _ *lab.Member, v *fleet.View, g language.Given) string {
		for _, line := range v.Status() {
			if strings.EqualFold(line.Text, g.Last(1)) {
				return ""
			}
		}
		return "do not show it"
	}),
	phones("have {text} on their screen", func(_ *Player, _ int, _ *lab.Member, v *fleet.View, g language.Given) string {
		is := fmt.Sprintf("have %q", v.Screen)
		if v.ScreenReason != nil {
			is += ": " + v.ScreenReason.Error()
		}
		return unless(v.Screen == g.Last(1), is)
	}),
	phones("sent {number} alarms", func(st *Player, _ int, _ *lab.Member, v *fleet.View, g language.Given) string {
		n := 0
		for _, c := range st.Clusters() {
			n += c.AlarmsOf(v.Name)
		}
		return unless(strconv.Itoa(n) == g.Last(1), fmt.Sprintf("sent %d", n))
	}),

	// what the cluster knows
	cluster("the cluster knows by DeviceTLInfo which list each phone holds", func(st *Player, _ language.Given) error { return st.reported() }),
	cluster("DeviceTLInfo finds the phones whose list no node serves", func(st *Player, _ language.Given) error { return st.findsStale() }),
	phones("are found stale by DeviceTLInfo", func(st *Player, _ int, _ *lab.Member, v *fleet.View, _ language.Given) string {
		sum, ok := st.Cluster.Holds(v.Name)
		if !ok {
			return "reported none"
		}
		return unless(!st.servesAny(sum), "reported a list that a node serves")
	}),
	cluster("{number} phones are registered", func(st *Player, g language.Given) error {
		want, _ := strconv.Atoi(g.Last(1))
		return unlessEqual(st.Cluster.Registered(), want, "registered phones")
	}),
	cluster("all phones are registered", func(st *Player, _ language.Given) error {
		return unlessEqual(st.Cluster.Registered(), st.Phones(), "registered phones")
	}),

	// the nodes
	cluster("each node serves a list of its own", func(st *Player, _ language.Given) error { return st.ownLists() }),
	cluster("all nodes serve the same list", func(st *Player, _ language.Given) error {
		pub := st.Cluster.Publisher()
		for _, n := range st.Cluster.Nodes() {
			if served(n).SHA1() != served(pub).SHA1() {
				return fmt.Errorf("%s serves %x, %s %x", pub.Name(), served(pub).SHA1(), n.Name(), served(n).SHA1())
			}
		}
		return nil
	}),
	cluster("{node} serves a list signed by the {unit} key of {node}", func(st *Player, g language.Given) error {
		n, err := st.Node(g.Last(3))
		if err != nil {
			return err
		}
		return asError(st.signed(served(n), g.Last(2), g.Last(1)))
	}),
	cluster("the list of {node} (has changed|has not changed)", func(st *Player, g language.Given) error {
		n, err := st.Node(g.Last(1))
		if err != nil {
			return err
		}
		was := st.before.lists[n]
		same := was == n.ITL() || was != nil && was.SHA1() == served(n).SHA1()
		if same == strings.HasSuffix(g.Text, " not changed") {
			return nil
		}
		return fmt.Errorf("it was %x and is %x", was.SHA1(), served(n).SHA1())
	}),
	cluster("the list of {node} (has|lacks) the record {name}", func(st *Player, g language.Given) error {
		n, err := st.Node(g.Last(2))
		if err != nil {
			return err
		}
		if (len(records(served(n), g.Last(1))) > 0) != strings.Contains(g.Text, " has ") {
			return errors.New("it is otherwise")
		}
		return nil
	}),
	cluster("the {unit} certificate of {node} (has changed|has not changed)", func(st *Player, g language.Given) error {
		n, err := st.Node(g.Last(1))
		if err != nil {
			return err
		}
		unit := cucm.Unit(g.Last(2))
		if (st.before.certs[n][unit] == n.Certificate(unit)) != strings.HasSuffix(g.Text, " not changed") {
			return errors.New("it is otherwise")
		}
		return nil
	}),

	cluster("the application log of {node} (has|lacks) {text}", func(st *Player, g language.Given) error {
		n, err := st.Node(g.Last(2))
		if err != nil {
			return err
		}
		if (logged(n, g.Last(1)) > 0) != strings.Contains(g.Text, " has ") {
			return fmt.Errorf("it has %d such lines of %d", logged(n, g.Last(1)), len(n.Log()))
		}
		return nil
	}),
	cluster("the application log of {node} has {text} {number} times", func(st *Player, g language.Given) error {
		n, err := st.Node(g.Last(3))
		if err != nil {
			return err
		}
		want, _ := strconv.Atoi(g.Last(1))
		return unlessEqual(logged(n, g.Last(2)), want, "such lines")
	}),

	// thresholds
	cluster("{percent} of boots took less than {number} {timeunit}", func(st *Player, g language.Given) error {
		limit, err := duration(g.Last(2), g.Last(1))
		if err != nil {
			return err
		}
		t := st.Fleet.BootTimes()
		for _, q := range []struct {
			share string
			took  time.Duration
		}{{"50%", t.P50}, {"90%", t.P90}, {"99%", t.P99}, {"100%", t.Max}} {
			if q.share == g.Last(3) {
				if q.took >= limit {
					return fmt.Errorf("%s took up to %v", q.share, q.took)
				}
				return nil
			}
		}
		return errors.New("only 50%, 90%, 99% and 100% are measured")
	}),
	cluster("less than {percent} of transfers failed", func(st *Player, g language.Given) error {
		t := st.Traffic().TFTP
		return below(g.Last(1), t.Failed, t.Files+t.Failed, "transfers failed")
	}),
	cluster("less than {percent} of files were refused", func(st *Player, g language.Given) error {
		return below(g.Last(1), st.Fleet.Tally().Refused.Load(), st.Traffic().TFTP.Files, "files were refused")
	}),
})...)

// settings that a phone takes from its configuration (M5).
var settings = []struct {
	name string
	of   func(*cnf.Settings) *bool
}{
	{"settings access", func(s *cnf.Settings) *bool { return &s.SettingsAccess }},
	{"web access", func(s *cnf.Settings) *bool { return &s.WebAccess }},
	{"SSH access", func(s *cnf.Settings) *bool { return &s.SSHAccess }},
	{"SPAN to PC port", func(s *cnf.Settings) *bool { return &s.SpanToPCPort }},
}

const anySetting = "(settings access|web access|SSH access|SPAN to PC port)"

// settingIn finds the setting that a sentence is about.
func settingIn(text string, s *cnf.Settings) *bool {
	for _, one := range settings {
		if strings.Contains(text, one.name) {
			return one.of(s)
		}
	}
	return new(bool) // the language lets no other pass
}

// phones is an expectation about phones: what tells what is the case where it
// does not hold.
func phones(predicate string, what func(*Player, int, *lab.Member, *fleet.View, language.Given) string) language.Rule[Expectation] {
	return language.Rule[Expectation]{Sentence: "<phones> " + predicate, Means: func(g language.Given) Expectation {
		return Expectation{g.Text, func(st *Player) error {
			return check(&g.Which, st, func(i int, m *lab.Member, v *fleet.View) string { return what(st, i, m, v, g) })
		}}
	}}
}

// cluster is an expectation about the cluster.
func cluster(sentence string, check func(*Player, language.Given) error) language.Rule[Expectation] {
	return language.Rule[Expectation]{Sentence: sentence, Means: func(g language.Given) Expectation {
		return Expectation{g.Text, func(st *Player) error { return check(st, g) }}
	}}
}

// refusals has a sentence for each reason that a phone has to refuse a file.
func refusals() (rules []language.Rule[Expectation]) {
	for _, why := range phone.Explanations() {
		is := func(r *phone.Refusal) bool { return r != nil && phone.Explain(r.Reason) == why }
		rules = append(rules, phones("refused a file because "+why.Because, func(_ *Player, _ int, _ *lab.Member, v *fleet.View, _ language.Given) string {
			switch {
			case v.Refusal == nil:
				return "refused nothing"
			case is(v.Refusal), is(v.ListRefusal):
				return ""
			}
			return v.Refusal.Error()
		}))
	}
	return rules
}

func listBy(v *fleet.View) phone.TrustPoint   { return v.ListBy }
func configBy(v *fleet.View) phone.TrustPoint { return v.ConfigBy }

func took(how string, got func(*fleet.View) phone.TrustPoint, by ...phone.TrustPoint) language.Rule[Expectation] {
	return phones("took their list "+how, func(_ *Player, _ int, _ *lab.Member, v *fleet.View, _ language.Given) string {
		return unless(slices.Contains(by, got(v)), "by "+got(v).String())
	})
}

func tookConfig(how string, got func(*fleet.View) phone.TrustPoint, by ...phone.TrustPoint) language.Rule[Expectation] {
	return phones("took their configuration "+how, func(_ *Player, _ int, _ *lab.Member, v *fleet.View, _ language.Given) string {
		return unless(slices.Contains(by, got(v)), "by "+got(v).String())
	})
}

// condition is a phone's state and the refusal that led to it.
func condition(v *fleet.View) string {
	if v.Refusal != nil {
		return fmt.Sprintf("%s: %v", v.State, v.Refusal)
	}
	return v.State.String()
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func enabled(on bool) string {
	if on {
		return "enabled"
	}
	return "disabled"
}

func unless(ok bool, is string) string {
	if ok {
		return ""
	}
	return is
}

func asError(is string) error {
	if is == "" {
		return nil
	}
	return errors.New(is)
}

func unlessEqual(got, want int, what string) error {
	if got != want {
		return fmt.Errorf("%d %s, not %d", got, what, want)
	}
	return nil
}

func below(percent string, got, of uint64, what string) error {
	limit, _ := strconv.ParseFloat(strings.TrimSuffix(percent, "%"), 64)
	if float64(got)*100 >= limit*float64(max(of, 1)) {
		return fmt.Errorf("%d of %d %s", got, of, what)
	}
	return nil
}

// held is the list that a phone holds, an empty one where it has none.
func held(v *fleet.View) *itl.List {
	if v.Flash.Lists.ITL == nil {
		return &itl.List{}
	}
	return v.Flash.Lists.ITL
}

// served is the list that a node serves, an empty one where it has none.
func served(n *cucm.Node) *itl.List {
	if list := n.ITL(); list != nil {
		return list
	}
	return &itl.List{}
}

// holds says which other list than the node's a phone holds.
func (st *Player) holds(v *fleet.View, n *cucm.Node) string {
	if held(v).SHA1() == served(n).SHA1() {
		return ""
	}
	return st.which(v)
}

// which says which list a phone holds.
func (st *Player) which(v *fleet.View) string {
	if v.Flash.Lists.ITL == nil {
		return "hold none"
	}
	for _, c := range st.Clusters() {
		for _, n := range c.Nodes() {
			if served(n).SHA1() == held(v).SHA1() {
				return "hold that of " + n.Name()
			}
		}
	}
	return "hold one that no node serves, signed by " + held(v).Signer.Subject
}

// signed tells whether a list is signed by a node's present key.
func (st *Player) signed(l *itl.List, unit, node string) string {
	n, err := st.Node(node)
	if err != nil {
		return err.Error()
	}
	want := st.teller.Identity(n.Certificate(cucm.Unit(unit)))
	switch got := l.Signer; {
	case len(l.Records) == 0:
		return "there is none"
	case got.Subject != want.Subject:
		return "signed by " + got.Subject
	case !got.SameSerial(want):
		return "signed by an earlier key of " + got.Subject
	}
	return ""
}

// logged counts the lines of a node's application log that have a text.
func logged(n *cucm.Node, text string) int {
	count := 0
	for _, line := range n.Log() {
		if strings.Contains(line, text) {
			count++
		}
	}
	return count
}

// records are those whose subject begins with a name.
func records(l *itl.List, name string) []*itl.Record {
	var all []*itl.Record
	for i := range l.Records {
		if strings.HasPrefix(itl.CommonName(l.Records[i].Subject), name) {
			all = append(all, &l.Records[i])
		}
	}
	return all
}

func (st *Player) servesAny(sum [20]byte) bool {
	return slices.ContainsFunc(st.Cluster.Nodes(), func(n *cucm.Node) bool { return served(n).SHA1() == sum })
}

// ownLists checks that each node serves a list with a checksum of its own (M1).
func (st *Player) ownLists() error {
	by := make(map[[20]byte]string)
	for _, n := range st.Cluster.Nodes() {
		sum := served(n).SHA1()
		if other, ok := by[sum]; ok {
			return fmt.Errorf("%s serves the same as %s", n.Name(), other)
		}
		by[sum] = n.Name()
	}
	return nil
}

// reported checks that the cluster knows by DeviceTLInfo which list each phone
// holds that is on, but for firmware that reports none (M19).
func (st *Player) reported() error {
	wrong := make(kinds)
	st.Each(func(_ int, _ *lab.Member, v *fleet.View) {
		sum, ok := st.Cluster.Holds(v.Name)
		switch {
		case !v.On:
		case ok != v.Profile.ReportsLists():
			wrong.add(fmt.Sprintf("with firmware %s reported: %v", v.Profile.Firmware, ok), v.Name)
		case ok && sum != held(v).SHA1():
			wrong.add("hold another list", v.Name)
		}
	})
	return wrong.describe(st.Phones())
}

// findsStale checks that comparing the reports with each TFTP node's checksum
// finds exactly the reporting phones without a current list (M19).
func (st *Player) findsStale() error {
	wrong := make(kinds)
	st.Each(func(_ int, _ *lab.Member, v *fleet.View) {
		sum, told := st.Cluster.Holds(v.Name)
		if told && v.On && !st.servesAny(sum) == st.servesAny(held(v).SHA1()) {
			wrong.add("otherwise", v.Name)
		}
	})
	return wrong.describe(st.Phones())
}

// duration is a number of a unit of time.
func duration(number, unit string) (time.Duration, error) {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0, err
	}
	d := map[string]time.Duration{
		"ms": time.Millisecond, "s": time.Second, "second": time.Second, "minute": time.Minute, "hour": time.Hour,
		"day": 24 * time.Hour, "year": 365 * 24 * time.Hour,
	}
	each, ok := d[unit]
	if !ok {
		each = d[strings.TrimSuffix(unit, "s")]
	}
	if n > int64(100*365*24*time.Hour/each) {
		return 0, fmt.Errorf("%s %s are more than a hundred years", number, unit)
	}
	return time.Duration(n) * each, nil
}
