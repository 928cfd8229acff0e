package webapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"itlsim/cucm"
	"itlsim/internal/accept"
	"itlsim/internal/cause"
	"itlsim/internal/guess"
)

// realm is that of the SOAP services' Basic authentication (its words are remembered).
const realm = "Cisco Web Services Realm"

// A Handler answers a node's web APIs. Make it with [NewHandler], anew whenever Tomcat
// starts, which ends all sessions.
type Handler struct {
	node      *cucm.Node
	rate      *Rate // of questions about devices, the whole cluster's
	sessions  sessions
	downloads downloads
	index     index

	mu        sync.Mutex
	answering int // bytes of the answers under way
}

// NewHandler is the handler of a node. All nodes of a cluster share the rate.
func NewHandler(n *cucm.Node, r *Rate) *Handler {
	return &Handler{node: n, rate: r, sessions: sessions{all: make(map[string]*session), now: time.Now}}
}

// Register enters the paths that the handler answers.
func (h *Handler) Register(mux *http.ServeMux) {
	both := func(path string, s service) {
		mux.Handle(path, h.behind(s))
		mux.Handle(path+"/{$}", h.behind(s))
	}
	both("/axl", service{cucm.AXL, realm, h.getAXL, h.postAXL})
	both(risPath, service{cucm.RIS, realm, risWSDL.get, soap(h.api("RIS", risOperations))})
	both(logsPath, service{cucm.LogCollection, realm, logsWSDL.get, soap(h.postLogs)})
	both(getFilePath, service{cucm.LogCollection, realm, getFileWSDL.get, soap(h.postFile)})
	for _, extended := range []string{"", "Ex"} {
		d := controlWSDL(extended)
		both(d.path, service{cucm.ControlCenter, realm, d.get, soap(h.api("Control Center", controlOperations))})
	}
	certificates := service{by: cucm.Certificates, realm: platformRealm}
	for path, get := range map[string]http.HandlerFunc{snapshotPath: h.getSnapshot, identityPath: h.getIdentity} {
		certificates.get = get
		mux.Handle(path, h.since14(h.behind(certificates)))
	}
	mux.Handle(certificatesPath, h.since14(func(w http.ResponseWriter, r *http.Request) {
		if h.admit(w, r, certificates) {
			noCertificateAPI(w, r)
		}
	}))
	mux.HandleFunc("/", nothingHere)
}

// nothingHere answers for paths that there are not.
func nothingHere(w http.ResponseWriter, _ *http.Request) {
	errorPage(w, http.StatusNotFound, "The requested resource is not available.")
}

// A service is what is at a path, for those who are admitted.
type service struct {
	by    cucm.Interface // as the log of wrong logins has it
	realm string
	get   http.HandlerFunc
	post  func(http.ResponseWriter, body) // nil: there is nothing to send
}

// behind has a service answer those who are admitted, each in its turn.
func (h *Handler) behind(s service) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !h.admit(w, r, s) {
			return
		}
		accept.ProveRequest(r)
		accept.ExpectBody(r) // who was wrong before has waited for a turn
		sent := readBody(w, r)
		done, ok := accept.Work(r)
		if !ok {
			errorPage(w, http.StatusServiceUnavailable, "Service Unavailable: phones come first.")
			return
		}
		defer done()
		switch {
		case r.Method == http.MethodPost && s.post != nil:
			s.post(w, sent)
		case r.Method == http.MethodGet || r.Method == http.MethodHead:
			s.get(w, r)
		default:
			allowed := "GET, HEAD"
			if s.post != nil {
				allowed += ", POST"
			}
			w.Header().Set("Allow", allowed)
			errorPage(w, http.StatusMethodNotAllowed, "There are "+allowed+".")
		}
	}
}

func (h *Handler) getAXL(w http.ResponseWriter, _ *http.Request) {
	page(w, http.StatusOK, "AXL Web Service", "The AXL Web Service is working and accepting requests.")
}

// admit judges who asks, by the password where there is one, else by the cookie. It
// answers whoever is not admitted.
func (h *Handler) admit(w http.ResponseWriter, r *http.Request, to service) bool {
	cookie, _ := r.Cookie(cookieName)
	login := h.node.Cluster().LoginID()
	user, password, basic := r.BasicAuth()
	if !basic {
		if cookie != nil && r.Header.Get("Authorization") == "" {
			if h.sessions.goesOn(cookie.Value, login) {
				return true
			}
			errorPage(w, http.StatusNotFound, "The session is over.")
			return false
		}
		refuse(w, to.realm)
		return false
	}
	from, _ := netip.ParseAddrPort(r.RemoteAddr)
	switch err := h.node.LogIn(r.Context(), to.by, user, password, from); {
	case errors.Is(err, context.Canceled): // nobody is there any more
		return false
	case err != nil:
		if soon, ok := errors.AsType[*guess.TooSoon](err); ok {
			w.Header().Set("Retry-After", soon.RetryAfter())
		}
		refuse(w, to.realm)
		return false
	}
	if cookie == nil || !h.sessions.goesOn(cookie.Value, login) {
		http.SetCookie(w, &http.Cookie{
			Name: cookieName, Value: h.sessions.begin(login), Path: "/", Secure: true, HttpOnly: true,
		})
	}
	return true
}

// refuse asks for another name and password.
func refuse(w http.ResponseWriter, realm string) {
	w.Header().Set("WWW-Authenticate", `Basic realm="`+realm+`"`)
	errorPage(w, http.StatusUnauthorized, "This request requires HTTP authentication.")
}

// errorPage answers with the page that stands for what is refused, or is not there.
func errorPage(w http.ResponseWriter, status int, why string) {
	page(w, status, "HTTP Status "+strconv.Itoa(status), why)
}

// page answers with a page, whose title and text are this program's own.
func page(w http.ResponseWriter, status int, title, text string) {
	w.Header().Set("Content-Type", "text/html;charset=UTF-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<html><head><title>%[1]s</title></head><body><h1>%[1]s</h1><p>%s</p></body></html>\n", title, text)
}

// A body is what a request has sent, and why it could not be read.
type body struct {
	text []byte
	err  error
}

func readBody(w http.ResponseWriter, r *http.Request) (b body) {
	b.text, b.err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	return b
}

// operation is the one in an envelope. The error is a fault.
func (b body) operation() (asked *element, err error) {
	if err = b.err; err == nil {
		asked, err = parseEnvelope(b.text)
	}
	if err != nil {
		return nil, &fault{client, noCode, cause.Of(err)}
	}
	return asked, nil
}

// postAXL answers an envelope.
func (h *Handler) postAXL(w http.ResponseWriter, sent body) {
	asked, err := sent.operation()
	if err != nil {
		writeFault(w, err, axlDetail(""))
		return
	}
	release := h.node.Facts().Release
	namespace, ok := answerIn(asked.space, release)
	if !ok {
		errorPage(w, statusVersion, "Incorrect axl version. Supported axl versions are "+supported(release))
		return
	}
	c := &call{h, h.node, h.node.Cluster(), asked}
	answer, err := c.carryOut()
	if err == nil {
		err = h.send(w, asked.name, namespace, answer)
	}
	if err != nil {
		writeFault(w, err, axlDetail(asked.name))
	}
}
