package database

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"

	"itlsim/cucm"
	"itlsim/cucm/ciscolog"
)

// A shape is tables that belong together: what each row of one is joined with. All values
// are there; none is NULL.
type shape[T any] struct {
	tables map[string]map[string]func(T) string // columns by table
	joins  [][2]string                          // columns, as table.column, that are equal in each row
	rows   func(*cucm.Cluster) []T
	// lacks tells which values of a column, as table.column, are those of rows that a real
	// cluster has and this has not; without says what they are.
	lacks   map[string]func(value string) bool
	without string
}

// same is a column that is the same in all rows.
func same[T any](value string) func(T) string { return func(T) string { return value } }

// Enumerations of CUCM's tables: what an installation has for phones by SIP.
const (
	classPhone  = "1"
	protocolSIP = "11"
)

// devices are phones: what scripts ask who is there.
var devices = shape[*cucm.Device]{
	tables: map[string]map[string]func(*cucm.Device) string{
		"device": {
			"pkid":        func(d *cucm.Device) string { return Key(PhoneKind, d.Name) },
			"name":        func(d *cucm.Device) string { return d.Name },
			"description": (*cucm.Device).Description,
			"tkclass":     same[*cucm.Device](classPhone),
			"tkmodel":     (*cucm.Device).Type, "tkproduct": (*cucm.Device).Type,
			"tkdeviceprotocol":    same[*cucm.Device](protocolSIP),
			"fkdevicepool":        func(d *cucm.Device) string { return Key(PoolKind, Group(d.Group).Name()) },
			"fkcommonphoneconfig": func(*cucm.Device) string { return Key(ProfileKind, CommonProfile) },
		},
		"typeclass":   {"enum": same[*cucm.Device](classPhone), "name": same[*cucm.Device]("Phone")},
		"typemodel":   {"enum": (*cucm.Device).Type, "name": (*cucm.Device).Product},
		"typeproduct": {"enum": (*cucm.Device).Type, "name": (*cucm.Device).Product, "tkmodel": (*cucm.Device).Type},
		"typedeviceprotocol": {
			"enum": same[*cucm.Device](protocolSIP), "name": same[*cucm.Device](Protocol),
		},
		"commonphoneconfig": {
			"pkid": func(*cucm.Device) string { return Key(ProfileKind, CommonProfile) },
			"name": same[*cucm.Device](CommonProfile),
		},
		"devicepool":       groupColumns(PoolKind, func(d *cucm.Device) Group { return d.Group }),
		"callmanagergroup": groupColumns(GroupKind, func(d *cucm.Device) Group { return d.Group }),
	},
	joins: [][2]string{
		{"device.tkclass", "typeclass.enum"}, {"device.tkmodel", "typemodel.enum"},
		{"device.tkproduct", "typeproduct.enum"}, {"typeproduct.tkmodel", "typemodel.enum"},
		{"device.tkdeviceprotocol", "typedeviceprotocol.enum"},
		{"device.fkcommonphoneconfig", "commonphoneconfig.pkid"}, {"device.fkdevicepool", "devicepool.pkid"},
		{"devicepool.fkcallmanagergroup", "callmanagergroup.pkid"},
	},
	rows: func(c *cucm.Cluster) []*cucm.Device {
		all, _ := c.Devices()
		rows := make([]*cucm.Device, len(all))
		for i := range all {
			rows[i] = &all[i]
		}
		return rows
	},
}

// A sighting is a phone of the database that call managers know of.
type sighting struct{ *cucm.Whereabouts }

func (s sighting) device() *cucm.Device { return &s.Device }

// sightings are phones with the last that is known of where they are (the names of the
// table's columns are remembered).
var sightings = shape[sighting]{
	tables: map[string]map[string]func(sighting) string{
		"registrationdynamic": {
			"fkdevice":           func(s sighting) string { return Key(PhoneKind, s.Device.Name) },
			"lastknownipaddress": func(s sighting) string { return s.At.Addr().String() },
			"lastknownucm":       func(s sighting) string { return s.Node.Name() },
			"lastseen":           func(s sighting) string { return strconv.FormatInt(s.Since.Unix(), 10) },
		},
		"device":    of(sighting.device, devices.tables["device"]),
		"typemodel": of(sighting.device, devices.tables["typemodel"]),
	},
	joins: [][2]string{{"registrationdynamic.fkdevice", "device.pkid"}, {"device.tkmodel", "typemodel.enum"}},
	rows: func(c *cucm.Cluster) (all []sighting) {
		known := c.Registrations()
		for i := range known {
			if w := &known[i]; w.Status != cucm.Rejected && w.At.IsValid() {
				all = append(all, sighting{w})
			}
		}
		return all
	},
}

