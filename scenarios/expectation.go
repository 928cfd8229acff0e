package scenarios

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"itlsim/fleet"
	"itlsim/scenarios/language"
)

// An Expectation is a sentence about the cluster and its phones.
type Expectation struct {
	Text string
	// Look looks at the phones that are here, and at the cluster.
	Look func(*Player) Finding `json:"-"`
	// Judge returns nil where it holds by what was found of all phones, which are so many, else
	// what is the case instead. Where it is nil, that is what the finding says ([Finding.Said]).
	Judge func(f Finding, phones int) error `json:"-"`
	// Within, where not 0, is how long after the last act it is so at the latest, on the
	// scenario's clock; After is how long after it that is judged.
	Within, After time.Duration

	ofPhones bool // of each, or of what they did: it is looked at where they are

	round func(*Player) *look // a look at phones that others may join; nil: it is not about phones
	begin func(*Player)       // has what it needs noted from the beginning on; nil: it needs nothing
}

// ErrNotSo is the family of [Player.Expect]'s errors about an expectation that
// does not hold; one that is not understood is of [language.ErrInvalid].
var ErrNotSo = errors.New("this is not so")

// notSo is what is the case instead of an expectation.
type notSo struct {
	expectation string
	error
}

func (e *notSo) Error() string        { return e.expectation + ": " + e.error.Error() }
func (e *notSo) Is(target error) bool { return target == ErrNotSo }
func (e *notSo) Unwrap() error        { return e.error }

// expectations are the sentences of `expect`.
var expectations = language.New(slices.Concat(
	timed(aboutTrust, aboutRefusals(), ofPhonesThatKnowITLs(aboutReset), aboutState, ofPhonesThatKnowITLs(aboutLists),
		aboutCTL, aboutSecurity, aboutConfigurations, aboutWhatIsSeen, aboutReports, aboutNodes), thresholds,
)...)

// timed are sentences behind which a time may stand.
func timed(sentences ...[]language.Rule[predicate]) []language.Rule[predicate] {
	all := slices.Concat(sentences...)
	for i := range all {
		all[i].Sentence += "<when>"
	}
	return all
}

// A predicate is what an expectation says, of each phone or of the cluster.
type predicate struct {
	ofPhone   func(*subject) string                // "" where it is true, else what is the case
	reads     fleet.Parts                          // of a phone, to see whether it is true
	ofAll     bool                                 // phones, which the sentence does not name
	leavesOut func(*subject) bool                  // phones of which it says nothing; nil: it is about all
	found     func(*Player, language.Said) Finding // where it is not about phones
	judge     func(Finding, language.Said) error   // nil: it is as the finding says
	begin     func(*Player, language.Said)         // nil: nothing needs to be noted
	adds      bool                                 // what phones did is found where they are
	// possible, where not nil, tells why what was said can never be judged.
	possible func(vocabulary, language.Said) error
}

// of puts it to a phone.
func (is predicate) of(s *subject) (leftOut bool, otherwise string) {
	if is.leavesOut != nil && is.leavesOut(s) {
		return true, ""
	}
	return false, is.ofPhone(s)
}

// judging is how what was found of so many phones, which are all, is judged.
func (is predicate) judging(said language.Said) func(f Finding, phones int) error {
	return func(f Finding, phones int) error {
		err := is.judged(f, phones, said)
		if err != nil && f.Unsettled.Left > 0 {
			err = fmt.Errorf("%w; %v", err, f.Unsettled)
		}
		return err
	}
}

func (is predicate) judged(f Finding, phones int, said language.Said) error {
	switch {
	case f.Said != "" || is.ofPhone == nil && is.judge == nil:
		return f.said()
	case is.ofPhone == nil:
		return is.judge(f, said)
	case f.Checked+f.LeftOut > phones, is.ofAll && f.Checked < phones:
		return fmt.Errorf("%d phones were looked at, of %d", f.Checked+f.LeftOut, phones)
	case is.ofAll:
		return f.judge(language.Quantity{}, "")
	}
	return f.judge(said.Quantity(), said.Words["is"])
}

// phones is an expectation about phones, which reads the basics of them.
func phones(says string, ofPhone func(*subject) string) language.Rule[predicate] {
	return phonesBy(fleet.Basics, says, ofPhone)
}

