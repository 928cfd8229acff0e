package scenarios

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/sha1"
	"crypto/x509/pkix"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"itlsim/cucm"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/scenarios/language"
)

// A picture of a real fleet: an administrator's export of devices and the .tlv
// files that the nodes serve and phones hold. The real private keys stay where
// they are; see cast.

// columns of an export, in any order; the first two are needed.
var columns = []string{"name", "model", "firmware", "tftp", "itl", "registered"}

var deviceName = regexp.MustCompile(`^SEP[0-9A-F]{12}$`)

// devices reads the group's phones from a CSV file.
func (l *loader) devices(g *Group, file, lists ast.Node, s *Scenario) {
	name, data, ok := l.readFile(file)
	if !ok {
		return
	}
	known := make(map[[sha1.Size]byte]*itl.List)
	for _, list := range s.Present {
		known[list.SHA1()] = list
	}
	if lists != nil {
		for _, item := range l.list(lists) {
			if list := l.trustList(item); list != nil {
				known[list.SHA1()] = list
			}
		}
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.TrimLeadingSpace, r.ReuseRecord = true, true
	header, err := r.Read()
	if err != nil {
		l.problem(name, 1, 1, "there is no header; the columns are %s", strings.Join(columns, ", "))
		return
	}
	at := make(map[string]int)
	for i, h := range header {
		line, column := r.FieldPos(i)
		h = strings.ToLower(strings.TrimSpace(h))
		if !slices.Contains(columns, h) {
			l.problem(name, line, column, "%q is no column%s; there are %s", h, language.DidYouMean(h, columns), strings.Join(columns, ", "))
			return
		}
		at[h] = i
	}
	for _, need := range columns[:2] {
		if _, ok := at[need]; !ok {
			l.problem(name, 1, 1, "there is no column %q", need)
			return
		}
	}
	seen := make(map[string]bool)
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			l.problem(name, bad.Line, bad.Column, "%v", bad.Err)
			return
		}
		if len(g.Devices) >= MaxPhones {
			l.problem(name, 1, 1, "there is room for %d phones", MaxPhones)
			return
		}
		cell := func(column string) string {
			if i, ok := at[column]; ok {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		wrong := func(column, format string, args ...any) {
			line, col := r.FieldPos(at[column])
			l.problem(name, line, col, format, args...)
		}
		d := Device{Name: cell("name"), TFTP: cell("tftp"), Registered: true}
		if !deviceName.MatchString(d.Name) || seen[d.Name] {
			wrong("name", "%q is no SEP<MAC>, or stands there twice", d.Name)
		}
		seen[d.Name] = true
		if d.Profile = profileLike(cell("model"), cell("firmware")); d.Profile == nil {
			wrong("model", "%q is not a model that is known here%s", cell("model"), language.DidYouMean(cell("model"), modelNames()))
		}
		if d.TFTP != "" && !slices.Contains(g.TFTP, d.TFTP) {
			wrong("tftp", "%q is not a node of the cluster%s", d.TFTP, language.DidYouMean(d.TFTP, g.TFTP))
		}
		switch r := cell("registered"); strings.ToLower(r) {
		case "yes", "true", "registered", "":
		case "no", "false", "unregistered", "none", "unknown":
			d.Registered = false
		default:
			wrong("registered", "%q is neither yes nor no", r)
		}
		if sum := strings.ReplaceAll(cell("itl"), " ", ""); sum != "" {
			raw, err := hex.DecodeString(sum)
			if err != nil || len(raw) != sha1.Size {
				wrong("itl", "%q is no SHA-1 checksum of 40 digits", cell("itl"))
			} else {
				d.ListKnown, d.List = true, known[[sha1.Size]byte(raw)]
			}
		}
		g.Devices = append(g.Devices, d)
		if len(l.problems) >= 20 {
			return
		}
	}
	if g.Count == 0 {
		g.Count = len(g.Devices)
	}
	if len(g.Devices) == 0 {
		l.problem(name, 1, 1, "there are no devices")
	} else if g.Count != len(g.Devices) {
		g.Devices = thinned(g.Devices, min(g.Count, len(g.Devices)))
		g.Count = len(g.Devices)
	}
}

func (l *loader) problem(file string, line, column int, format string, args ...any) {
	p := &Problem{File: file, Line: line, Column: column}
	p.Message = fmt.Sprintf(format, args...)
	l.problems = append(l.problems, p)
}

// trustList reads a .tlv file that the scenario names.
func (l *loader) trustList(n ast.Node) *itl.List {
	name, data, ok := l.readFile(n)
	if !ok {
		return nil
	}
	list, err := itl.ParseList(data)
	if err != nil {
		l.at(n, "%s is no trust list: %v", name, err)
		return nil
	}
	return list
}

func modelNames() []string {
	var names []string
	for i := range phone.Profiles {
		names = append(names, phone.Profiles[i].Model)
	}
	return names
}

// profileLike is a model's profile with the firmware that a phone really has.
func profileLike(model, firmware string) *phone.Profile {
	p, ok := phone.ProfileOf(strings.TrimPrefix(strings.TrimPrefix(model, "Cisco "), "CP-"))
	if !ok || firmware == "" || firmware == p.Firmware {
		return p
	}
	own := *p
	own.Firmware = firmware
	return &own
}

// cast makes the counterpart of a real list in the simulated cluster's keys:
// the record of a certificate that a node shows today becomes the record of the
// simulated node's certificate; one of the past, or of another cluster, becomes
// that of a stranger of the same name. So a phone follows, or not, as the
// records of its real list let it. A nil list is one that is not known: nothing
// in it is of today.
func (st *Stage) cast(real *itl.List, n *cucm.Node) (*itl.List, error) {
	key := castKey{n, [sha1.Size]byte{}}
	if real != nil {
		key = castKey{nil, real.SHA1()}
	}
	if list, ok := st.casts[key]; ok {
		return list, nil
	}
	records, digest := []itl.Record(nil), itl.SHA1
	if real != nil {
		records, digest = real.Records, real.Digest
	} else {
		records = n.ITL().Records
	}
	t := itl.Template{Filename: itl.ITLFilename, Timestamp: st.world.Now(), Digest: digest}
	var signer *itl.Signer
	for _, r := range records {
		mine, known := st.today[fingerprint(&r)]
		if !known || real == nil {
			var err error
			if mine, err = st.stranger(&r); err != nil {
				return nil, err
			}
		}
		record := itl.HashRecord(r.Role, mine.Certificate)
		if r.Certificate != nil {
			record = itl.FullRecord(r.Role, mine.Certificate)
		}
		t.Records = append(t.Records, record)
		if r.Role == itl.SAST && (signer == nil || real != nil && r.Subject == real.Signer.Subject && r.SameSerial(real.Signer)) {
			signer = &mine
		}
	}
	if signer == nil {
		return nil, errors.New("a stored list has no record of its signer")
	}
	list, err := t.Sign(*signer)
	if err != nil {
		return nil, err
	}
	st.casts[key] = list
	return list, nil
}

type castKey struct {
	node *cucm.Node // of an unknown list
	sum  [sha1.Size]byte
}

// fingerprint tells certificates apart, whole ones and those by hash alike.
func fingerprint(r *itl.Record) [sha1.Size]byte {
	if r.Certificate != nil {
		return sha1.Sum(r.Certificate)
	}
	var sum [sha1.Size]byte
	copy(sum[:], r.CertHash)
	return sum
}

// stranger is a certificate of the same name that no node has.
func (st *Stage) stranger(r *itl.Record) (itl.Signer, error) {
	if s, ok := st.strangers[fingerprint(r)]; ok {
		return s, nil
	}
	key, err := st.keys.Key(1024) // nobody verifies under it
	if err != nil {
		return itl.Signer{}, err
	}
	name := itl.CommonName(r.Subject)
	unit := map[itl.Role]cucm.Unit{itl.TVS: cucm.TVSUnit, itl.CAPF: cucm.CAPFUnit}[r.Role]
	signer, err := cucm.NewCertificate(cmp.Or(unit, cucm.CallManager), pkix.Name{CommonName: name}, key, st.world.Now(), rand.Reader)
	if err == nil {
		st.strangers[fingerprint(r)] = signer
	}
	return signer, err
}

// meet finds the simulated counterparts of the certificates that the real nodes
// show today.
func (st *Stage) meet(present map[string]*itl.List) {
	for name, list := range present {
		own := st.nodes[name]
		for i := range list.Records {
			r := &list.Records[i]
			sum := fingerprint(r)
			switch {
			case r.Role == itl.TFTP || r.Role == itl.SAST && !strings.HasPrefix(itl.CommonName(r.Subject), cucm.RecoveryPrefix):
				st.today[sum] = own.Certificate(cucm.CallManager).Signer
			case r.Role == itl.SAST:
				st.today[sum] = st.Cluster.Publisher().Certificate(cucm.ITLRecovery).Signer
			case r.Role == itl.CAPF:
				st.today[sum] = st.Cluster.Publisher().Certificate(cucm.CAPFUnit).Signer
			case r.Role == itl.TVS:
				for plan, n := range st.nodes {
					if named(r.Subject, plan) {
						st.today[sum] = n.Certificate(cucm.TVSUnit).Signer
					}
				}
			}
		}
	}
}
