package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wrongValues are command lines with one value that is wrong in a way that the parser does not
// see, by command. TAKEN is an address where another program listens, and the folder here/ is
// there: what opens one or makes a file in the other before it looks at its flags is found out.
var wrongValues = map[string][]string{
	"run bulk-reset --mode virtual --shards 1 --json here/r.json --metrics TAKEN --page TAKEN": {
		"--phones 1", "--boots 0", "--workers -1", "--ris-rate 5", "--pace 1ns", "--shards 0", "--shard 7 --part here/part",
		"--junit nowhere/r.xml", "--csv nowhere/r.csv", "--html nowhere/r.html", "--html here/r.json",
		"--json - --html -", "--explain SEP000000000000", "--explain SEP001BD40007D0", "--farm nats://127.0.0.1", "--fresh",
		"--farm-listen nowhere", "--farm-store here", "--farm-creds here", "--page-token short", "--part here/part",
	},
	"run bulk-reset --json here/r.json": {
		"--metrics here", "--page here", "--page 192.0.2.1:80", "--workers-wanted 2", "--address 127.0.0.9",
		"--farm-listen TAKEN --workers-wanted 0", "--farm-listen TAKEN --address phone", "--farm-listen TAKEN --fresh",
		"--farm-listen TAKEN --address 192.0.2.1",
	},
	"run bulk-reset --mode virtual --shards 2 --json here/r.json": {
		"--farm http://127.0.0.1", "--farm-listen nowhere", "--farm-listen TAKEN --farm-store here/file",
		"--farm nats://127.0.0.1 --farm-creds nowhere/creds",
	},
	"merge here/file": {
		"--json - --csv -", "--html nowhere/r.html", "--junit nowhere/r.xml", "--csv nowhere/r.csv", "--json here/file",
		"--explain SEP000000000000",
	},
	"fuzz":             {"--runs 0", "--workers -1", "--keep 1", "--keep nothing --runs 1"},
	"import here/file": {"--output here/plan.txt", "--output nowhere/plan.yaml"},
	"serve --ready-file here/ready.json --state here/state": {
		"--phones 3", "--mode virtual", "--seed 2", "--address everywhere", "--key-bits 3", "--state-generation -1",
		"--port-offset -1", "--ris-rate -1", "--syslog collector", "--syslog collector:0", "--api nowhere",
		"--ready-file nowhere/ready.json", "--state here/file --api TAKEN",
	},
	"serve bulk-reset --ready-file here/ready.json --api TAKEN": {
		"--phones 1", "--state here/state", "--state-generation 2", "--release 15", "--key-bits 4096", "--digest SHA-512",
		"--no-auto-registration", "--address 127.0.0.9", "--syslog 127.0.0.1:514", "--mode virtual --ris-rate 3",
	},
	"phones --tftp 127.0.0.2 --metrics TAKEN --json here/phones.json": {
		"--tftp 127.0.0.2:http:80", "--tftp 1,2,3,4,5", "--phones 0", "--name me", "--model=,", "--boots 0",
		"--sip-port 70000", "--web-port -1", "--from 10.0.0.1", "--address phone", "--quiet-for=-5s",
		"--json nowhere/phones.json", "--farm http://127.0.0.1", "--farm-listen nowhere", "--farm-store here",
		"--farm-creds here", "--farm-listen TAKEN --address 127.0.0.9",
		"--farm-listen TAKEN --metrics= --workers-wanted 0",
	},
	"phones --json here/phones.json": {"--tftp=", "--tftp 127.0.0.2 --metrics here"},
	"worker --farm nats://TAKEN": {
		"--target here", "--phones-max 0", "--address phone", "--shards-at-a-time 0", "--farm http://127.0.0.1",
		"--farm-creds nowhere/creds", "--address 192.0.2.1",
	},
	"demo --no-open --ready-file here/ready.json": {
		"--phones 1", "--boots 0", "--tour nothing", "--listen 192.0.2.1:80", "--token short", "--port-offset -1",
		"--ris-rate -1", "--api nowhere", "--ready-file nowhere/ready.json",
	},
	"trust": {"--stored nowhere/a.tlv --served here/file", "--stored here/file --served nowhere/b.tlv"},
}

// anyValue are the flags that take whatever they are given, and those whose value is a switch or
// an enumeration, at which the parser looks.
var anyValue = []string{"--seed", "--admin-password", "--security-password", "--number"}

// Whatever is wrong with a flag is found before anything is opened, made or begun.
func TestFlagsAreCheckedBeforeAnythingStarts(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	go func() {
		for c, err := taken.Accept(); err == nil; c, err = taken.Accept() {
			t.Error("it was connected to before flags were checked")
			c.Close()
		}
	}()
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("here", 0o777))
	require.NoError(t, os.WriteFile("here/file", []byte("neither a part nor a list"), 0o666))
	long := time.Unix(1e9, 0)
	tried := make(map[string]bool)
	for line, wrong := range wrongValues {
		command, _, _ := strings.Cut(line, " ")
		for _, w := range wrong {
			for _, word := range strings.Fields(w) {
				flag, _, _ := strings.Cut(word, "=")
				tried[command+" "+flag] = true
			}
			given := strings.Fields(strings.ReplaceAll(line+" "+w, "TAKEN", taken.Addr().String()))
			require.NoError(t, os.Chtimes("here", long, long))
			var out, told bytes.Buffer
			assert.Equal(t, exitUsage, run(given, streams{&out, &told}), "%s\n%s", given, told.String())
			require.Empty(t, out.String(), given)
			info, err := os.Stat("here")
			require.NoError(t, err)
			require.Equal(t, long, info.ModTime(), "%s made a file", given)
			left, err := filepath.Glob("*")
			require.NoError(t, err)
			require.Equal(t, []string{"here"}, left, given)
		}
	}
	eachFlag(func(command *kong.Node, f *kong.Flag) {
		name := "--" + f.Name
		if f.Tag.Negatable != "" {
			name = "--no-" + f.Name
		}
		if f.IsBool() && f.Tag.Negatable == "" || f.Enum != "" || slices.Contains(anyValue, name) ||
			f.Hidden || command.Name == "worker" && name == "--name" || command.Name == "health" { // which asks by it
			return
		}
		assert.True(t, tried[command.Name+" "+name], "%s %s is not tried", command.Name, name)
	})
}
