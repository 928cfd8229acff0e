package cucm

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"itlsim/itl"
	"itlsim/sip"
)

// snapshotOf is a cluster's.
func snapshotOf(t require.TestingT, c *Cluster) []byte {
	data, err := c.Snapshot()
	require.NoError(t, err)
	return data
}

// same checks that a replica tells of itself what its cluster does.
func same(t require.TestingT, c, replica *Cluster) {
	require.Equal(t, c.Release(), replica.Release())
	require.Equal(t, c.SecurityMode(), replica.SecurityMode())
	require.Equal(t, c.Settings(), replica.Settings())
	require.Equal(t, c.Now(), replica.Now())
	require.Equal(t, c.draft().store, replica.draft().store)
	raw := func(cert *Certificate) []byte {
		if cert == nil {
			return nil
		}
		return cert.Certificate.Raw
	}
	list := func(l *itl.List) []byte {
		if l == nil {
			return nil
		}
		return l.Bytes()
	}
	require.Equal(t, raw(c.ResetSigner()), raw(replica.ResetSigner()))
	for i, n := range c.Nodes() {
		r := replica.Nodes()[i]
		require.Equal(t, n.FQDN(), r.FQDN())
		require.Equal(t, n.Down(), r.Down())
		require.Equal(t, n.Services(), r.Services())
		require.Equal(t, list(n.ITL()), list(r.ITL()))
		require.Equal(t, list(n.ServedCTL()), list(r.ServedCTL()))
		for _, s := range Services {
			require.Equal(t, n.Address(s), r.Address(s))
		}
		for _, unit := range Units {
			require.Equal(t, raw(n.Certificate(unit)), raw(r.Certificate(unit)), unit)
		}
	}
}

// Whatever administrators do, a replica tells what its cluster does, and has in place what has
// not changed.
func TestReplicaFollows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := New(small())
		require.NoError(t, err)
		c.Connect(nil, func(n *Node, s Service) string { return fmt.Sprintf("127.0.0.%d:%d", 2+n.index, s.Port()) })
		replica, err := Follow(small(), snapshotOf(t, c))
		require.NoError(t, err)
		node := func() *Node { return c.Nodes()[rapid.IntRange(0, 1).Draw(t, "node")] }
		acts := map[string]func() error{
			"regenerate": func() error {
				return node().Regenerate(rapid.SampledFrom([]Unit{CallManager, TVSUnit, CAPFUnit}).Draw(t, "unit"))
			},
			"restart":   func() error { return node().Restart(TFTPService) },
			"stop":      func() error { return node().StopService(TFTPService) },
			"power off": func() error { return node().PowerOff() },
			"power on":  func() error { return node().PowerOn() },
			"mixed":     func() error { return c.Publisher().SetSecurityMode(Mixed) },
			"part":      func() error { return c.Publisher().Part(c.Nodes()[1]) },
			"rejoin":    func() error { return c.Publisher().Rejoin(c.Nodes()[1]) },
		}
		for range rapid.IntRange(1, 5).Draw(t, "acts") {
			what := rapid.SampledFrom(slices.Sorted(maps.Keys(acts))).Draw(t, "act")
			_ = acts[what]() // a refusal changes nothing
			was := replica.Publisher().Certificate(Tomcat)
			require.NoError(t, replica.Learn(snapshotOf(t, c)), what)
			same(t, c, replica)
			require.Same(t, was, replica.Publisher().Certificate(Tomcat))
		}
	})
}

