package wire_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/internal/cucmtest"
)

// M16: an e-mail, where Certificate Monitor notification is on.
func TestNotificationByMail(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	mails := make(chan string, 8)
	go receiveMail(listener, mails)

	l := cucmtest.New(t)
	_, err = l.Types(l.Pub, "set cert monitor on")
	require.ErrorContains(t, err, "address")
	_, err = l.Types(l.Pub, "set cert monitor on no-address")
	require.Error(t, err)
	l.Must(l.Pub, "set smtp "+listener.Addr().String())
	l.Days(1)
	require.Empty(t, mails, "notification is off")
	l.Must(l.Pub, "set cert monitor on root@example.org ops@example.org")
	l.Days(1)
	mail := <-mails
	require.Contains(t, mail, "RCPT TO:<root@example.org>")
	require.Contains(t, mail, "RCPT TO:<ops@example.org>")
	require.Contains(t, mail, "file get tftp ITLRecovery.p12")
	l.Must(l.Pub, "set cert monitor off")
	l.Days(1)
	require.Empty(t, mails)

	// A server that is gone is no more than an entry in the log.
	l.Must(l.Pub, "set cert monitor on")
	listener.Close()
	l.Days(1)
	require.Len(t, l.Alarms("NotificationFailed"), 1)
	require.Contains(t, l.Alarms("NotificationFailed")[0],
		"the mail server "+listener.Addr().String()+" took no e-mail: connection refused")
}

// receiveMail is a mail server: it takes what it is sent, command lines and
// all.
func receiveMail(listener net.Listener, mails chan<- string) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		var all strings.Builder
		fmt.Fprint(conn, "220 receiver\r\n")
		inData := false
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			line := lines.Text()
			all.WriteString(line + "\n")
			switch {
			case inData && line == ".":
				inData = false
				fmt.Fprint(conn, "250 taken\r\n")
			case inData:
			case line == "DATA":
				inData = true
				fmt.Fprint(conn, "354 go on\r\n")
			case line == "QUIT":
				fmt.Fprint(conn, "221 bye\r\n")
				mails <- all.String()
			default:
				fmt.Fprint(conn, "250 ok\r\n")
			}
		}
		conn.Close()
	}
}