// phonesBy is an expectation about phones that reads more of them.
func phonesBy(reads fleet.Parts, says string, ofPhone func(*subject) string) language.Rule[predicate] {
	means := predicate{ofPhone: ofPhone, reads: reads}
	return language.Rule[predicate]{Sentence: "<phones> (is=" + says + ")", Means: means}
}

// cluster is an expectation about the cluster.
func cluster(sentence string, ofCluster func(*Player, language.Said) error) language.Rule[predicate] {
	return counted(sentence, func(p *Player, said language.Said) (f Finding) {
		if err := ofCluster(p, said); err != nil {
			f.Said = err.Error()
		}
		return f
	}, nil)
}

// counted is an expectation about numbers.
func counted(
	sentence string, found func(*Player, language.Said) Finding, judge func(Finding, language.Said) error,
) language.Rule[predicate] {
	return language.Rule[predicate]{Sentence: sentence, Means: predicate{found: found, judge: judge}}
}

// allPhones is an expectation about all phones that does not name them.
func allPhones(sentence string, ofPhone func(*subject) string) language.Rule[predicate] {
	return language.Rule[predicate]{Sentence: sentence, Means: predicate{ofPhone: ofPhone, ofAll: true}}
}

// expectation understands a sentence. The error is a [*language.Error].
func (v vocabulary) expectation(text string) (Expectation, error) {
	is, said, err := expectations.Parse(text, v.Vocabulary)
	if err == nil {
		err = v.named(said)
	}
	if err == nil && (said.Quantity().Backwards() || said.Many().Backwards()) {
		err = &language.Error{Says: "a range ends before it begins"}
	}
	if err == nil && is.possible != nil {
		err = is.possible(v, said)
	}
	e := Expectation{Text: text, Judge: is.judging(said), ofPhones: is.ofPhone != nil || is.adds}
	if is.ofPhone != nil {
		e.round = func(p *Player) *look { return p.round(said, is) }
		e.Look = func(p *Player) Finding { return p.look([]Expectation{e})[0] }
	} else {
		e.Look = func(p *Player) Finding { return is.found(p, said) }
	}
	if is.begin != nil {
		e.begin = func(p *Player) { is.begin(p, said) }
	}
	if err == nil && said.Words["when"] != "" {
		err = e.timeLimit(said)
	}
	if err != nil {
		return Expectation{}, err
	}
	return e, nil
}

// timeLimit takes the time that a sentence names.
func (e *Expectation) timeLimit(said language.Said) error {
	limit, err := duration(said, "limit", "limitunit")
	switch {
	case err != nil:
		return err
	case limit == 0:
		return &language.Error{Says: "a time that something takes is more than 0"}
	case said.Words["when"] == "within":
		e.Within = limit
	default:
		e.After = limit
	}
	return nil
}

// ParseExpectation understands a sentence as a file has it under `expect`. The error is of
// [language.ErrInvalid], a [*language.Error] that tells where in the sentence.
func (p *Player) ParseExpectation(sentence string) (Expectation, error) {
	e, err := p.vocabulary().expectation(sentence)
	if err != nil {
		return e, fmt.Errorf("%q: %w", sentence, err)
	}
	return e, nil
}

// Expect judges a sentence: nil where it holds, else what is the case (see
// [ErrNotSo]). Where the sentence names a time, that may pass.
func (p *Player) Expect(sentence string) error {
	e, err := p.ParseExpectation(sentence)
	if err != nil {
		return err
	}
	found, err := p.await(context.Background(), &e)
	if err == nil {
		err = e.judge(found, p.lookedAt())
	}
	if err != nil {
		return &notSo{sentence, err}
	}
	return nil
}

// judge judges what was found, as Judge does or, without it, as cluster and nodes say.
func (e *Expectation) judge(f Finding, phones int) error {
	if e.Judge == nil {
		return f.said()
	}
	return e.Judge(f, phones)
}

// unless is what is the case where something is not so.
func unless(ok bool, is string) string {
	if ok {
		return ""
	}
	return is
}

// unless says what is the case with a phone only where something is not so.
func (s *subject) unless(ok bool, is func(*subject) string) string {
	if ok {
		return ""
	}
	return is(s)
}
