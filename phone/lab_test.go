package phone_test

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"weak"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/internal/itltest"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/sip"
	"itlsim/tvs"
)

const device = "SEP0011AABBCCDD"

// A lab is one phone with the servers around it, without sockets: it answers
// what the phone asks from a map of files and a table of TVS servers. Scripts
// drive it (see run); what happens is written down.
type lab struct {
	t      testing.TB
	random io.Reader

	certs   map[string]itl.Signer
	files   map[string][]byte            // made by list, ctl, config ...; by their names in the script
	served  map[string]map[string]string // server, file name: name in the script
	silent  map[string]bool              // TFTP servers
	noHTTP  map[string]bool              // servers whose HTTP does not answer
	deaf    map[string]bool              // call managers that do not answer
	shows   string                       // certificate of the directory
	tvs     map[string]*tvsServer
	library *phone.Library

	phone    *phone.Phone
	now      time.Time
	until    string       // stop before the phone gets a file whose name begins so
	pending  phone.Action // what it then waits for
	log      strings.Builder
	last     phone.Verdict
	verdicts []phone.Verdict // all, in order
	screens  []phone.Display
	alarms   []sip.DeviceTLInfo
	configs  []weak.Pointer[byte] // the first of each signed configuration that was handed out
}

// keys are for the certificates of each lab, in the order of their mention.
var keys = sync.OnceValue(func() []*rsa.PrivateKey {
	pool := testkeys.NewPool(1)
	keys := make([]*rsa.PrivateKey, 16)
	for i := range keys {
		var err error
		if keys[i], err = pool.Key(1024); err != nil {
			panic(err)
		}
	}
	return keys
})

type tvsServer struct {
	shows    string // its certificate
	silent   bool
	vouches  map[string][]itl.Role
	instead  string // the certificate that it answers with in place of the right one
	ttl      time.Duration
	lastSeen tvs.Request
}

func newLab(t testing.TB) *lab {
	l := &lab{
		t: t, random: rand.NewChaCha8([32]byte{1}), now: time.Unix(1393439067, 0).UTC(),
		certs: map[string]itl.Signer{}, files: map[string][]byte{}, served: map[string]map[string]string{},
		silent: map[string]bool{}, noHTTP: map[string]bool{}, deaf: map[string]bool{}, tvs: map[string]*tvsServer{},
		library: &phone.Library{},
	}
	l.run("phone 8861")
	return l
}

// bootedLab has a phone that holds list one and config c1 and trusts both.
func bootedLab(t testing.TB) *lab {
	l := newLab(t)
	l.run(`
		list one CallManager SAST=CallManager TFTP=CallManager TVS=TVS SAST=ITLRecovery
		config c1 CallManager tvs=tvs1:2445,tvs2:2445
		serve ITL one
		serve config c1
		tvs tvs1 shows TVS
		tvs tvs2 shows TVS
		boot`)
	require.Equal(t, phone.Trusted, l.phone.State())
	return l
}

// cert makes a certificate at its first mention; "CallManager-2" is what
// CallManager is regenerated to.
func (l *lab) cert(name string) itl.Signer {
	if _, ok := l.certs[name]; !ok {
		l.certify(name, l.random)
	}
	return l.certs[name]
}

func (l *lab) certify(name string, random io.Reader) {
	var err error
	key := keys()[len(l.certs)]
	unit, _, _ := strings.Cut(name, "-")
	subject := pkix.Name{CommonName: name, Organization: []string{"cisco"}}
	l.certs[name], err = cucm.NewCertificate(cucm.Unit(unit), subject, key, l.now, random)
	require.NoError(l.t, err)
}

// twin makes a certificate with the serial number of another, by another issuer.
func (l *lab) twin(name, of string) {
	serial := l.cert(of).Certificate.SerialNumber.Bytes()
	l.certify(name, bytes.NewReader(serial))
	require.Equal(l.t, serial, l.certs[name].Certificate.SerialNumber.Bytes())
}

