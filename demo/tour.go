package demo

import (
	"context"
	"slices"
	"sync"
	"time"
)

// A Tour is a story that the page plays step by step.
type Tour struct {
	Name  string
	Title string
	steps []tourStep
}

type tourStep struct {
	title, says string
	do          func(context.Context, *world) error
}

// Tours are the stories, in the order in which the page offers them.
func Tours() []Tour {
	return []Tour{
		{"bulk-reset", "Trust is lost, and one command brings it back", slices.Concat(beginning, loss, recovery)},
		{"trust-loss", "How phones lose their trust", slices.Concat(beginning, loss)},
		{"recovery", "How phones get their trust back", slices.Concat([]tourStep{lost}, recovery)},
	}
}

// TourNames are their names.
func TourNames() []string {
	var names []string
	for _, t := range Tours() {
		names = append(names, t.Name)
	}
	return names
}

func findTour(name string) (Tour, bool) {
	all := Tours()
	i := slices.IndexFunc(all, func(t Tour) bool { return t.Name == name })
	if i < 0 {
		return Tour{}, false
	}
	return all[i], true
}

const sixMinutes = 6 * time.Minute // past the five-minute guard

// The steps follow the scenario bulk-reset (mission rows M4, M5, M7, M10, M12,
// M13); their sentences are for who has never seen an ITL.
var (
	beginning = []tourStep{
		{"The phones boot for the first time", "Each phone downloads its node's trust list (ITL). It holds none yet, so it believes the first one it sees: trust on first use.",
			all(power(true), settle)},
		{"One certificate is regenerated", "The publisher's CallManager certificate, which signs its list, is new. The phones don't know it, so they ask the Trust Verification Service (TVS), which their list names: it vouches, and they follow.",
			all(types(0, "set cert regen CallManager", "yes"), settle)},
		{"Six minutes later, another one", "Now the TVS certificate is new. The phones know the list's signer from the step before, so they follow again. One trust point at a time is safe; that is why CUCM makes administrators wait five minutes between two.",
			all(wait, types(0, "set cert regen TVS", "yes"), settle)},
	}
	loss = []tourStep{
		{"The phones are off while both are regenerated, on both nodes", "The phones are switched off. CallManager and TVS certificates change on both nodes, and no phone sees the lists between.",
			all(power(false), settle, regenerateAll)},
		{"The phones come back, and the trust is lost", "The list's signer is unknown, and no TVS shows a certificate that the phones know: they have nobody to ask. They refuse the list and the configuration, here a change of settings access. They still register and make calls.",
			all(settingsAccess(false), power(true), settle)},
	}
	lost = tourStep{"A cluster whose phones have lost it", "The phones booted once and trusted the cluster. Then, while they were off, the CallManager and TVS certificates of both nodes were regenerated: now every phone refuses the list and the configuration.",
		all(power(true), settle, power(false), settle, regenerateAll, settingsAccess(false), power(true), settle)}
	recovery = []tourStep{
		{"utils itl reset localkey", "Every list holds one more key: ITLRecovery, which is kept for this moment. The command strips the publisher's list of its signature, signs it with that key, and gives it to every TFTP node. The phones have not fetched it yet.",
			typesReset},
		{"All phones are reset", "Enterprise Parameters > Reset. Each phone finds the signer of the new list, ITLRecovery, in the list it holds, and takes it. It trusts the cluster again, and the changed setting arrives.",
			all(resetAll, settle)},
		{"TFTP is restarted, and the phones are reset once more", "The next start of TFTP ends the reset list: CallManager signs again, each node its own list. The phones follow, and all is as it was before.",
			all(types(0, "utils service restart Cisco Tftp"), types(1, "utils service restart Cisco Tftp"), resetAll, settle)},
	}
)

func all(acts ...func(context.Context, *world) error) func(context.Context, *world) error {
	return func(ctx context.Context, w *world) error {
		for _, act := range acts {
			if err := act(ctx, w); err != nil {
				return err
			}
		}
		return nil
	}
}

func types(node int, line string, answers ...string) func(context.Context, *world) error {
	return func(_ context.Context, w *world) error {
		w.journal.note("Page", w.consoles[node].node.Name(), "%s", line)
		return w.consoles[node].run(line, answers...)
	}
}