// of are the columns of what belongs to each row.
func of[T, U any](part func(T) U, columns map[string]func(U) string) map[string]func(T) string {
	all := make(map[string]func(T) string, len(columns))
	for name, column := range columns {
		all[name] = func(x T) string { return column(part(x)) }
	}
	return all
}

// groupColumns are the columns of groups, or of the pools of the same names.
func groupColumns[T any](kind string, of func(T) Group) map[string]func(T) string {
	columns := map[string]func(T) string{
		"pkid": func(x T) string { return Key(kind, of(x).Name()) },
		"name": func(x T) string { return of(x).Name() },
	}
	if kind == PoolKind {
		columns["fkcallmanagergroup"] = func(x T) string { return Key(GroupKind, of(x).Name()) }
	}
	return columns
}

func itself(g Group) Group { return g }

// pools are device pools with their groups, also those that no phone is in.
var pools = shape[Group]{
	tables: map[string]map[string]func(Group) string{
		"devicepool": groupColumns(PoolKind, itself), "callmanagergroup": groupColumns(GroupKind, itself),
	},
	joins: [][2]string{{"devicepool.fkcallmanagergroup", "callmanagergroup.pkid"}},
	rows:  Groups,
}

// A server is a row of processnode; without a node it is the first, [EnterpriseWide].
type server struct {
	*cucm.Node
	number int // counted from 1
}

func (s server) name() string {
	if s.Node == nil {
		return EnterpriseWide
	}
	return s.Name()
}

func (s server) usage() (enum, text string) {
	if s.Node == nil || s.Publisher() {
		return "0", "Publisher"
	}
	return "1", "Subscriber"
}

func (s server) pkid() string { return Key(ProcessNodeKind, s.name()) }

func servers(c *cucm.Cluster) []server {
	all := []server{{nil, 1}}
	for i, n := range c.Nodes() {
		all = append(all, server{n, i + 2})
	}
	return all
}

var processNodes = shape[server]{
	tables: map[string]map[string]func(server) string{
		"processnode": {
			"pkid": server.pkid, "name": server.name, "description": same[server](""),
			"nodeid":      func(s server) string { return strconv.Itoa(s.number) },
			"tknodeusage": func(s server) string { enum, _ := s.usage(); return enum },
			"systemnode":  func(s server) string { return strconv.FormatBool(s.Node == nil)[:1] },
		},
		"typenodeusage": {
			"enum": func(s server) string { enum, _ := s.usage(); return enum },
			"name": func(s server) string { _, text := s.usage(); return text },
		},
	},
	joins: [][2]string{{"processnode.tknodeusage", "typenodeusage.enum"}},
	rows:  servers,
}

// callManagers are those of the servers that have one.
var callManagers = shape[server]{
	tables: map[string]map[string]func(server) string{
		"callmanager": {
			"pkid":          func(s server) string { return Key(CallManagerKind, CallManagerName(s.Node)) },
			"name":          func(s server) string { return CallManagerName(s.Node) },
			"description":   server.name,
			"ctiid":         func(s server) string { return strconv.Itoa(s.number - 1) },
			"fkprocessnode": server.pkid,
		},
		"processnode": processNodes.tables["processnode"],
	},
	joins: [][2]string{{"callmanager.fkprocessnode", "processnode.pkid"}},
	rows:  func(c *cucm.Cluster) []server { return servers(c)[1:] },
}

// An own is a certificate of a node's own.
type own struct {
	node *cucm.Node
	unit cucm.Unit
	*cucm.Certificate
}

func (o own) pkid() string {
	return Key("Certificate", fmt.Sprintf("%s %s %s", o.node.Name(), o.unit, o.serial()))
}

func (o own) serial() string { return fmt.Sprintf("%x", o.Certificate.Certificate.SerialNumber) }

func (o own) pem() string {
	block := pem.Block{Type: "CERTIFICATE", Bytes: o.Certificate.Certificate.Raw}
	return string(bytes.TrimSpace(pem.EncodeToMemory(&block)))
}

// address is the node's, as far as it has one on a network.
func (o own) address() string {
	host, _, _ := net.SplitHostPort(o.node.Address(cucm.TomcatService))
	return host
}

// services are the certificates by their numbers, of which release notes have 4
// (CallManager-trust) and 6 (tomcat-trust); each stands before its trust store, in this
// project's own order.
var services = []cucm.Unit{cucm.CAPFUnit, cucm.CallManager, cucm.Tomcat, cucm.IPsec, cucm.TVSUnit, cucm.ITLRecovery}

func (o own) service() string { return strconv.Itoa(2*slices.Index(services, o.unit) + 1) }

// ofTrustStore reports whether a service's number or name is a trust store's.
func ofTrustStore(value string) bool {
	number, err := strconv.Atoi(value)
	return err == nil && number%2 == 0 || strings.Contains(strings.ToLower(value), "trust")
}

func (o own) serviceName() string { return string(o.unit) }

