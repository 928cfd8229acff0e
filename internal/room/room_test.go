package room

import (
	"errors"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// What a command needs and has not is said in numbers.
func TestEnough(t *testing.T) {
	all := Room{unlimited, unlimited, unlimited}
	require.NoError(t, all.Enough(Runs, 1<<40))
	for _, c := range []struct {
		room   Room
		of     string
		errno  syscall.Errno
		memory uint64
	}{
		{Room{32 << 20, unlimited, unlimited}, "MiB of address space, and the process may have 32$", syscall.ENOMEM, 0},
		{Room{unlimited, 600 << 20, unlimited}, "need 1064 MiB of memory, and the process may have 600$", syscall.ENOMEM,
			1 << 30},
		{Room{unlimited, unlimited, 3}, "need [0-9]+ threads, and the process may have 3$", syscall.EAGAIN, 0},
	} {
		err := c.room.Enough(Reads, c.memory)
		require.ErrorIs(t, err, c.errno)
		require.Regexp(t, c.of, err.Error())
		short, _ := errors.AsType[*Short](err)
		require.False(t, short.Narrow())
	}
	enough := Room{Runs.space() + 1<<30, 2 << 30, Runs.threads()}
	require.NoError(t, enough.Enough(Runs, 1<<30))
	require.Error(t, enough.Enough(Runs, 1<<30+1))
}

// Control groups of both versions limit, and so do those above.
func TestControlGroups(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  groups
	}{
		{"none", nil, groups{unlimited, unlimited}},
		{"version 2", map[string]string{
			"proc/self/cgroup": "0::/user/one\n", "sys/fs/cgroup/user/one/memory.max": "max\n",
			"sys/fs/cgroup/user/memory.max": "1000000\n", "sys/fs/cgroup/user/one/memory.limit_in_bytes": "",
			"sys/fs/cgroup/user/one/pids.max": "50\n", "sys/fs/cgroup/user/one/pids.current": "20\n",
		}, groups{1_000_000, 30}},
		{"version 1, seen from a container", map[string]string{
			"proc/self/cgroup":                           "8:pids:/docker/abc\n4:memory:/docker/abc\nnonsense\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "2000000\n", "sys/fs/cgroup/pids/pids.max": "10\n",
			"sys/fs/cgroup/pids/pids.current": "12\n",
		}, groups{2_000_000, 0}},
		{"version 1 without a limit", map[string]string{
			"proc/self/cgroup": "4:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
		}, groups{unlimited, unlimited}},
	} {
		files := fstest.MapFS{}
		for name, data := range c.files {
			files[name] = &fstest.MapFile{Data: []byte(data)}
		}
		require.Equal(t, c.want, groupsOf(files), c.name)
	}
}

// A program of 32 bits has 4 GiB, whatever its limits: GOARCH=386 go test ./internal/room.
func TestThirtyTwoBits(t *testing.T) {
	if addressable == unlimited {
		t.Skip("this is a program of 64 bits")
	}
	require.NoError(t, Enough(Runs, 3<<30))
	err := Enough(Runs, 4<<30)
	require.ErrorContains(t, err, "this may need 4160 MiB of address space, and the process may have 4095")
	short, _ := errors.AsType[*Short](err)
	require.True(t, short.Narrow())
}

// Nothing is short on a machine that runs tests.
func TestLeft(t *testing.T) { require.NoError(t, Enough(Runs, 1<<20)) }
