package virtual

import "time"

// A chance is a phone's randomness: the n-th draw of phone i is a function of
// (seed, i, n), whatever other phones draw.
type chance struct {
	key uint64
	n   uint32
}

func newChance(seed uint64, i int) chance { return chance{key: mix(seed ^ mix(uint64(i)+1))} }

// mix is the finaliser of splitmix64 (Steele, Lea and Flood, 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (c *chance) draw() uint64 {
	c.n++
	return mix(c.key + uint64(c.n))
}

// with reports whether something of this probability happens.
func (c *chance) with(p float64) bool { return p > 0 && float64(c.draw()>>11)/(1<<53) < p }

// upTo draws a duration below d.
func (c *chance) upTo(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return time.Duration(c.draw() % uint64(d))
}
