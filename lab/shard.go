package lab

// A Shard is a part of a lab's phones: the Index-th of Of parts, from 0. The zero value is all
// phones. Each shard has clusters of its own, replicas, on which the same is done at the same
// scenario time: so parts can be played by many machines, or one after the other.
type Shard struct{ Index, Of int }

// Range are the shard's of n phones, in the order of dealing: from one number to before
// another.
func (s Shard) Range(n int) (from, to int) {
	if s.Of <= 1 {
		return 0, n
	}
	bound := func(i int) int { return int(int64(n) * int64(i) / int64(s.Of)) } // int may have 32 bits
	return bound(s.Index), bound(s.Index + 1)
}

// Share is how much of what all phones share the shard has, such as places for boots: by the
// same rule, and at least one.
func (s Shard) Share(n int) int {
	from, to := s.Range(n)
	return max(1, to-from)
}
