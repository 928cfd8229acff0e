package cucm

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"itlsim/sip"
)

// An alarm of the catalogue that a node's application log may hold.
type alarm struct {
	app      string // as in %UC_CERT
	severity int
	name     string
	appID    string
	text     string
}

// The alarms. Name, severity and text of the TVS catalogue's first two and of
// CertExpired are CUCM's; of its two about the rollback the text is not, of
// DeviceTLInfo no log entry is published, and of the recovery key's alert
// neither name nor text: these are this project's own.
var (
	itlFileRegenerated        = alarm{"UC_TVS", 6, "ITLFileRegenerated", "Cisco Trust Verification Service", "New ITL File has been generated"}
	tvsCertificateRegenerated = alarm{"UC_TVS", 6, "TVSCertificateRegenerated", "Cisco Trust Verification Service", "TVS Server certificate has been regenerated"}
	rollbackEnabled           = alarm{"UC_TVS", 6, "RollBackToPre8.0Enabled", "Cisco Trust Verification Service", "Prepare Cluster for Rollback to pre 8.0 has been set to True"}
	rollbackDisabled          = alarm{"UC_TVS", 6, "RollBackToPre8.0Disabled", "Cisco Trust Verification Service", "Prepare Cluster for Rollback to pre 8.0 has been set to False"}
	certExpired               = alarm{"UC_CERT", 0, "CertExpired", "Cisco Certificate Monitor", "Certificate has Expired and needs to be changed at the earliest"}
	recoveryBackup            = alarm{"UC_CERT", 4, "ITLRecoveryBackup", "Cisco Certificate Monitor", "The ITLRecovery key has no backup. Please save it with: file get tftp ITLRecovery.p12"}
	rtmtAlert                 = alarm{"UC_RTMT", 4, "RTMT_ALERT", "Cisco AMC Service", "RTMT Alert"}
	mailFailed                = alarm{"UC_CERT", 3, "NotificationFailed", "Cisco Certificate Monitor", "The notification e-mail could not be sent"}
	loginFailed               = alarm{"UC_LOGIN", 4, "AuthenticationFailed", "Cisco CLI", "Login Authentication failed"}
	deviceTLInfo              = alarm{"UC_", 6, "DeviceTLInfo", "Cisco CallManager", "Trust lists of a device"}
)

// An event is an alarm raised on a node.
type event struct {
	alarm
	node   *Node
	at     time.Time
	params params
}

// params are names and values of an event, made when somebody reads them.
type params interface{ list() [][2]string }

type pairs [][2]string

func (p pairs) list() [][2]string { return p }

// event notes an alarm that is raised when the draft comes into force.
func (d *draft) event(n *Node, a alarm, params ...[2]string) *event {
	d.events = append(d.events, event{a, n, d.cluster.Now(), pairs(params)})
	return &d.events[len(d.events)-1]
}

// raise logs an alarm now.
func (c *Cluster) raise(n *Node, a alarm, params ...[2]string) {
	c.log(event{a, n, c.Now(), pairs(params)})
}

// maxEntry is how long an entry may be, in bytes (CiscoLog, without PRI).
const maxEntry = 800

// format writes an entry as CUCM prints it, which is not quite as its own guide
// says: a blank before the colon after the zone, two after it, and milliseconds
// without leading zeros.
func (e *event) format(seq uint32, host, fqdn string) string {
	at := e.at.UTC()
	var b strings.Builder
	fmt.Fprintf(&b, "%d: %s: %s.%d UTC :  %%%s-%d-%s: %%", seq, fqdn, at.Format("Jan _2 2006 15:04:05"), at.Nanosecond()/1e6, e.app, e.severity, e.name)
	for _, p := range e.params.list() {
		fmt.Fprintf(&b, "[%s=%s]", p[0], oneLine(p[1]))
	}
	fmt.Fprintf(&b, "[AppID=%s][ClusterID=StandAloneCluster][NodeID=%s]: %s", e.appID, host, e.text)
	s := b.String()
	if len(s) > maxEntry {
		s = strings.Clone(strings.ToValidUTF8(s[:maxEntry], "")) // not all of what it is cut from
	}
	return s
}

// oneLine keeps what came from elsewhere from forging entries or tags.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '[' || r == ']' {
			return '_'
		}
		return r
	}, s)
}

// keptEntries is how many entries of its log a node keeps at hand.
const keptEntries = 10_000

// syslog is the application logs of a cluster's nodes.
type syslog struct {
	collectors []net.Conn

	mu    sync.Mutex
	nodes map[*Node]*nodeLog
}

type nodeLog struct {
	host, fqdn string

	next    uint32 // sequence number
	entries []entry
	file    *os.File // nil where nothing is kept
}

// An entry is written when somebody reads it, if nobody does when it is made:
// most of a large fleet's are never read.
type entry struct {
	text string // once it is written, and then nothing else

	event
	seq        uint32
	host, fqdn string // of the node at the time
}

