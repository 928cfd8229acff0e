package report

import (
	"encoding/binary"
	"fmt"
)

// Numbers are small ones in an order, of which each takes a byte or two. As JSON they are
// base64 of unsigned LEB128.
type Numbers []byte

// Add appends one.
func (n *Numbers) Add(i int) { *n = binary.AppendUvarint(*n, uint64(i)) }

// next takes the first of them, of which there must be one ([Numbers.check]).
func (n *Numbers) next() int {
	i, size := binary.Uvarint(*n)
	*n = (*n)[size:]
	return int(i)
}

// check checks that there are so many, each below a bound.
func (n Numbers) check(many, below int) error {
	for k := range many {
		i, size := binary.Uvarint(n)
		switch {
		case size <= 0:
			return fmt.Errorf("there are %d numbers, not %d", k, many)
		case i >= uint64(below):
			return fmt.Errorf("the number %d is beyond a table of %d", i, below)
		}
		n = n[size:]
	}
	if len(n) > 0 {
		return fmt.Errorf("there are more than %d numbers", many)
	}
	return nil
}