// roles as scripts spell them.
var roles = map[string]itl.Role{
	"SAST": itl.SAST, "TFTP": itl.TFTP, "CCM+TFTP": itl.CCMTFTP, "CAPF": itl.CAPF, "TVS": itl.TVS,
	"CCM": itl.CCM, "APP-SERVER": itl.AppServer,
}

func (l *lab) list(filename, signer string, digest itl.Digest, records ...string) *itl.List {
	template := itl.Template{Filename: filename, Timestamp: l.now, Digest: digest}
	for _, r := range records {
		role, name, _ := strings.Cut(r, "=")
		if name == "" { // of a server without a certificate
			template.Records = append(template.Records, itl.Record{DNSName: "10.1.1.1", Role: roles[role]})
			continue
		}
		record := itl.FullRecord
		if role == "TVS" || role == "CAPF" {
			record = itl.HashRecord
		}
		template.Records = append(template.Records, record(roles[role], l.cert(name).Certificate))
	}
	list, err := template.Sign(l.cert(signer))
	require.NoError(l.t, err)
	return list
}

// config is a plain configuration; options are tvs=a,b cm=a,b settings=off web=on.
func (l *lab) config(name string, options ...string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "<device>\n<versionStamp>%s</versionStamp>\n<TVS><members>\n", name)
	settings, web, cms := 1, 1, "cm1"
	for _, o := range options {
		key, value, _ := strings.Cut(o, "=")
		switch o {
		case "settings=off":
			settings = 0
		case "web=on":
			web = 0
		}
		if key == "cm" {
			cms = value
		}
		if key != "tvs" || value == "" {
			continue
		}
		for i, server := range strings.Split(value, ",") {
			host, port, _ := strings.Cut(server, ":")
			fmt.Fprintf(&b, "<member priority=\"%d\"><port>%s</port><address>%s</address></member>\n", i, port, host)
		}
	}
	b.WriteString("</members></TVS>\n<vendorConfig>")
	fmt.Fprintf(&b, "<settingsAccess>%d</settingsAccess><webAccess>%d</webAccess></vendorConfig>\n", settings, web)
	b.WriteString("<devicePool><callManagerGroup><members>")
	for i, cm := range strings.Split(cms, ",") {
		fmt.Fprintf(&b, "<member priority=\"%d\">", i)
		fmt.Fprintf(&b, "<callManager><processNodeName>%s</processNodeName></callManager></member>", cm)
	}
	b.WriteString("</members></callManagerGroup></devicePool>\n</device>\n")
	return []byte(b.String())
}

// run carries a script out and returns what happened, one line each.
//
//	phone MODEL [SERVER...]               a new phone, off; server tftp1 unless told otherwise; MODEL+HTTP
//	                                      asks by HTTP first, others by TFTP only
//	list|ctl NAME SIGNER ROLE=CERT...     make a trust list (list512: signed over SHA-512)
//	resign NAME LIST SIGNER               the list's contents under another signature
//	config NAME SIGNER [OPTION...]        make a signed configuration; also NAME.plain
//	forge|cut NAME FILE                   the file with a wrong signature; with its end missing
//	junk NAME SIGNER                      a signed file that is no configuration
//	stub NAME SIGNER                      a signed configuration that says that it is encrypted; also NAME.plain
//	encrypted NAME SIGNER                 the encrypted one
//	empty NAME                            a file of 0 bytes
//	twin CERT OTHER                       a certificate with the serial number of another, by another issuer
//	serve CTL|ITL|ITLFile|config|default|encrypted FILE [SERVER]   "-" : not found any more
//	tftp SERVER silent|answers
//	http SERVER silent|answers
//	cm SERVER silent|answers
//	directory CERT                        the certificate that the directory shows
//	tvs SERVER shows CERT [CERT:ROLE,ROLE...] [ttl=1h] [instead=CERT] | tvs SERVER silent
//	boot, reset, power off, erase, factory reset, servers SERVER...
//	restarted [reset]                     its call manager has it restarted, or reset
//	newer [STAMP]                         its call manager tells the configuration's stamp
//	menu reset, alternate SERVER..., keep alive, open directory
//	boot until PREFIX                     stop before that file (or "TVS") is answered
//	late                                  the answer that was held back
//	wait DURATION
//	holds, status                         what the phone holds, and shows
func (l *lab) run(script string) string {
	start := l.log.Len()
	for _, line := range strings.Split(script, "\n") {
		if words := strings.Fields(line); len(words) > 0 {
			l.command(words)
		}
	}
	return l.log.String()[start:]
}