func (e *entry) line() string {
	if e.params == nil {
		return e.text
	}
	return e.format(e.seq, e.host, e.fqdn)
}

// add keeps an entry, the last ten thousand or some more.
func (l *nodeLog) add(e entry) {
	if l.entries = append(l.entries, e); len(l.entries) >= 2*keptEntries {
		l.entries = slices.Delete(l.entries, 0, keptEntries)
	}
}

func newSyslog(collectors []string) (*syslog, error) {
	s := &syslog{nodes: make(map[*Node]*nodeLog)}
	for _, addr := range collectors {
		conn, err := net.Dial("udp", addr)
		if err != nil {
			s.close()
			return nil, fmt.Errorf("syslog collector %s: %w", addr, err)
		}
		s.collectors = append(s.collectors, conn)
	}
	return s, nil
}

func (s *syslog) of(n *Node) *nodeLog {
	l := s.nodes[n]
	if l == nil {
		l = &nodeLog{}
		s.nodes[n] = l
	}
	return l
}

// named tells by which names a node's entries go.
func (s *syslog) named(n *Node, host, fqdn string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.of(n)
	l.host, l.fqdn = host, fqdn
}

// A LogEntry is an entry of a node's application log.
type LogEntry struct {
	Host   string // name of the node
	At     time.Time
	Alarm  string      // such as "ITLFileRegenerated"
	Params [][2]string // name and value
	Text   string      // the whole line
}

// log keeps an entry, and shows it to who watches. The caller may hold the
// cluster's lock.
func (c *Cluster) log(e event) {
	host, text := c.keep(e)
	if c.config.Logged != nil {
		c.config.Logged(LogEntry{host, e.at, e.name, e.params.list(), text})
	}
}

// keep keeps an entry and sends it to the collectors, as local7 like CUCM's. The
// text is "" where it waits to be written. What came from elsewhere, and may be of
// any length, does not wait.
func (c *Cluster) keep(e event) (host, text string) {
	s := c.syslog
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.of(e.node)
	kept := entry{event: e, seq: l.next, host: l.host, fqdn: l.fqdn}
	l.next++
	if _, long := e.params.(pairs); long || c.config.Logged != nil || l.file != nil || len(s.collectors) > 0 {
		text = kept.line()
		kept = entry{text: text}
	}
	l.add(kept)
	if l.file != nil {
		_, _ = l.file.WriteString(text + "\n") // a full disk must not stop the cluster
	}
	const local7 = 23
	for _, conn := range s.collectors {
		_, _ = fmt.Fprintf(conn, "<%d>%s", local7*8+e.severity, text) // a collector that is gone loses entries
	}
	return l.host, text
}

// Log is the node's application log, CiscoSyslog: its last ten thousand entries
// or some more, the oldest first.
func (n *Node) Log() []string {
	s := n.cluster.syslog
	s.mu.Lock()
	defer s.mu.Unlock()
	entries := s.of(n).entries
	lines := make([]string, len(entries))
	for i := range entries {
		lines[i] = entries[i].line()
	}
	return lines
}

// open keeps a node's log in a file, and goes on where it ends.
func (s *syslog) open(n *Node, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	l := &nodeLog{host: n.Name(), fqdn: n.FQDN(), file: f}
	var whole int64 // up to where entries are whole: a kill may cut the last
	for r := bufio.NewReader(f); ; {
		line, err := r.ReadBytes('\n')
		if err != nil {
			break
		}
		whole += int64(len(line))
		l.add(entry{text: string(bytes.TrimRight(line, "\n"))})
	}
	if k := len(l.entries); k > 0 {
		seq, _, _ := strings.Cut(l.entries[k-1].text, ":")
		last, _ := strconv.ParseUint(seq, 10, 32)
		l.next = uint32(last) + 1
	}
	if err := f.Truncate(whole); err != nil {
		f.Close()
		return err
	}
	if _, err := f.Seek(whole, 0); err != nil {
		f.Close()
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nodes[n] = l
	return nil
}

func (s *syslog) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.collectors {
		conn.Close()
	}
	for _, l := range s.nodes {
		if l.file != nil {
			l.file.Close()
			l.file = nil
		}
	}
	s.collectors = nil
}

// logReport enters a phone's DeviceTLInfo into the log, with the tags of the
// alarm itself.
func (c *Cluster) logReport(a sip.DeviceTLInfo) {
	c.log(event{deviceTLInfo, c.Publisher(), c.Now(), report(a)})
}

type report sip.DeviceTLInfo

func (r report) list() [][2]string {
	return [][2]string{{"DeviceName", r.Device}, {"CTL_Signature", r.CTL.String()}, {"ITL_Signature", r.ITL.String()}, {"ITL_TFTP_Server", r.ITLServer}}
}

// LoginFailed enters a refused login into the log.
func (n *Node) LoginFailed(user, from string) {
	n.cluster.raise(n, loginFailed, [2]string{"LoginFrom", from}, [2]string{"Interface", "CLI"}, [2]string{"UserID", user})
}
