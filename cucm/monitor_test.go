package cucm_test

import (
	"net"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/internal/cucmtest"
	"itlsim/internal/sftptest"
	"itlsim/sip"
)

// M16, M17: the daily alert goes on through a DRS backup, ends with `file get`,
// and is armed again by another security password, or another key.
func TestBackupAlert(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.Security = "before" })
	s := sftptest.Start(t, sftptest.Password, cucmtest.HostKeys(t, 1)[0], "")
	require.NoError(t, l.Tick())
	require.Empty(t, l.Alarms("ITLRecoveryBackup"))
	l.Days(2)
	require.Len(t, l.Alarms("ITLRecoveryBackup"), 2)
	require.Len(t, l.Alarms("RTMT_ALERT"), 2)
	l.Must(l.Pub, "utils disaster_recovery backup tuesday")
	l.Wait(3 * 24 * time.Hour) // missed runs are made up for
	require.NoError(t, l.Tick())
	require.Len(t, l.Alarms("ITLRecoveryBackup"), 5)

	_, err := l.Fetch(l.Pub, s, "yes")
	require.NoError(t, err)
	l.Days(3)
	require.Len(t, l.Alarms("ITLRecoveryBackup"), 5)

	_, err = l.Types(l.Pub, "set password user security", "wrong", "password", "password")
	require.Error(t, err)
	_, err = l.Types(l.Pub, "set password user security", "before", "password", "passwort")
	require.Error(t, err)
	l.Days(1)
	require.Len(t, l.Alarms("ITLRecoveryBackup"), 5)
	l.Must(l.Pub, "set password user security", "before", "password", "password")
	l.Days(1)
	require.Len(t, l.Alarms("ITLRecoveryBackup"), 6)
	_, err = l.Fetch(l.Pub, s)
	require.NoError(t, err)
	l.Must(l.Pub, "set cert regen ITLRecovery", "yes")
	l.Days(1)
	require.Len(t, l.Alarms("ITLRecoveryBackup"), 7)
	require.Contains(t, l.Must(l.Pub, "file view activelog syslog/CiscoSyslog"), "%UC_CERT-4-ITLRecoveryBackup: ")
}

// The five years end: CertExpired is raised each hour, phones and resets go on.
func TestExpiry(t *testing.T) {
	l := newLab(t)
	l.Clock.Set(l.Clock.Now().AddDate(5, 0, 0).Add(time.Minute))
	require.NoError(t, l.Tick())
	expired := len(l.Alarms("CertExpired"))
	require.Equal(t, len(cucm.Units), expired, "of the runs of a week, the last found them expired")
	l.Wait(time.Hour)
	require.NoError(t, l.Tick())
	require.Len(t, l.Alarms("CertExpired"), 2*expired)
	require.Contains(t, l.Must(l.Pub, "show cert own ITLRecovery"), "has expired")
	l.Must(l.Pub, "utils itl reset localkey", password)
	require.NoError(t, l.Pub.ITL().VerifySelf(), "a phone looks at no date")
}

// The log's form is CUCM's, and a collector gets each entry by syslog, as
// local7.
func TestSyslog(t *testing.T) {
	collector, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	defer collector.Close()
	l := newLab(t, func(c *cucm.Config) { c.Syslog = []string{collector.LocalAddr().String()} })
	defer l.Close()
	l.Must(l.Pub, "set cert regen TVS", "yes")
	sum := sip.Checksum(l.Pub.ITL().SHA1())
	l.Alarm(sip.DeviceTLInfo{
		Device: phoneName, IPv4: netip.MustParseAddr("127.4.1.6"), ITL: &sum, ITLServer: "test10pub.joemar2.lab",
		Code: sip.TLFailed,
	})
	l.Pub.LoginFailed("eve\n99: forged", "127.0.0.9:1")

	form := regexp.MustCompile(`^\d+: test10(pub|sub)\.joemar2\.lab: Feb 26 2014 18:24:27\.\d{1,3} UTC :  ` +
		`%UC_[A-Z]*-[0-7]-\w+: %(\[\w+=[^\]]*\])*` +
		`\[AppID=[^]]+\]\[ClusterID=StandAloneCluster\]\[NodeID=test10(pub|sub)\]: .+$`)
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
	require.Contains(t, got[3], "%UC_PHONE-6-DeviceTLInfo: %[DeviceName="+phoneName+"]"+
		"[IPv4Address=127.4.1.6][IPv6Address=]"+
		"[CTL_Signature=Not Installed][CTL_TFTP_Server=N/A][ITL_Signature="+sum.String()+
		"][ITL_TFTP_Server=test10pub.joemar2.lab][StatusCode=9][AppID=Cisco CallManager]")
	require.Contains(t, got[4], "[UserID=eve_99: forged]")
	require.True(t, strings.HasPrefix(got[1], "1: "), "each process numbers from 0, without gaps: %s", got[1])
	require.True(t, strings.HasPrefix(got[3], "0: "), got[3])
	kept := l.Pub.Log()[0]
	require.True(t, strings.HasSuffix(kept, " test10pub local7 6 : "+got[0]), "the file has more: %s", kept)
}
