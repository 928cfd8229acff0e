package scenarios

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/internal/cause"
	"itlsim/itl"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios/language"
)

// phoneEvents are what the verbs mean that are a single event of a phone.
var phoneEvents = map[Verb]phone.Event{
	PowerOn:       phone.PowerOn{},
	PowerOff:      phone.PowerOff{},
	Reset:         phone.Reset{},
	EraseList:     phone.EraseLists{},
	FactoryReset:  phone.FactoryReset{},
	OpenDirectory: phone.OpenDirectory{},
}

// carryOut does an act. It is the one place that knows what each verb does.
func (p *Player) carryOut(ctx context.Context, a Act) error {
	v := p.vocabulary()
	if err := v.possible(a); err != nil {
		return err
	}
	if a.Verb.toPhones() {
		return p.doToPhones(ctx, a)
	}
	switch a.Verb {
	case ResetPhones:
		p.resetPhones(p.Cluster, a)
		return nil
	case ResetOtherPhones:
		p.resetPhones(p.Other, a)
		return nil
	case PrepareRollback, SetDigest, SetInteraction:
		return p.setParameter(a)
	case Configure:
		return p.configure(a)

	case UploadCertificate, UploadSigned, UploadRoot:
		return p.upload(a)
	case TypeCommand:
		return p.typeCommand(a)
	case LetTimePass:
		return p.Advance(ctx, a.Duration)
	case WaitUntil:
		return p.waitUntil(ctx, a.Until)
	case InGo:
		if a.Func == nil {
			return errors.New("what is written in Go can be done by the program alone in which it was written")
		}
		return a.Func(ctx, p)

	case LoseDatagrams, DelayDatagrams, HealNetwork:
		p.disturb(a)
		return nil
	case PartNodes, RejoinNodes:
		return p.partNodes(a)
	case CutOffGroup, ReconnectGroup:
		return p.cutOff(a)
	case StopService, StartService, PowerOffNode, PowerOnNode:
		return p.switchNode(a)
	case ShowWrongTVS, ServeStaleList, CorruptLists, CorruptConfigurations, HealFiles:
		return p.setFaults(a)
	}
	return fmt.Errorf("there is no verb %q", a.Verb)
}

// resetPhones is the page's reset. That there is somebody to reset is an expectation.
func (p *Player) resetPhones(c *cucm.Cluster, a Act) {
	p.acts = append(p.acts, Looked{
		Text: a.Text + " reaches phones", Of: aReset, Found: Finding{Share: Share{Count: uint64(c.Registered())}},
	})
	c.ResetPhones()
}

// setParameter sets an enterprise parameter, of the scenario's own cluster or of that
// of a node. That it exists is an expectation.
func (p *Player) setParameter(a Act) error {
	cluster, err := p.clusterOf(a)
	if err != nil {
		return err
	}
	switch a.Verb {
	case PrepareRollback:
		err = cluster.PrepareForRollback(a.On)
	case SetDigest:
		digest := itl.SHA1
		if a.Value == itl.SHA512.String() {
			digest = itl.SHA512
		}
		err = cluster.SetSignatureAlgorithm(digest)
	case SetInteraction:
		err = cluster.SetPhoneInteraction(a.Value == "automatic")
	}
	return p.done(a, err)
}

// configure changes a setting of phones, of the scenario's own cluster or of that of a node.
func (p *Player) configure(a Act) error {
	cluster, err := p.clusterOf(a)
	if err != nil {
		return err
	}
	s := cluster.Settings()
	*setting(a.Setting, &s) = a.On
	return cluster.Configure(s)
}

// clusterOf is the cluster of the node that an act names; the scenario's own where it names none.
func (p *Player) clusterOf(a Act) (*cucm.Cluster, error) {
	if a.Node == "" {
		return p.Cluster, nil
	}
	n, err := p.Node(a.Node)
	if err != nil {
		return nil, err
	}
	return n.Cluster(), nil
}

// done is what became of an act that a cluster may refuse. That it does not is an
// expectation.
func (p *Player) done(a Act, err error) error {
	if errors.Is(err, cucm.ErrRefused) {
		p.found(a.Text+" is done", err)
		return nil
	}
	return err
}

// doToPhones gives the phones that an act is for an event, or other servers. That there are as
// many as it names is an expectation: who writes 5 phones wants five.
func (p *Player) doToPhones(ctx context.Context, a Act) error {
	chosen, err := p.choose(a)
	if err != nil {
		return err
	}
	if part := a.Part; part.Number > 0 && !part.Share && part.Turn == "" {
		if n := p.turns.picked.Len(); n < int(part.Number) {
			p.found(fmt.Sprintf("%s reaches %s phones", a.Text, language.Number(int(part.Number))),
				fmt.Errorf("there are only %s", language.Number(n)))
		}
	}
	switch {
	case a.Verb == UseTFTP:
		return p.UseTFTP(a.Nodes, chosen)
	case a.Verb == MoveToOther:
		v := p.vocabulary()
		return p.UseTFTP(v.otherTFTP(), chosen)
	case a.Verb == InstallLSC:
		return p.installLSCs(ctx, a, chosen)
	case a.Verb == SetEncrypted:
		p.SetEncrypted(a.On, chosen)
		return nil
	case a.Verb == SetSecurity:
		p.SetSecurityMode(securityMode(a.Value), chosen)
		return nil
	}
	p.Send(phoneEvents[a.Verb], chosen)
	return nil
}

