package scenarios

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/lab"
)

// zipped is a text as orders cross.
func zipped(t testing.TB, text []byte) []byte {
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	_, err := zip.Write(text)
	require.NoError(t, err)
	require.NoError(t, zip.Close())
	return b.Bytes()
}

// Whatever a worker is ordered before it has phones, it refuses; an order is read whole or not at
// all, and an answer likewise.
func FuzzOrders(f *testing.F) {
	for _, o := range []crewOrder{
		{Do: orderOpen, Plan: []byte("a plan"), Given: &lab.Given{Held: []byte{0}}},
		{Do: orderAct, Act: &Act{Text: "phones: power on", Verb: PowerOn}},
		{Do: orderLook, Expect: []string{"all phones are trusted"}, Known: [][]byte{[]byte("{}")}},
		{Do: orderKeepAlives, For: 1e9}, {Do: orderEnd, Step: 3},
	} {
		text, err := json.Marshal(o)
		require.NoError(f, err)
		f.Add(text)
	}
	f.Add([]byte(`{"at":{"servers":["127.0.0.2:5060"],"of":"AQ=="},"found":[{"checked":1}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d := &Duty{Plan: func([]byte) (s Scenario, opt lab.Options, err error) {
			return s, opt, errors.New("no plan")
		}}
		defer d.Close()
		answer, err := d.Do(t.Context(), zipped(t, text))
		require.Error(t, err)
		require.Empty(t, answer)
		require.Nil(t, d.Progress())
		_, _ = unpack[crewAnswer](bytes.NewReader(zipped(t, text)), partBounds)
	})
}

// What unpacks to more than is taken is refused, by its bytes or by what they would take in memory.
func TestOrdersAreBounded(t *testing.T) {
	for says, order := range map[string][]byte{
		"larger than":         bytes.Repeat([]byte(" "), 1<<20+1),
		"more steps, stories": []byte(`{"lscs":[` + strings.Repeat("{},", 1000) + `{}]}`),
	} {
		few := bounds{file: 1 << 12, whole: 1 << 20, objects: 1000, values: 1 << 20}
		_, err := unpack[crewOrder](bytes.NewReader(zipped(t, order)), few)
		require.ErrorContains(t, err, says)
	}
}
