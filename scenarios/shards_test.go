package scenarios

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/cli"
	"itlsim/lab"
)

// Of shards that fail the first is told, which another may have been faster than; those before
// it are played to their end, those behind it no longer.
func TestTheFirstShardThatFailsIsTold(t *testing.T) {
	const shards = 6
	for workers := 1; workers <= shards; workers++ {
		var ended atomic.Int32
		laterFailed := make(chan struct{})
		act := Act{Text: "fail", Verb: InGo, Func: func(ctx context.Context, p *Player) error {
			switch i := p.First(); {
			case i == 2 && workers > 2: // until the one behind it has failed
				<-laterFailed
				return errors.New("phone 2 fails")
			case i == 3 && workers > 2:
				defer close(laterFailed)
				fallthrough
			case i == 2, i == 3:
				return fmt.Errorf("phone %d fails", i)
			case i > 3: // until it is called off
				<-ctx.Done()
				return ctx.Err()
			}
			ended.Add(1)
			return nil
		}}
		s := load(t, "name: a\nshows: b\nphones: {group: all, count: 6}\nsteps: [{step: one, do: [{wait: 1 s}]}]\n")
		s.Steps[0].Do = []Act{act}
		opt := paced(shards, 0)
		opt.Shards, opt.Lab.Workers = shards, workers
		r, err := Run(t.Context(), s, opt)
		require.EqualError(t, err, "shard 2 of 6: step 1, one: fail: phone 2 fails", "%d workers", workers)
		require.Nil(t, r)
		require.EqualValues(t, 2, ended.Load())
	}
}

// What a command prints is the same in each shard, or it is known to depend on phones.
func TestCommandsThatDependOnPhones(t *testing.T) {
	s := builtinNamed(t, "trust-loss")
	var shards []*Player
	for i := range 2 {
		p := open(t, s, func(o *lab.Options) { o.Mode, o.Phones, o.Shard = lab.Virtual, 3, lab.Shard{Index: i, Of: 2} })
		do(t, p, "phones: power on")
		shards = append(shards, p)
	}
	for line, depends := range map[string]bool{
		"help": false, "show cert list own": false, "show cert list trust": false, "show cert own CallManager": false,
		"show csr own CallManager": false, "show ctl": false, "show itl": false, "show network cluster": false,
		"show tls min-version": false, "show version active": false, "show version inactive": false,
		"utils disaster_recovery history backup": false, "utils fips status": false, "utils service list": false,
		"file list tftp *": false, "file list activelog *": true, "file list activelog syslog/*": true,
		"file view activelog syslog/CiscoSyslog": true, "file tail activelog syslog/CiscoSyslog 5": true,
		"run sql select name from device": true, "run sql select count(*) from device d": true,
		"run sql SELECT name FROM devicepool": true, "run sql select name from callmanagergroup": true,
		"run sql select * from registrationdynamic": true, "run sql select name from callmanager": false,
		"run sql select name from processnode": false, "run sql select servername from certificate": false,
		"run sql select paramvalue from processconfig": false, "run sql select": false,
		"run  sql  select name from device": true, "RUN SQL select name from device": false,
	} {
		var printed []string
		for _, p := range shards {
			text, _ := p.Type(p.Cluster.Publisher(), line) // what is refused is, too
			printed = append(printed, text)
		}
		require.Equal(t, depends, cli.OfPhones(line), line)
		if !depends {
			require.Equal(t, printed[0], printed[1], line)
		}
	}
}
