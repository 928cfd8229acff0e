package bounded_test

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"itlsim/internal/bounded"
)

// allocated is how many bytes a function takes from the heap in all.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// What fits is passed on byte for byte, the end and other errors too; the first byte
// beyond is an error, in however small pieces everything comes.
func TestReader(t *testing.T) {
	for _, pieces := range []func(io.Reader) io.Reader{
		func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader,
	} {
		for size := range 6 {
			data, err := io.ReadAll(bounded.Reader(pieces(strings.NewReader("abcdef"[:size])), 4))
			require.Equal(t, "abcdef"[:min(size, 4)], string(data))
			require.Equal(t, size > 4, errors.As(err, new(*bounded.TooLargeError)))
		}
	}
	_, err := io.ReadAll(bounded.Reader(iotest.ErrReader(io.ErrClosedPipe), 4))
	require.ErrorIs(t, err, io.ErrClosedPipe)
}