// installLSCs has phones fetch new certificates. That none is refused one is an expectation.
func (p *Player) installLSCs(ctx context.Context, a Act, chosen func(*lab.Member) bool) error {
	f := Finding{Others: make(Kinds)}
	told := func(device string, refused error) {
		if f.Checked++; refused != nil {
			f.Others.add("get none: "+cause.Of(refused), device)
		}
	}
	var err error
	if p.crew == nil {
		err = p.InstallLSCs(chosen, told)
	} else {
		err = p.installThere(ctx, a, told)
	}
	p.acts = append(p.acts, Looked{Text: a.Text + " is done", Of: anOrder, Found: f})
	return err
}

// disturb changes what a network does.
func (p *Player) disturb(a Act) {
	d := p.Disturbance()
	if a.Group != "" {
		d = p.SiteDisturbance(a.Group)
	}
	switch a.Verb {
	case LoseDatagrams:
		d.Loss = a.Share
	case DelayDatagrams:
		d.Delay, d.Jitter = a.Duration, a.Jitter
	case HealNetwork:
		d = lab.Disturbance{}
	}
	if a.Group != "" {
		p.DisturbSite(a.Group, d)
	} else {
		p.Disturb(d)
	}
}

// partNodes cuts two nodes off from each other, or ends that.
func (p *Player) partNodes(a Act) error {
	one, err := p.Node(a.Nodes[0])
	if err != nil {
		return err
	}
	other, err := p.Node(a.Nodes[1])
	if err != nil {
		return err
	}
	if a.Verb == PartNodes {
		return one.Part(other)
	}
	return one.Rejoin(other)
}

// cutOff lets nothing through between a group and a node or its service, or ends that.
func (p *Player) cutOff(a Act) error {
	n, err := p.Node(a.Node)
	if err != nil {
		return err
	}
	var only []cucm.Service
	if a.Service != "" {
		only = append(only, services[a.Service])
	}
	if a.Verb == CutOffGroup {
		return p.CutOff(a.Group, n, only...)
	}
	return p.Reconnect(a.Group, n, only...)
}

// switchNode takes a node or one of its services off the network, or brings it
// back.
func (p *Player) switchNode(a Act) error {
	n, err := p.Node(a.Node)
	if err != nil {
		return err
	}
	switch a.Verb {
	case StopService:
		return p.Stop(n, services[a.Service])
	case StartService:
		return p.Start(n, services[a.Service])
	case PowerOffNode:
		return n.PowerOff()
	default:
		return n.PowerOn()
	}
}

// setFaults has a node's services give what they should not, or end that.
func (p *Player) setFaults(a Act) error {
	n, err := p.Node(a.Node)
	if err != nil {
		return err
	}
	switch a.Verb {
	case ShowWrongTVS:
		n.SetFaults(&cucm.Faults{TVS: n.Certificate(cucm.CallManager)})
	case ServeStaleList:
		list := p.before.lists[n] // as the step began
		if list == nil {
			return fmt.Errorf("%s had no list when the step began", a.Node)
		}
		n.SetFaults(&cucm.Faults{File: instead(".tlv", func([]byte) []byte { return list.Bytes() })})
	case CorruptLists:
		n.SetFaults(&cucm.Faults{File: instead(".tlv", corrupted)})
	case CorruptConfigurations:
		n.SetFaults(&cucm.Faults{File: instead(".sgn", corrupted)})
	case HealFiles:
		n.SetFaults(nil)
	}
	return nil
}

// instead changes the files with an ending.
func instead(ending string, change func([]byte) []byte) func(string, []byte) []byte {
	return func(name string, data []byte) []byte {
		if strings.HasSuffix(name, ending) {
			return change(data)
		}
		return data
	}
}

// corrupted is a file with its last bit flipped: its format stays whole, and its
// signature does not hold any more.
func corrupted(data []byte) []byte {
	if len(data) == 0 {
		return data
	}
	data = slices.Clone(data)
	data[len(data)-1] ^= 1
	return data
}

// typeCommand types a command. That it is done, or refused, is an expectation.
func (p *Player) typeCommand(a Act) error {
	n, err := p.Node(a.Node)
	if err != nil {
		return err
	}
	printed, err := p.Type(n, a.Command, a.Answers...)
	if errors.Is(err, cli.ErrDeclined) { // of which nothing is printed
		printed += err.Error()
	}
	printed = p.Masked(printed, a.Answers)
	p.did.Prints(printed)
	switch {
	case a.Refused != "" && err == nil:
		p.found(a.Text+" is refused", errors.New("it was done"))
	case a.Refused != "":
		p.found(fmt.Sprintf("%s is refused: %s", a.Text, a.Refused), contains(printed, a.Refused))
	case err != nil:
		p.found(a.Text+" is done", err)
	}
	for _, words := range a.Prints {
		p.found(fmt.Sprintf("%s prints %q", a.Text, words), contains(printed, words))
	}
	return nil
}

// contains looks for words, however they are broken into lines.
func contains(printed, words string) error {
	fold := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	if strings.Contains(fold(printed), fold(words)) {
		return nil
	}
	return fmt.Errorf("it printed %q", fold(printed))
}

// found adds an expectation that an act itself found held or failed.
func (p *Player) found(text string, err error) {
	l := Looked{Text: text, Of: anAct}
	if err != nil {
		l.Found.Said = cause.Of(err)
	}
	p.acts = append(p.acts, l)
}
