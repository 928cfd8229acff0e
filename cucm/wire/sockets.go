package wire

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/webapi"
	"itlsim/internal/contain"
	"itlsim/internal/tcp"
	"itlsim/tftp"
	"itlsim/tvs"
)

// Sockets is the network of a cluster whose services listen on real sockets.
type Sockets struct {
	options Options

	mu      sync.Mutex
	servers map[endpoint]server
	ended   cucm.Traffic // of servers that were stopped

	notified atomic.Uint64 // numbers NOTIFYs
	switched atomic.Uint64 // call managers

	devices *webapi.Rate // of questions about devices
}

type endpoint struct {
	node    *cucm.Node
	service cucm.Service
}

// Options say how services listen. The zero value of each field is fine.
type Options struct {
	// PortOffset, where not nil, has services listen at the standard ports, each
	// moved by so much. If it is nil, each has a free one, which the system gives to
	// nobody else while the service is stopped.
	PortOffset *int
	// Pace is how many times as fast as usual nodes lose their patience with phones, and
	// the minutes of RISRate pass; 1 if 0.
	Pace float64
	// RISRate is how many questions about devices the nodes answer in a minute, all
	// together; 0 is any number, and nil as many as CUCM.
	RISRate *int
}

// risRate is how many questions about devices are answered in a minute; 0: any number.
func (o Options) risRate() int {
	if o.RISRate == nil {
		return webapi.UsualRISRate
	}
	return *o.RISRate
}

// patience is how long nodes wait for phones that usually wait for so long.
func (o Options) patience(usual time.Duration) time.Duration {
	return time.Duration(float64(usual) / cmp.Or(o.Pace, 1))
}

// Listen starts every activated service of a cluster. Each node has an address
// of its own, by its place in hosts ("127.0.0.2"); ports are free ones, and stay the
// same through restarts.
func Listen(c *cucm.Cluster, hosts []string) (*Sockets, error) {
	return ListenWith(c, hosts, Options{})
}

// ListenWith does so with these options.
func ListenWith(c *cucm.Cluster, hosts []string, opt Options) (*Sockets, error) {
	if len(hosts) < len(c.Nodes()) {
		return nil, fmt.Errorf("%d addresses for %d nodes", len(hosts), len(c.Nodes()))
	}
	s := &Sockets{options: opt, servers: make(map[endpoint]server)}
	s.devices = webapi.NewRate(opt.risRate(), opt.patience(time.Minute))
	c.Connect(s, func(n *cucm.Node, service cucm.Service) string {
		port := 0
		if opt.PortOffset != nil {
			port = service.Port() + *opt.PortOffset
		}
		return net.JoinHostPort(hosts[slices.Index(c.Nodes(), n)], strconv.Itoa(port))
	})
	for _, n := range c.Nodes() {
		for _, service := range cucm.Services {
			if !n.Running(service) {
				continue
			}
			if err := s.Start(n, service); err != nil {
				s.Close()
				return nil, fmt.Errorf("%s on %s: %w", service, n.Name(), err)
			}
		}
	}
	return s, nil
}

// A server answers for a node on sockets.
type server interface {
	io.Closer
	Addr() netip.AddrPort
}

