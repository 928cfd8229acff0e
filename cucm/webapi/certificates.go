package webapi

import (
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"

	"itlsim/cucm"
)

// The REST interface of the certificate manager, of which reading is there.
const (
	certificatesPath = "/platformcom/api/v1/certmgr/config/"
	snapshotPath     = certificatesPath + "snapshot/server"
	identityPath     = certificatesPath + "identity/certificate"

	platformRealm = "CMPlatform Realm" // what its 401 names (a client)
)

// identity is one of the node's own certificates, and the CSR that waits beside it.
type identity struct {
	Service     string `json:"service"`
	Certificate string `json:"certificate"`
	CSR         string `json:"csr"`
}

// trusts are the certificates of a trust store.
type trusts struct {
	Service      string    `json:"service"`
	Certificates []trusted `json:"certificate_data"`
}

type trusted struct {
	Filename    string `json:"filename"`
	Certificate string `json:"certificate"`
}

// snapshot is all that a node has.
type snapshot struct {
	Server     string     `json:"server"`
	Identities []identity `json:"identities"`
	Trusts     []trusts   `json:"trusts"`
	Revoked    []string   `json:"revokedCertificates"`
}

// since14 has a handler answer in releases that have the interface. In others its paths are
// as any that there is not.
func (h *Handler) since14(then http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !h.node.Facts().CertificateREST {
			nothingHere(w, r)
			return
		}
		then(w, r)
	}
}

// noCertificateAPI answers what the interface has beside, and this one has not: it names it.
func noCertificateAPI(w http.ResponseWriter, r *http.Request) {
	asked := r.Method + " " + strings.TrimPrefix(r.URL.Path, certificatesPath)
	writeJSON(w, http.StatusNotFound, excuse{notThere(asked, "certificate management").Error()})
}

// excuse is what is answered in place of certificates.
type excuse struct {
	Text string `json:"message"`
}

// getSnapshot answers with all certificates.
func (h *Handler) getSnapshot(w http.ResponseWriter, _ *http.Request) {
	if !h.downloads.begin() {
		tooMany(w)
		return
	}
	defer h.downloads.end()
	s := snapshot{Server: h.node.FQDN(), Revoked: []string{}}
	for unit, held := range h.node.Certificates() {
		s.Identities = append(s.Identities, h.identity(unit, held))
	}
	for _, c := range h.node.Cluster().Trusted(cucm.Stores...) {
		if n := len(s.Trusts); n == 0 || s.Trusts[n-1].Service != string(c.Store) {
			s.Trusts = append(s.Trusts, trusts{Service: string(c.Store)})
		}
		last := &s.Trusts[len(s.Trusts)-1]
		last.Certificates = append(last.Certificates, trusted{c.File, certificatePEM(c.Certificate.Raw)})
	}
	writeJSON(w, http.StatusOK, s)
}

// getIdentity answers with one of the node's own certificates, by the name of its unit.
func (h *Handler) getIdentity(w http.ResponseWriter, r *http.Request) {
	for unit, held := range h.node.Certificates() {
		if strings.EqualFold(string(unit), r.URL.Query().Get("service")) {
			writeJSON(w, http.StatusOK, h.identity(unit, held))
			return
		}
	}
	writeJSON(w, http.StatusNotFound, excuse{"there is no such service"})
}

func (h *Handler) identity(unit cucm.Unit, held *cucm.Certificate) identity {
	own := identity{Service: string(unit), Certificate: certificatePEM(held.Certificate.Raw)}
	if csr := h.node.CertificateRequest(unit); csr != nil {
		own.CSR = asPEM("CERTIFICATE REQUEST", csr)
	}
	return own
}

func certificatePEM(der []byte) string { return asPEM("CERTIFICATE", der) }

func asPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// writeJSON answers with a value.
func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // the client may have gone
}
