package farm_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"itlsim/scenarios/farm"
)

// A server is Debian's nats-server, a process of its own with TLS.
type server struct {
	*process
	t       *testing.T
	address string
	ca      string // SSL_CERT_FILE=…, for whoever connects
	begin   func() *process
}

// serve begins one with a configuration, whose first lines say where its certificate is.
func serve(t *testing.T, config string, variables ...string) *server {
	t.Helper()
	program := "/usr/sbin/nats-server"
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("ITLSIM_REQUIRE_PROGRAMS") != "" {
			require.NoError(t, err)
		}
		t.Skip("there is no nats-server")
	}
	dir := t.TempDir()
	certify(t, dir)
	config = strings.ReplaceAll(config, `"server.`, `"`+dir+`/server.`)
	file := filepath.Join(dir, "nats.conf")
	require.NoError(t, os.WriteFile(file, []byte(config), 0o600))
	s := &server{t: t, address: freeAddress(t), ca: "SSL_CERT_FILE=" + filepath.Join(dir, "ca.pem")}
	_, port, err := net.SplitHostPort(s.address)
	require.NoError(t, err)
	s.begin = func() *process {
		p := spawn(t, variables, program, "-c", file, "-a", "127.0.0.1", "-p", port, "-sd", filepath.Join(dir, "store"))
		p.says("Server is ready")
		return p
	}
	s.process = s.begin()
	return s
}

// variables lead a process there, with a login.
func (s *server) variables(login string) []string {
	return []string{placeVariable + "=tls://" + s.address, credsVariable + "=" + login, s.ca}
}

// certify writes ca.pem, and a certificate and key for 127.0.0.1 that it has signed.
func certify(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	for name, block := range map[string]*pem.Block{
		"ca.pem": {Type: "CERTIFICATE", Bytes: der}, "server.pem": {Type: "CERTIFICATE", Bytes: der},
		"server.key": {Type: "PRIVATE KEY", Bytes: private},
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600))
	}
}

// nkey is a login by nkey: the file of its seed, and its public key.
func nkey(t *testing.T, name string) (file, public string) {
	t.Helper()
	pair, err := nkeys.CreateUser()
	require.NoError(t, err)
	seed, err := pair.Seed()
	require.NoError(t, err)
	public, err = pair.PublicKey()
	require.NoError(t, err)
	file = filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, seed, 0o600))
	return file, public
}

// example is the configuration that users are shown.
func example(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../examples/farm/nats-server.conf")
	require.NoError(t, err)
	return string(text)
}

// The example's workers may do what they need to, and nothing else.
func TestExampleIsWhatWorkersNeed(t *testing.T) {
	text := example(t)
	for _, subject := range append(farm.WorkerPublishes(), farm.WorkerHears()...) {
		assert.Contains(t, text, `"`+subject+`"`)
	}
	_, list, _ := strings.Cut(text, "publish {")
	list, _, _ = strings.Cut(list, "]")
	assert.Equal(t, 2*len(farm.WorkerPublishes()), strings.Count(list, `"`))
}

// On Debian's server, with TLS and nkeys as the example has them, a run is that of one process,
// though the server is killed in its middle and begun again, and so is a worker.
func TestServerKilled(t *testing.T) {
	t.Parallel()
	run, runKey := nkey(t, "run")
	worker, workerKey := nkey(t, "worker")
	s := serve(t, example(t), "FARM_RUN="+runKey, "FARM_WORKER="+workerKey)
	command := begin(t, "run", s.variables(run)...)
	crew := begin(t, "worker", s.variables(worker)...)
	crew.says("done in")
	crew.says("begun")
	s.kill()
	crew.says("does not answer")
	s.process = s.begin()
	crew.says("answers again")
	crew.kill()
	begin(t, "worker", s.variables(worker)...)
	assert.Equal(t, "report "+hashOf(here(t, pack(t, "trust-loss", killed))), command.says("report "))
}

// A worker's login does nothing that a worker does not need.
func TestWorkersMayNoMore(t *testing.T) {
	t.Parallel()
	run, runKey := nkey(t, "run")
	worker, workerKey := nkey(t, "worker")
	s := serve(t, example(t), "FARM_RUN="+runKey, "FARM_WORKER="+workerKey)
	command := begin(t, "run", s.variables(worker)...)
	assert.Contains(t, command.says("failed:"), "object store itlsim-files")
	stranger, _ := nkey(t, "stranger")
	assert.Contains(t, begin(t, "worker", s.variables(stranger)...).says("failed:"), "Authorization")
	untrusted := s.variables(run)
	untrusted[2] = "SSL_CERT_FILE=/dev/null"
	assert.Contains(t, begin(t, "worker", untrusted...).says("failed:"), "certificate")
}

// Logins by JWT, as nsc makes them for operator, account and user, do as well.
func TestLoginsByJWT(t *testing.T) {
	t.Parallel()
	operator, account := pair(t, nkeys.CreateOperator), pair(t, nkeys.CreateAccount)
	claims := jwt.NewAccountClaims(public(t, account))
	claims.Limits.JetStreamLimits = jwt.JetStreamLimits{MemoryStorage: -1, DiskStorage: -1, Streams: -1, Consumer: -1}
	accountJWT, err := claims.Encode(operator)
	require.NoError(t, err)
	system := pair(t, nkeys.CreateAccount)
	systemJWT, err := jwt.NewAccountClaims(public(t, system)).Encode(operator)
	require.NoError(t, err)
	operatorJWT, err := jwt.NewOperatorClaims(public(t, operator)).Encode(operator)
	require.NoError(t, err)
	login := func(name string, may jwt.Permissions) string {
		user := pair(t, nkeys.CreateUser)
		claims := jwt.NewUserClaims(public(t, user))
		claims.Permissions = may
		text, err := claims.Encode(account)
		require.NoError(t, err)
		seed, err := user.Seed()
		require.NoError(t, err)
		creds, err := jwt.FormatUserConfig(text, seed)
		require.NoError(t, err)
		file := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(file, creds, 0o600))
		return file
	}
	s := serve(t, fmt.Sprintf(`tls { cert_file: "server.pem", key_file: "server.key" }
jetstream { max_file_store: 1G }
operator: %s
resolver: MEMORY
system_account: %s
resolver_preload: { %s: %s, %s: %s }
`, operatorJWT, public(t, system), public(t, account), accountJWT, public(t, system), systemJWT))
	worker := login("worker.creds", jwt.Permissions{
		Pub: jwt.Permission{Allow: farm.WorkerPublishes()}, Sub: jwt.Permission{Allow: farm.WorkerHears()},
	})
	begin(t, "worker", s.variables(worker)...)
	command := begin(t, "run", s.variables(login("run.creds", jwt.Permissions{}))...)
	assert.Equal(t, "report "+hashOf(here(t, pack(t, "trust-loss", killed))), command.says("report "))
}

func pair(t *testing.T, create func() (nkeys.KeyPair, error)) nkeys.KeyPair {
	t.Helper()
	pair, err := create()
	require.NoError(t, err)
	return pair
}

func public(t *testing.T, pair nkeys.KeyPair) string {
	t.Helper()
	key, err := pair.PublicKey()
	require.NoError(t, err)
	return key
}
