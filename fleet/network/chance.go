package network

import "time"

// A Chance is a phone's randomness: the n-th draw of phone i is a function of
// (seed, i, n), whatever other phones draw. The zero value is that of no phone.
type Chance struct {
	key uint64
	n   uint32
}

// NewChance is the randomness of phone i, before its first draw.
func NewChance(seed uint64, i int) Chance { return Chance{key: mix(seed ^ mix(uint64(i)+1))} }

// mix is the finaliser of splitmix64 (Steele, Lea and Flood, 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (c *Chance) draw() uint64 {
	c.n++
	return mix(c.key + uint64(c.n))
}

// With reports whether something of this probability happens.
func (c *Chance) With(p float64) bool { return p > 0 && float64(c.draw()>>11)/(1<<53) < p }

// UpTo draws a duration below d.
func (c *Chance) UpTo(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return time.Duration(c.draw() % uint64(d))
}
