//go:build exploration

package phone

// Clone is another phone just like this one, which goes its own way from here.
// The phone must be at rest: nothing under way, no answer awaited.
func (p *Phone) Clone() *Phone {
	clone := *p
	if p.status != nil {
		status := *p.status
		clone.status = &status
	}
	if p.calls != nil {
		calls := *p.calls
		clone.calls = &calls
	}
	return &clone
}