func (l *lab) command(w []string) {
	arg := func(i int) string {
		if i < len(w) {
			return w[i]
		}
		return ""
	}
	from := func(i int) []string { return w[min(i, len(w)):] }
	switch w[0] {
	case "phone":
		model, http := strings.CutSuffix(w[1], "+HTTP")
		known, unknown := phone.ProfileOf(model)
		require.Empty(l.t, unknown)
		own := *known
		own.HTTP = http
		profile := &own
		servers := from(2)
		if len(servers) == 0 {
			servers = []string{"tftp1"}
		}
		l.phone = phone.New(phone.Setup{
			Name: device, IP: netip.MustParseAddr("10.1.1.7"), Profile: profile, Library: l.library,
			Servers: slices.DeleteFunc(servers, func(s string) bool { return s == "-" }),
		})
	case "list":
		l.files[w[1]] = l.list(itl.ITLFilename, w[2], itl.SHA1, w[3:]...).Bytes()
	case "list512":
		l.files[w[1]] = l.list(itl.ITLFilename, w[2], itl.SHA512, w[3:]...).Bytes()
	case "ctl":
		l.files[w[1]] = l.list(itl.CTLFilename, w[2], itl.SHA1, w[3:]...).Bytes()
	case "resign":
		old, err := itl.ParseList(l.files[w[2]])
		require.NoError(l.t, err)
		list, err := old.Resign(l.cert(w[3]), l.now)
		require.NoError(l.t, err)
		l.files[w[1]] = list.Bytes()
	case "config", "junk":
		payload := l.config(w[1], from(3)...)
		if w[0] == "junk" {
			payload = []byte("no XML")
		}
		data, err := itl.SignFile(device+".cnf.xml.sgn", payload, itl.SHA1, l.now, l.cert(w[2]))
		require.NoError(l.t, err)
		l.files[w[1]], l.files[w[1]+".plain"] = data, payload
	case "stub":
		payload := itltest.Stub("0f343b0931126a20f133d67c2b018a3b")
		data, err := itl.SignFile(device+".cnf.xml.sgn", payload, itl.SHA1, l.now, l.cert(w[2]))
		require.NoError(l.t, err)
		l.files[w[1]], l.files[w[1]+".plain"] = data, payload
	case "encrypted":
		device := &l.cert("LSC").Key.(*rsa.PrivateKey).PublicKey
		data, err := itltest.Encrypted("SEP0011AABBCCDD.cnf.xml.enc.sgn", l.config(w[1]), l.now, l.cert(w[2]), device)
		require.NoError(l.t, err)
		l.files[w[1]] = data
	case "empty":
		l.files[w[1]] = []byte{}
	case "twin":
		l.twin(w[1], w[2])
	case "forge":
		forged := slices.Clone(l.files[w[2]])
		at := bytes.Index(forged, signatureOf(l.t, forged))
		forged[at] ^= 1
		l.files[w[1]] = forged
	case "cut":
		l.files[w[1]] = l.files[w[2]][:len(l.files[w[2]])-9]
	case "serve":
		server := "tftp1"
		if len(w) > 3 {
			server = w[3]
		}
		names := map[string]string{
			"CTL": "CTL" + device + ".tlv", "ITL": "ITL" + device + ".tlv", "ITLFile": itl.ITLFilename,
			"config": device + ".cnf.xml", "default": "XMLDefault.cnf.xml", "encrypted": device + ".cnf.xml.enc",
		}
		require.Contains(l.t, names, w[1])
		if l.served[server] == nil {
			l.served[server] = map[string]string{}
		}
		l.served[server][names[w[1]]] = w[2]
	case "tftp":
		l.silent[w[1]] = w[2] == "silent"
	case "http":
		l.noHTTP[w[1]] = w[2] == "silent"
	case "cm":
		l.deaf[w[1]] = w[2] == "silent"
	case "directory":
		l.shows = w[1]
	case "menu":
		l.event(phone.FactoryReset{Menu: true})
	case "alternate":
		l.event(phone.AlternateTFTP{Servers: w[1:]})
	case "keep":
		l.event(phone.KeepAlive{})
	case "open":
		l.event(phone.OpenDirectory{})
	case "tvs":
		s := &tvsServer{ttl: 24 * time.Hour, vouches: map[string][]itl.Role{}, silent: w[2] == "silent", shows: arg(3)}
		for _, o := range from(4) {
			if ttl, ok := strings.CutPrefix(o, "ttl="); ok {
				var err error
				s.ttl, err = time.ParseDuration(ttl)
				require.NoError(l.t, err)
			} else if name, ok := strings.CutPrefix(o, "instead="); ok {
				s.instead = name
			} else {
				name, granted, _ := strings.Cut(o, ":")
				s.vouches[name] = []itl.Role{}
				for _, r := range strings.Split(granted, ",") {
					s.vouches[name] = append(s.vouches[name], roles[r])
				}
			}
		}
		l.tvs[w[1]+":2445"] = s
	case "boot":
		l.until = arg(2)
		if l.phone.On() {
			l.event(phone.Reset{})
		} else {
			l.event(phone.PowerOn{})
		}
	case "reset":
		l.event(phone.Reset{})
	case "restarted":
		l.event(phone.Reset{Restart: len(w) == 1, Asked: true})
	case "newer":
		l.event(phone.CheckVersion{Stamp: arg(1)})
	case "power":
		l.event(phone.PowerOff{})
	case "erase":
		l.event(phone.EraseLists{})
	case "factory":
		l.event(phone.FactoryReset{})
	case "servers":
		l.event(phone.UseServers{Servers: w[1:]})
	case "late":
		l.until = ""
		l.event(l.answer(l.pending))
	case "wait":
		d, err := time.ParseDuration(w[1])
		require.NoError(l.t, err)
		l.now = l.now.Add(d)
	case "holds":
		ctl, list := l.held(phone.ByCTL), l.held(phone.ByITL)
		l.logf("state %v, CTL %s, ITL %s, config %s", l.phone.State(), ctl, list, l.inForce())
	case "status":
		for _, s := range l.phone.Status() {
			l.logf("%s", s.Text)
		}
	default:
		require.Fail(l.t, "no such command: "+strings.Join(w, " "))
	}
}