// Start makes a service listen where it did before ([cucm.Network]). One that does
// already goes on.
func (s *Sockets) Start(n *cucm.Node, service cucm.Service) error {
	if s.Answers(n, service) {
		return nil
	}
	server, err := s.listen(n, service)
	if err != nil {
		return err
	}
	n.SetAddress(service, server.Addr().String())
	if service == cucm.CallManagerService {
		s.switched.Add(1)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.servers[endpoint{n, service}] = server
	return nil
}

// The ports that services get where none are given. A service gives its ports up while
// it is stopped, and has to get them back. So they lie below those that systems give to
// whoever asks for any, be it for a connection or to listen at all addresses: from 32768
// on (Linux, ip_local_port_range) or 49152 (RFC 6335, 6); and above the standard ones
// that an offset of up to 15000 has moved.
const (
	firstPort = 23500
	lastPort  = 25800 // whose HTTP is at 32701, if it is that of TFTP
)

// listen starts a service where it was before, or at a free port.
func (s *Sockets) listen(n *cucm.Node, service cucm.Service) (server, error) {
	at, err := netip.ParseAddrPort(n.Address(service))
	if err != nil {
		return nil, err
	}
	if at.Port() != 0 {
		return s.start(n, service, at)
	}
	for try := 0; ; try++ {
		free := uint16(firstPort + rand.IntN(lastPort-firstPort+1))
		server, err := s.start(n, service, netip.AddrPortFrom(at.Addr(), free))
		if try >= 100 || !errors.Is(err, syscall.EADDRINUSE) {
			return server, err
		}
	}
}

// behind is the port so far behind another.
func behind(at netip.AddrPort, far int) string {
	return net.JoinHostPort(at.Addr().String(), strconv.Itoa(int(at.Port())+far))
}

func (s *Sockets) start(n *cucm.Node, service cucm.Service, at netip.AddrPort) (server, error) {
	switch service {
	case cucm.TFTPService:
		return listenFiles(n, at, s.options.patience(tftp.ServerTimeout))
	case cucm.TVSService:
		config := tvs.ServerConfig{
			Certificate: func() *tls.Certificate { return shown(n, cucm.TVSUnit) },
			Answer:      n.AnswerTVS,
			Fault:       func(err error) { n.Fault("TVS", err) },
			MinVersion:  n.MinTLS().Server,
		}
		if config.MinVersion == tls.VersionTLS12 {
			config.MaxVersion = tls.VersionTLS12 // "only 1.2" (security guide 15)
		}
		return tvs.Listen(at.String(), config)
	case cucm.CallManagerService:
		return listenSIP(n, at)
	}
	l, err := tcp.Listen(at.String())
	if err != nil {
		return nil, err
	}
	return serveDirectory(n, l, s.devices), nil
}

// shown is what the node's TVS or tomcat shows: the present certificate, a
// regenerated one at once.
func shown(n *cucm.Node, unit cucm.Unit) *tls.Certificate {
	cert := n.Shown(unit)
	return &tls.Certificate{Certificate: [][]byte{cert.Certificate.Raw}, PrivateKey: cert.Key, Leaf: cert.Certificate}
}

// Stop ends a service; transfers under way may finish ([cucm.Network]).
func (s *Sockets) Stop(n *cucm.Node, service cucm.Service) error {
	s.mu.Lock()
	server := s.servers[endpoint{n, service}]
	delete(s.servers, endpoint{n, service})
	s.mu.Unlock()
	if server == nil {
		return nil
	}
	err := server.Close()
	contain.Holding(&s.mu, func() { s.ended = s.ended.Plus(seen(server)) })
	if service == cucm.CallManagerService {
		s.switched.Add(1)
		n.ForgetPhones()
	}
	return err
}

// Answers reports whether a service answers.
func (s *Sockets) Answers(n *cucm.Node, service cucm.Service) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.servers[endpoint{n, service}] != nil
}

// Switched is how often call managers were started or stopped.
func (s *Sockets) Switched() uint64 { return s.switched.Load() }

// Close ends all services.
func (s *Sockets) Close() error {
	var running []endpoint
	contain.Holding(&s.mu, func() {
		for e, server := range s.servers {
			running = append(running, e)
			if files, ok := server.(*fileService); ok {
				files.tftp.Hurry()
			}
		}
	})
	var first error
	for _, e := range running {
		if err := s.Stop(e.node, e.service); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Traffic sums up what all servers saw, the stopped ones too.
func (s *Sockets) Traffic() cucm.Traffic {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.ended
	for _, server := range s.servers {
		t = t.Plus(seen(server))
	}
	return t
}

// seen is what a server saw.
func seen(s server) cucm.Traffic {
	switch s := s.(type) {
	case *fileService:
		return cucm.Traffic{TFTP: s.tftp.Stats(), HTTP: s.http.stats()}
	case *tvs.Server:
		return cucm.Traffic{TVS: s.Stats()}
	}
	return cucm.Traffic{}
}
