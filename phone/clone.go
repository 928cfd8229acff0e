package phone

import "slices"

// Clone is another phone just like this one, which goes its own way from here: in the
// middle of a boot it waits for the same answer. The library is that of the clones; nil:
// the phone's own.
func (p *Phone) Clone(l *Library) *Phone {
	clone := *p
	if l != nil {
		clone.common, _ = l.adopted.get(p.common, func() (*common, error) {
			return l.common(&p.profile, p.servers, p.alternate), nil
		})
	}
	if p.status != nil {
		status := *p.status
		clone.status = &status
	}
	if p.calls != nil {
		calls := *p.calls
		calls.tried = slices.Clip(calls.tried)
		clone.calls = &calls
	}
	if p.boot != nil {
		clone.boot = clone.library.newBoot()
		*clone.boot = *p.boot
		clone.boot.offer.inquiry.tried = slices.Clip(p.boot.offer.inquiry.tried)
	}
	if p.directory != nil && p.directory.opening != nil {
		directory, opening := *p.directory, *p.directory.opening
		opening.inquiry.tried = slices.Clip(opening.inquiry.tried)
		if opening.inquiry.about != nil {
			opening.inquiry.about = &opening.id
		}
		directory.opening, clone.directory = &opening, &directory
	}
	return &clone
}

// Abandon ends what the phone waits for, as nobody will answer. It reports whether that was
// part of a boot, which has to begin anew.
func (p *Phone) Abandon() (booting bool) {
	booting = p.boot != nil || p.calls != nil && p.calls.booting
	p.endBoot()
	p.awaits = awaitsNothing
	if p.calls != nil {
		p.calls.booting, p.calls.thenOpen = false, false
	}
	if p.directory != nil {
		p.directory = &directory{screen: p.directory.screen}
	}
	return booting
}