func (l *lab) logf(format string, args ...any) { fmt.Fprintf(&l.log, format+"\n", args...) }

// event gives the phone an event, and then whatever answers its actions call
// for.
func (l *lab) event(ev phone.Event) {
	for {
		l.logf("<- %s", l.describe(ev))
		var awaited phone.Action
		for _, a := range l.phone.Step(l.now, ev) {
			require.Nil(l.t, awaited, "only the last action may want an answer")
			l.logf("-> %s", l.describe(a))
			switch a := a.(type) {
			case phone.Fetch, phone.AskTVS, phone.Register, phone.OpenService, phone.ReadService:
				awaited = a
			case phone.Verdict:
				l.last = a
				l.verdicts = append(l.verdicts, a)
			case phone.Display:
				l.screens = append(l.screens, a)
			case phone.RaiseAlarm:
				l.alarms = append(l.alarms, *a.Alarm)
			}
		}
		if awaited == nil {
			return
		}
		name := "TVS"
		if f, ok := awaited.(phone.Fetch); ok {
			name = f.Name.String()
		}
		if l.until != "" && strings.HasPrefix(name, l.until) {
			l.until, l.pending = "", awaited
			return
		}
		ev = l.answer(awaited)
	}
}

func (l *lab) answer(a phone.Action) phone.Event {
	switch a := a.(type) {
	case phone.Register:
		if host, _, _ := strings.Cut(a.Server, ":"); l.deaf[host] {
			return phone.NotRegistered{Seq: a.Seq, Err: fmt.Errorf("%s: no answer in time", a.Server)}
		}
		var answered phone.AlarmSet
		for i := range a.Alarms {
			answered.Add(i)
		}
		return phone.Registered{Seq: a.Seq, Alarms: answered}
	case phone.OpenService:
		if l.shows == "" {
			return phone.ServiceFailed{Seq: a.Seq, Err: errors.New("connection refused")}
		}
		return phone.ServiceShown{Seq: a.Seq, Certificate: l.cert(l.shows).Certificate.Raw}
	case phone.ReadService:
		return phone.ServiceRead{Seq: a.Seq}
	}
	if f, ok := a.(phone.Fetch); ok {
		name := l.served[f.Server][strings.TrimSuffix(f.Name.String(), ".sgn")]
		if _, ok := l.files[name+".plain"]; ok && strings.HasSuffix(f.Name.String(), ".cnf.xml") {
			name += ".plain"
		}
		switch {
		case l.silent[f.Server], f.By == phone.HTTP && l.noHTTP[f.Server]:
			return phone.NoAnswer{Seq: f.Seq, Err: errors.New("no answer in time")}
		case name == "" || name == "-":
			return phone.FileNotFound{Seq: f.Seq}
		case name == "huge":
			return phone.FileTooLarge{Seq: f.Seq}
		}
		require.Contains(l.t, l.files, name)
		data := bytes.Clone(l.files[name])
		if len(data) > 0 && strings.HasSuffix(f.Name.String(), ".sgn") {
			l.configs = append(l.configs, weak.Make(&data[0]))
		}
		return phone.FileReceived{Seq: f.Seq, Data: data}
	}
	ask := a.(phone.AskTVS)
	s := l.tvs[ask.Server]
	if s == nil || s.silent {
		return phone.TVSSilent{Seq: ask.Seq, Err: fmt.Errorf("%s: no answer in time", ask.Server)}
	}
	if err := ask.Authenticate(l.cert(s.shows).Certificate.Raw); err != nil {
		require.Equal(l.t, &phone.StrangeTVSError{}, err)
		return phone.TVSStrange{Seq: ask.Seq}
	}
	s.lastSeen = ask.Request()
	answer := tvs.Answer{Command: tvs.QueryAnswer, Session: s.lastSeen.Session, Status: tvs.Invalid}
	for name, granted := range s.vouches {
		cert := l.cert(name).Certificate
		if s.lastSeen.Command == tvs.VerifyRequest {
			if string(cert.Raw) == string(s.lastSeen.Certificate) {
				answer.Status, answer.Roles, answer.TTL = tvs.Valid, granted, s.ttl
			}
			continue
		}
		id := itl.IdentityOf(cert)
		if id.Same(itl.Identity{Issuer: s.lastSeen.Issuer, Serial: s.lastSeen.Serial}) {
			if s.instead != "" {
				cert = l.cert(s.instead).Certificate
			}
			answer.Status, answer.Certificate, answer.Roles, answer.TTL = tvs.Valid, cert.Raw, granted, s.ttl
		}
	}
	return phone.TVSAnswered{Seq: ask.Seq, Answer: answer}
}