func typesReset(ctx context.Context, w *world) error {
	return types(0, "utils itl reset localkey", w.password)(ctx, w)
}

func regenerateAll(ctx context.Context, w *world) error {
	return all(
		wait, types(0, "set cert regen CallManager", "yes"), types(1, "set cert regen CallManager", "yes"),
		wait, types(0, "set cert regen TVS", "yes"), types(1, "set cert regen TVS", "yes"),
	)(ctx, w)
}

func wait(_ context.Context, w *world) error {
	w.clock.advance(sixMinutes)
	return nil
}

func settle(ctx context.Context, w *world) error { return w.fleet.Settle(ctx) }

func power(on bool) func(context.Context, *world) error {
	return func(_ context.Context, w *world) error {
		w.power(on)
		return nil
	}
}

func settingsAccess(on bool) func(context.Context, *world) error {
	return func(_ context.Context, w *world) error {
		s := w.cluster.Settings()
		s.SettingsAccess = on
		return w.cluster.Configure(s)
	}
}

func resetAll(_ context.Context, w *world) error {
	w.journal.note("Page", w.cluster.Publisher().Name(), "System > Enterprise Parameters > Reset")
	w.cluster.ResetPhones()
	return nil
}

// readingTime is how long a playing tour rests after a step.
const readingTime = 8 * time.Second

// player plays one tour in one world.
type player struct {
	world *world
	tour  Tour

	mu      sync.Mutex
	count   uint64 // of changes
	at      int    // the step under way or last done; -1 before the first
	running bool
	playing bool
	failed  string
	wake    chan struct{}
}

// tourView is a tour as the page shows it.
type tourView struct {
	Name    string         `json:"name"`
	Title   string         `json:"title"`
	Steps   []tourStepView `json:"steps"`
	At      int            `json:"at"`
	Running bool           `json:"running"`
	Playing bool           `json:"playing"`
	Failed  string         `json:"failed,omitempty"`
}

type tourStepView struct {
	Title string `json:"title"`
	Says  string `json:"says"`
}

// play starts a tour, playing or standing before its first step.
func (w *world) play(t Tour, playing bool) *player {
	p := &player{world: w, tour: t, at: -1, count: 1, playing: playing, wake: make(chan struct{}, 1)}
	w.done.Go(p.run)
	p.nudge()
	return p
}

func (p *player) since(place uint64) (*tourView, uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count == place {
		return nil, place
	}
	v := &tourView{Name: p.tour.Name, Title: p.tour.Title, At: p.at, Running: p.running, Playing: p.playing, Failed: p.failed}
	for _, s := range p.tour.steps {
		v.Steps = append(v.Steps, tourStepView{s.title, s.says})
	}
	return v, p.count
}

// set plays on or pauses; a step under way is done to its end.
func (p *player) set(playing bool) {
	p.mu.Lock()
	p.playing = playing && p.left()
	p.count++
	p.mu.Unlock()
	p.nudge()
}

// left reports whether there is a next step. The caller holds the lock.
func (p *player) left() bool { return p.failed == "" && p.at+1 < len(p.tour.steps) }

func (p *player) nudge() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// next does the next step without playing on.
func (p *player) next() {
	p.mu.Lock()
	ready := !p.running && p.left()
	if ready {
		p.at++
		p.running = true
		p.count++
	}
	p.mu.Unlock()
	if ready {
		p.nudge()
	}
}

// run does steps as they come due.
func (p *player) run() {
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		p.mu.Lock()
		due := p.running
		p.mu.Unlock()
		if due {
			p.step()
			rest.Reset(readingTime)
		}
		select {
		case <-p.world.ctx.Done():
			return
		case <-p.wake:
			p.mu.Lock()
			begin := p.playing && !p.running && p.at < 0
			p.mu.Unlock()
			if begin {
				p.next()
			}
		case <-rest.C:
			p.mu.Lock()
			playing := p.playing
			p.mu.Unlock()
			if playing {
				p.next()
			}
		}
	}
}

func (p *player) step() {
	p.mu.Lock()
	s := p.tour.steps[p.at]
	p.mu.Unlock()
	err := s.do(p.world.ctx, p.world)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running = false
	if err != nil {
		p.failed = err.Error()
	}
	p.playing = p.playing && p.left()
	p.count++
}