// Nothing secret of a cluster is in its snapshot.
func TestSnapshotHasNoSecret(t *testing.T) {
	c, err := New(small())
	require.NoError(t, err)
	require.NoError(t, c.Publisher().SetSecurityMode(Mixed))
	require.NoError(t, c.Nodes()[1].RequestCertificate(Tomcat, false))
	c.bulk = BulkServer{Host: "sftp.example", User: "ops", Password: "for the SFTP server"}
	whole, err := encode(c.draft())
	require.NoError(t, err)

	secrets := map[string][]byte{
		"p12": c.nodes[0].p12, "p12's password": []byte(c.p12Password), "hash of the login": c.login.Hash,
		"salt of the login": c.login.Salt, "password of the SFTP server": []byte(c.bulk.Password),
	}
	for _, n := range c.nodes {
		secrets["host key of "+n.name] = n.hostKey
		for unit, cert := range n.certs {
			key := cert.Key.(*rsa.PrivateKey)
			secrets[n.name+" "+string(unit)] = key.D.Bytes()
			secrets[n.name+" prime of "+string(unit)] = key.Primes[0].Bytes()
		}
		for unit, r := range n.requests {
			secrets[n.name+" CSR of "+string(unit)] = r.key.D.Bytes()
		}
	}
	shown := func(files map[string][]byte) (all []byte) {
		for _, data := range files {
			all = append(all, data...)
			for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
				all = append(all, block.Bytes...)
			}
		}
		return all
	}
	var s snapshot
	require.NoError(t, json.Unmarshal(snapshotOf(t, c), &s))
	everything, public := shown(whole), shown(s.Files)
	for what, secret := range secrets {
		require.NotEmpty(t, secret, what)
		text, err := json.Marshal(secret) // as cluster.json has it
		require.NoError(t, err)
		is := func(in []byte) bool { return bytes.Contains(in, secret) || bytes.Contains(in, bytes.Trim(text, `"`)) }
		require.True(t, is(everything), "a state has %s, where this test would find it", what)
		require.False(t, is(public), what)
	}
	for name, data := range s.Files {
		for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
			_, err := x509.ParseCertificate(block.Bytes)
			require.NoError(t, err, "%s has something else than certificates", name)
		}
	}
}

// A replica knows of phones what its cluster does.
func TestReplicaKnowsPhones(t *testing.T) {
	c, err := New(small())
	require.NoError(t, err)
	replica, err := Follow(small(), snapshotOf(t, c))
	require.NoError(t, err)
	names := []string{"SEP1", "SEP2", "SEP3"}
	for _, name := range names {
		c.AddDevice(Device{Name: name, Group: c.Nodes()})
		replica.AddDevice(Device{Name: name, Group: replica.Nodes()})
	}
	learn := func() {
		data, err := c.SnapshotPhones(slices.Values(names))
		require.NoError(t, err)
		require.NoError(t, replica.LearnPhones(slices.Values(names), data))
		for _, name := range names {
			at, is := c.CallManagerOf(name), replica.CallManagerOf(name)
			require.Equal(t, at == nil, is == nil)
			if at != nil {
				require.Equal(t, at.Name(), is.Name())
			}
			held, told := c.Holds(name)
			heldHere, toldHere := replica.Holds(name)
			require.Equal(t, held, heldHere)
			require.Equal(t, told, toldHere)
			require.Equal(t, c.AlarmsOf(name), replica.AlarmsOf(name))
		}
	}
	learn()
	c.Nodes()[1].Register("SEP2", false)
	sum := sip.Checksum{1, 2, 3}
	c.Alarm(sip.DeviceTLInfo{Device: "SEP3", ITL: &sum})
	c.Alarm(sip.DeviceTLInfo{Device: "SEP3", ITL: &sum})
	c.Alarm(sip.DeviceTLInfo{Device: "SEP1"})
	learn()
	c.Nodes()[1].Unregister("SEP2", DeviceUnregistered)
	learn()

	data, err := c.SnapshotPhones(slices.Values(names))
	require.NoError(t, err)
	require.Error(t, replica.LearnPhones(slices.Values(names[:2]), data))
	require.Error(t, replica.LearnPhones(slices.Values(append(names, "SEP4")), data))
}

// Any snapshot is refused, or makes a replica that can be asked.
func FuzzSnapshot(f *testing.F) {
	c, err := New(small())
	require.NoError(f, err)
	require.NoError(f, c.Publisher().SetSecurityMode(Mixed))
	names := []string{"SEP1", "SEP2"}
	c.Nodes()[0].Register("SEP1", false)
	phones, err := c.SnapshotPhones(slices.Values(names))
	require.NoError(f, err)
	good := snapshotOf(f, c)
	f.Add(good, phones)
	f.Add([]byte(`{"Files":{},"Nodes":[]}`), []byte(`{"Registered":"AQk=","Holds":"AQE=","Alarms":"AAA="}`))
	f.Fuzz(func(t *testing.T, data, phones []byte) {
		replica, err := Follow(small(), data)
		if err != nil {
			if replica, err = Follow(small(), good); err != nil {
				t.Fatal(err)
			}
		}
		defer replica.Close()
		_ = replica.Learn(data)
		_ = replica.LearnPhones(slices.Values(names), phones)
		for _, name := range names {
			replica.CallManagerOf(name)
			replica.Holds(name)
		}
		for _, n := range replica.Nodes() {
			n.ITL()
			n.Certificate(CallManager)
		}
	})
}