// signatureOf is a signed file's, of whatever kind.
func signatureOf(t testing.TB, data []byte) []byte {
	if file, err := itl.ParseFile(data); err == nil { // a list's header is the same
		return file.Signature
	}
	file, err := itl.ParseEncrypted(data)
	require.NoError(t, err)
	return file.Signature
}

// nameOf is the script's name of a file.
func (l *lab) nameOf(data []byte) string {
	for name, d := range l.files {
		if string(d) == string(data) {
			return name
		}
	}
	return "-"
}

// held is the script's name of the stored CTL or ITL.
func (l *lab) held(which phone.TrustPoint) string {
	list := l.phone.Flash().Lists.ITL
	if which == phone.ByCTL {
		list = l.phone.Flash().Lists.CTL
	}
	if list == nil {
		return "-"
	}
	return l.nameOf(list.Bytes())
}

// inForce is the script's name of the configuration in force.
func (l *lab) inForce() string {
	for name, d := range l.files {
		plain, ok := strings.CutSuffix(name, ".plain")
		if ok && sip.Checksum(sha1.Sum(d)) == l.phone.Flash().ConfigSum {
			return plain
		}
	}
	return "-"
}

// cn is the name by which scripts know a certificate.
func cn(id itl.Identity) string {
	return itl.CommonName(id.Subject)
}

