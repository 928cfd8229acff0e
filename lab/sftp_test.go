package lab

import (
	"crypto/rand"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// On a machine so busy that somebody's patience with a lab's SFTP server has run out,
// the server answers all the same.
func TestSFTPServersAreWaitedFor(t *testing.T) {
	servers, err := listenSFTP([]SFTPServer{{Name: "backup.lab", Password: "secret"}}, rand.Reader)
	require.NoError(t, err)
	defer func() { require.NoError(t, servers.Close()) }()
	conn, err := servers.Dial("tcp", "backup.lab:22")
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Unix(1, 0)))
	greeting := make([]byte, 4)
	_, err = io.ReadFull(conn, greeting)
	require.NoError(t, err)
	require.Equal(t, "SSH-", string(greeting))
}
