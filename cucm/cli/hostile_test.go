package cli_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/pkg/sftp"
	"github.com/stretchr/testify/require"

	"itlsim/cucm/cli"
	"itlsim/internal/cucmtest"
	"itlsim/internal/sftptest"
)

// endlessly lists files without end.
type endlessly struct{}

func (e endlessly) Filelist(*sftp.Request) (sftp.ListerAt, error) { return e, nil }

func (endlessly) ListAt(to []os.FileInfo, _ int64) (int, error) {
	info, err := os.Stat("/")
	for i := range to {
		to[i] = info
	}
	return len(to), err
}

// A server that never stops is left after so many bytes, in memory that is bounded; a file
// without end, too.
func TestServersWithoutEnd(t *testing.T) {
	l := newLab(t)
	key := cucmtest.HostKeys(t, 1)[0]
	lister := sftptest.StartAs(t, sftptest.Password, key, "", func(channel io.ReadWriteCloser) {
		server := sftp.NewRequestServer(channel, sftp.Handlers{FileList: endlessly{}})
		_ = server.Serve()
	})
	filer := sftptest.Start(t, sftptest.Password, key, "")
	endless := filepath.Join(filer.Dir, "test10pub_TFTP.p12")
	require.NoError(t, os.Symlink("/dev/zero", endless))
	for _, c := range []struct {
		server *sftptest.Server
		says   string
	}{
		{lister, fmt.Sprintf("The directory %s on %s cannot be read: the server says more than 8388608 bytes", lister.Dir,
			lister.Address())},
		{filer, fmt.Sprintf("The file %s on %s is larger than 65536 bytes", endless, filer.Address())},
	} {
		l.Must(l.Pub, "set cert bulk server "+c.server.Address()+" "+c.server.User+" "+c.server.Dir, c.server.Password)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := l.Types(l.Pub, "set cert bulk consolidate TFTP")
		runtime.ReadMemStats(&after)
		require.ErrorIs(t, err, cli.ErrSFTPTransfer)
		require.ErrorContains(t, err, c.says)
		// the server's part of it, too
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(256<<20))
	}
}