// describe puts an event or an action into a line of a transcript.
func (l *lab) describe(what any) string {
	switch a := what.(type) {
	case phone.FileReceived:
		return "FileReceived " + l.nameOf(a.Data)
	case phone.NoAnswer:
		return "NoAnswer"
	case phone.FileNotFound:
		return "FileNotFound"
	case phone.FileTooLarge:
		return "FileTooLarge"
	case phone.TVSStrange:
		return "TVSStrange"
	case phone.TVSSilent:
		return "TVSSilent"
	case phone.UseServers:
		return "UseServers " + strings.Join(a.Servers, " ")
	case phone.TVSAnswered:
		s := "TVSAnswered " + a.Answer.Status.String()
		for _, r := range a.Answer.Roles {
			s += fmt.Sprintf(", role %d", r)
		}
		return s
	case phone.Fetch:
		if a.By == phone.HTTP {
			return fmt.Sprintf("Fetch %s from %s by HTTP", a.Name, a.Server)
		}
		return fmt.Sprintf("Fetch %s from %s", a.Name, a.Server)
	case phone.NotRegistered:
		return "NotRegistered"
	case phone.ServiceShown:
		return "ServiceShown " + l.shows
	case phone.OpenService:
		return "OpenService " + a.URL
	case phone.ReadService:
		return "ReadService " + a.URL
	case phone.Display:
		if a.Reason != nil {
			return fmt.Sprintf("Display %q: %v", a.Text, a.Reason)
		}
		return fmt.Sprintf("Display %q", a.Text)
	case phone.AskTVS:
		if a.Request().Command == tvs.VerifyRequest {
			return fmt.Sprintf("AskTVS %s to verify %s", a.Server, l.shows)
		}
		return fmt.Sprintf("AskTVS %s about %s", a.Server, cn(itl.Identity{Subject: a.Request().Subject}))
	case phone.RaiseAlarm:
		ctl, list := l.held(phone.ByCTL), l.held(phone.ByITL)
		return fmt.Sprintf("RaiseAlarm DeviceTLInfo, CTL %s, ITL %s of %q", ctl, list, a.Alarm.ITLServer)
	case phone.Register:
		said := fmt.Sprintf("Register with %s", a.Server)
		if a.Cause != phone.NeverBooted {
			said += fmt.Sprintf(", %s", a.Cause)
		}
		if len(a.Alarms) > 0 {
			said += fmt.Sprintf(", alarms: %d", len(a.Alarms))
		}
		return said
	case phone.Unregister:
		said := fmt.Sprintf("Unregister at %s, %s", a.Server, a.Cause)
		if a.Asked {
			said += ", as it asked"
		}
		return said
	case phone.StandBy:
		return "StandBy at " + a.Server
	case phone.Booted:
		return fmt.Sprintf("Booted %v", a.State)
	case phone.Verdict:
		by := a.By.String()
		if a.Server != "" {
			by += " (" + a.Server + ")"
		}
		switch {
		case a.Refusal != nil:
			return fmt.Sprintf("Verdict %v", a.Refusal)
		case a.Signer.Subject == "":
			return fmt.Sprintf("Verdict %s taken, by %s", a.File, by)
		}
		return fmt.Sprintf("Verdict %s of %s taken, by %s", a.File, cn(a.Signer), by)
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", what), "phone.")
}
