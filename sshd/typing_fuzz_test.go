package sshd

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
)

// keys is a client: what is typed comes in pieces, and what is shown is kept.
type keys struct {
	typed []byte
	piece int
	shown bytes.Buffer
}

func (k *keys) Read(p []byte) (int, error) {
	if len(k.typed) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), k.piece)], k.typed)
	k.typed = k.typed[n:]
	return n, nil
}

func (k *keys) Write(p []byte) (int, error) { return k.shown.Write(p) }

// plainKeys reports whether keys are letters and line ends alone, which no editor changes.
func plainKeys(typed []byte) bool {
	for _, b := range typed {
		if b != '\r' && (b < ' ' || b > '~' || b == '?') {
			return false
		}
	}
	return true
}

// Whatever is typed, in whatever pieces: no line is longer than what was typed, plain keys
// give the lines that a session without a terminal reads, of a hidden answer nothing is
// shown, of a masked one nothing but asterisks, and the screen is bounded.
func FuzzTyping(f *testing.F) {
	cfg := cucm.Cisco117598()
	cfg.Clock, cfg.Keys, cfg.KeyBits = stopped{}, testkeys.NewPool(1), 1024
	cluster, err := cucm.New(cfg)
	if err != nil {
		f.Fatal(err)
	}
	for i, typed := range []string{
		"show itl\r", "sh\t i\t\r", "utils ?", "abc\x03def\r", "\x1b[A\x1b[B\x1b[C\x1b[D\r", "\x1b[200~paste\r\nd\x1b[201~\r",
		"ab\x7f\x08c\x01\x05\x0b\x15\x17\r", "\x04", "\xff\xfe\r", "\x1b[", "öäü\r", strings.Repeat("x", 5000) + "\r",
		"a\r\nb\r\n",
		"T\xe8\xea\x03", "T\x1b[\x03", "\xef\xbf\xbd\r", strings.Repeat("\xff", 300), "\x1b" + strings.Repeat("1", 300),
	} {
		f.Add([]byte(typed), byte(i), byte(i))
	}
	f.Fuzz(func(t *testing.T, typed []byte, piece, how byte) {
		client := &keys{typed: typed, piece: int(piece)%64 + 1}
		p := newPTY(cluster.Publisher(), client)
		ask := map[byte]func() (string, error){
			0: p.readCommand,
			1: func() (string, error) { return p.Ask("q: ") },
			2: func() (string, error) { return p.AskSecret("q: ") },
			3: func() (string, error) { return p.AskMasked("q: ") },
		}[how%4]
		var lines []string
		ended := false // by the input's end, or Ctrl-D
		interrupts := bytes.Count(typed, []byte{3})
		for range len(typed) + 1 {
			line, err := ask()
			if errors.Is(err, errInterrupted) {
				interrupts--
				continue
			}
			if ended = err != nil; ended {
				break
			}
			if lines = append(lines, line); len(line) > 3*len(typed)+completed {
				t.Fatalf("%d bytes out of %d", len(line), len(typed))
			}
		}
		if interrupts < 0 {
			t.Fatal("interrupted by nothing")
		}
		if !ended {
			t.Fatal("more lines than keys")
		}
		shown := client.shown.String()
		if most := (len(typed) + 1) * 64 << 10; len(shown) > most {
			t.Fatalf("%d bytes shown for %d", len(shown), len(typed))
		}
		switch {
		case how%4 == 2 && strings.Trim(strings.ReplaceAll(shown, "q: ", ""), "\r\n") != "":
			t.Fatalf("a hidden answer shows as %q", shown)
		case how%4 == 3 && plainKeys(typed) && strings.Trim(strings.ReplaceAll(shown, "q: ", ""),
			"*\r\n \x1b[0123456789ABCDK") != "":
			t.Fatalf("a masked answer shows as %q", shown)
		case how%4 < 2 && plainKeys(typed):
			same(t, typed, lines)
		}
	})
}

// completed is more than a completion adds to a line.
const completed = 4096

// same compares what was read with what a session without a terminal reads.
func same(t *testing.T, typed []byte, lines []string) {
	t.Helper()
	if len(typed) >= maxLine { // the editor drops what a line has no room for
		return
	}
	other := newPlain(&keys{typed: bytes.ReplaceAll(typed, []byte("\r"), []byte("\n")), piece: 64})
	for i, line := range lines {
		want, err := other.read()
		if err != nil || want != line {
			t.Fatalf("line %d of %q: %q, and without a terminal %q, %v", i+1, typed, line, want, err)
		}
	}
}

// stopped is a clock that stands still.
type stopped struct{}

func (stopped) Now() time.Time { return time.Date(2014, 2, 26, 18, 24, 27, 0, time.UTC) }
