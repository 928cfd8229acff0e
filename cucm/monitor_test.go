package cucm_test

import (
	"bufio"
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/internal/sftptest"
	"itlsim/sip"
)

// alarms are the entries of the publisher's log that name one.
func (l *lab) alarms(name string) []string {
	var found []string
	for _, entry := range l.pub.Log() {
		if strings.Contains(entry, "-"+name+": ") {
			found = append(found, entry)
		}
	}
	return found
}

func (l *lab) days(n int) {
	for range n {
		l.wait(24 * time.Hour)
		require.NoError(l.t, l.Tick())
	}
}

// M16, M17: the daily alert goes on through a DRS backup, ends with `file get`,
// and is armed again by another security password, or another key.
func TestBackupAlert(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.Security = "before" })
	s := sftptest.Start(t, sftptest.Password, hostKeys(t, 1)[0], "")
	require.NoError(t, l.Tick())
	require.Empty(t, l.alarms("ITLRecoveryBackup"))
	l.days(2)
	require.Len(t, l.alarms("ITLRecoveryBackup"), 2)
	require.Len(t, l.alarms("RTMT_ALERT"), 2)
	l.must(l.pub, "utils disaster_recovery backup tuesday")
	l.wait(3 * 24 * time.Hour) // missed runs are made up for
	require.NoError(t, l.Tick())
	require.Len(t, l.alarms("ITLRecoveryBackup"), 5)

	_, err := l.fetch(l.pub, s, "yes")
	require.NoError(t, err)
	l.days(3)
	require.Len(t, l.alarms("ITLRecoveryBackup"), 5)

	_, err = l.types(l.pub, "set password user security", "wrong", "password", "password")
	require.Error(t, err)
	_, err = l.types(l.pub, "set password user security", "before", "password", "passwort")
	require.Error(t, err)
	l.days(1)
	require.Len(t, l.alarms("ITLRecoveryBackup"), 5)
	l.must(l.pub, "set password user security", "before", "password", "password")
	l.days(1)
	require.Len(t, l.alarms("ITLRecoveryBackup"), 6)
	_, err = l.fetch(l.pub, s)
	require.NoError(t, err)
	l.must(l.pub, "set cert regen ITLRecovery", "yes")
	l.days(1)
	require.Len(t, l.alarms("ITLRecoveryBackup"), 7)
	require.Contains(t, l.must(l.pub, "file view activelog syslog/CiscoSyslog"), "%UC_CERT-4-ITLRecoveryBackup: ")
}

// The five years end: CertExpired is raised each hour, phones and resets go on.
func TestExpiry(t *testing.T) {
	l := newLab(t)
	l.clock.now = l.clock.now.AddDate(5, 0, 0).Add(time.Minute)
	require.NoError(t, l.Tick())
	expired := len(l.alarms("CertExpired"))
	require.Equal(t, len(cucm.Units), expired, "of the runs of a week, the last found them expired")
	l.wait(time.Hour)
	require.NoError(t, l.Tick())
	require.Len(t, l.alarms("CertExpired"), 2*expired)
	require.Contains(t, l.must(l.pub, "show cert own ITLRecovery"), "has expired")
	l.must(l.pub, "utils itl reset localkey", password)
	require.NoError(t, l.pub.ITL().VerifySelf(), "a phone looks at no date")
}

// The log's form is CUCM's, and a collector gets each entry by syslog, as
// local7.
func TestSyslog(t *testing.T) {
	collector, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	defer collector.Close()
	l := newLab(t, func(c *cucm.Config) { c.Syslog = []string{collector.LocalAddr().String()} })
	defer l.Close()
	l.must(l.pub, "set cert regen TVS", "yes")
	sum := sip.Checksum(l.pub.ITL().SHA1())
	l.Alarm(sip.DeviceTLInfo{Device: phoneName, ITL: &sum, ITLServer: "test10pub.joemar2.lab"})
	l.pub.LoginFailed("eve\n99: forged", "127.0.0.9:1")

	form := regexp.MustCompile(`^\d+: test10(pub|sub)\.joemar2\.lab: Feb 26 2014 18:24:27\.\d{1,3} UTC :  %UC_[A-Z]*-[0-7]-\w+: %(\[\w+=[^\]]*\])*\[AppID=[^]]+\]\[ClusterID=StandAloneCluster\]\[NodeID=test10(pub|sub)\]: .+$`)
	buf := make([]byte, 2048)
	var got []string
	require.NoError(t, collector.SetReadDeadline(time.Now().Add(time.Minute)))
	for range 5 {
		n, _, err := collector.ReadFrom(buf)
		require.NoError(t, err)
		pri, entry, _ := strings.Cut(string(buf[:n]), ">")
		require.Regexp(t, `^<18\d|^<19[01]`, pri)
		require.Regexp(t, form, entry)
		got = append(got, entry)
	}
	require.Contains(t, got[0], "%UC_TVS-6-TVSCertificateRegenerated: ")
	require.Contains(t, got[1], "%UC_TVS-6-ITLFileRegenerated: ")
	require.Contains(t, got[3], "%UC_-6-DeviceTLInfo: %[DeviceName="+phoneName+"]")
	require.Contains(t, got[3], sum.String())
	require.Contains(t, got[4], "[UserID=eve_99: forged]")
	require.True(t, strings.HasPrefix(got[1], "1: "), "numbered from 0, without gaps: %s", got[1])
}

// M16: an e-mail, where Certificate Monitor notification is on.
func TestNotificationByMail(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	mails := make(chan string, 8)
	go receiveMail(listener, mails)

	l := newLab(t)
	_, err = l.types(l.pub, "set cert monitor on")
	require.ErrorContains(t, err, "address")
	_, err = l.types(l.pub, "set cert monitor on no-address")
	require.Error(t, err)
	l.must(l.pub, "set smtp "+listener.Addr().String())
	l.days(1)
	require.Empty(t, mails, "notification is off")
	l.must(l.pub, "set cert monitor on root@example.org ops@example.org")
	l.days(1)
	mail := <-mails
	require.Contains(t, mail, "RCPT TO:<root@example.org>")
	require.Contains(t, mail, "RCPT TO:<ops@example.org>")
	require.Contains(t, mail, "file get tftp ITLRecovery.p12")
	l.must(l.pub, "set cert monitor off")
	l.days(1)
	require.Empty(t, mails)

	// A server that is gone is no more than an entry in the log.
	l.must(l.pub, "set cert monitor on")
	listener.Close()
	l.days(1)
	require.Len(t, l.alarms("NotificationFailed"), 1)
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