// distribution is where a certificate is: this project's own numbers and words.
func (o own) distribution() (enum, text string) {
	if len(o.Certificate.Certificate.DNSNames) > 1 {
		return "2", "multi-server(SAN)"
	}
	return "1", "this-server"
}

func constant(text string) string {
	return strings.ToUpper(strings.NewReplacer("-", "_", "(", "_", ")", "").Replace(text))
}

// certificates are one row for each certificate of each node's own.
var certificates = shape[own]{
	tables: map[string]map[string]func(own) string{
		"certificate": {
			"pkid": own.pkid, "serialnumber": own.serial, "certificate": own.pem, "ipv4address": own.address,
			"servername":                func(o own) string { return o.node.Name() },
			"subjectname":               func(o own) string { return o.Certificate.Certificate.Subject.String() },
			"issuername":                func(o own) string { return o.Certificate.Certificate.Issuer.String() },
			"tkcertificatedistribution": func(o own) string { enum, _ := o.distribution(); return enum },
		},
		"certificateservicecertificatemap": {"fkcertificate": own.pkid, "tkcertificateservice": own.service},
		"typecertificateservice": {
			"enum": own.service, "name": own.serviceName,
			"moniker": func(o own) string { return "CERTIFICATE_SERVICE_" + constant(o.serviceName()) },
		},
		"typecertificatedistribution": {
			"enum":    func(o own) string { enum, _ := o.distribution(); return enum },
			"name":    func(o own) string { _, text := o.distribution(); return text },
			"moniker": func(o own) string { _, text := o.distribution(); return constant(text) },
		},
	},
	joins: [][2]string{
		{"certificate.pkid", "certificateservicecertificatemap.fkcertificate"},
		{"certificateservicecertificatemap.tkcertificateservice", "typecertificateservice.enum"},
		{"certificate.tkcertificatedistribution", "typecertificatedistribution.enum"},
	},
	lacks: map[string]func(string) bool{
		"certificateservicecertificatemap.tkcertificateservice": ofTrustStore,
		"typecertificateservice.enum":                           ofTrustStore, "typecertificateservice.name": ofTrustStore,
	},
	without: "trust stores are not in the table here",
	rows: func(c *cucm.Cluster) (all []own) {
		for _, n := range c.Nodes() {
			for unit, held := range n.Certificates() {
				all = append(all, own{n, unit, held})
			}
		}
		return all
	},
}

// A parameter is an enterprise parameter.
type parameter struct{ name, value string }

// modeParameter and idParameter are those that a simulated cluster has.
const (
	modeParameter = "ClusterSecurityMode"
	idParameter   = "ClusterID"
)

// parameters are the rows of processconfig.
var parameters = shape[parameter]{
	tables: map[string]map[string]func(parameter) string{
		"processconfig": {
			"paramname":  func(p parameter) string { return p.name },
			"paramvalue": func(p parameter) string { return p.value },
		},
	},
	lacks: map[string]func(string) bool{
		"processconfig.paramname": func(name string) bool {
			return !Like(name, modeParameter) && !Like(name, idParameter)
		},
	},
	without: "of the parameters " + modeParameter + " and " + idParameter + " are in the table here",
	rows: func(c *cucm.Cluster) []parameter {
		return []parameter{{idParameter, ciscolog.ClusterID}, {modeParameter, strconv.Itoa(int(c.SecurityMode()))}}
	},
}

// asker is a shape, whatever its rows are.
type asker interface {
	others(base string) []string
	ask(*cucm.Cluster, *statement) (*Answer, error)
}

// shapes are what can be asked about, by the table that has a row for each of theirs.
var shapes = []struct {
	base     string
	ofPhones bool // which rows there are depends on the phones of the database
	asker
}{
	{"device", true, &devices}, {"devicepool", true, &pools}, {"callmanagergroup", true, &pools},
	{"callmanager", false, &callManagers}, {"processnode", false, &processNodes}, {"certificate", false, &certificates},
	{"processconfig", false, &parameters}, {"registrationdynamic", true, &sightings},
}

// OfPhones reports whether the answer to a statement depends on the phones of a cluster.
func OfPhones(text string) bool {
	s, err := parse(text)
	if err != nil {
		return false
	}
	for _, shape := range shapes {
		if shape.ofPhones && slices.ContainsFunc(s.from, func(t table) bool { return t.name == shape.base }) {
			return true
		}
	}
	return false
}

// others are the tables that may stand beside one.
func (k *shape[T]) others(base string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(k.tables)), func(name string) bool { return name == base })
}

// Shapes are what can be asked about, in words: tables, with those that they may be joined with.
func Shapes() (all []string) {
	for _, s := range shapes {
		words := s.base
		if others := s.others(s.base); len(others) > 0 {
			words += " (with " + strings.Join(others, ", ") + ")"
		}
		all = append(all, words)
	}
	return all
}
