package cucm

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"itlsim/sip"
	"itlsim/tvs"
)

// Sockets is the network of a cluster whose services listen on real sockets.
type Sockets struct {
	cluster *Cluster

	mu      sync.Mutex
	servers map[endpoint]io.Closer
	ended   Traffic // of servers that were stopped

	notified atomic.Uint64 // numbers NOTIFYs
}

type endpoint struct {
	node    *Node
	service Service
}

// Listen starts every activated service of a cluster. Each node has an address
// of its own, by its place in hosts ("127.0.0.2"); ports are chosen by the
// system and stay the same through restarts.
func Listen(c *Cluster, hosts []string) (*Sockets, error) {
	return listen(c, hosts, func(Service) int { return 0 })
}

// ListenAt does so on the standard ports, each moved by offset.
func ListenAt(c *Cluster, hosts []string, offset int) (*Sockets, error) {
	return listen(c, hosts, func(s Service) int { return s.Port() + offset })
}

func listen(c *Cluster, hosts []string, port func(Service) int) (*Sockets, error) {
	if len(hosts) < len(c.nodes) {
		return nil, fmt.Errorf("%d addresses for %d nodes", len(hosts), len(c.nodes))
	}
	s := &Sockets{cluster: c, servers: make(map[endpoint]io.Closer)}
	c.Connect(s, func(n *Node, service Service) string {
		return net.JoinHostPort(hosts[slices.Index(c.nodes, n)], strconv.Itoa(port(service)))
	})
	for _, n := range c.nodes {
		for _, service := range Services {
			if !n.Running(service) {
				continue
			}
			if err := s.Start(n, service); err != nil {
				s.Close()
				return nil, fmt.Errorf("%s on %s: %w", service, n.name, err)
			}
		}
	}
	return s, nil
}

// Start makes a service listen where it did before.
func (s *Sockets) Start(n *Node, service Service) error {
	var server io.Closer
	var address string
	switch service {
	case TFTPService:
		f, at, err := listenFiles(n, n.Address(service))
		if err != nil {
			return err
		}
		server, address = f, at
	case CallManagerService:
		l, err := net.Listen("tcp4", n.Address(service))
		if err != nil {
			return err
		}
		t := sip.Serve(l, sip.ServerConfig{Handle: n.answerSIP})
		server, address = t, t.Addr().String()
	case TomcatService:
		t, err := listenDirectory(n, n.Address(service))
		if err != nil {
			return err
		}
		server, address = t, t.addr.String()
	case TVSService:
		t, err := tvs.Listen(n.Address(service), tvs.ServerConfig{Certificate: func() *tls.Certificate { return n.tlsCertificate(TVSUnit) }, Answer: n.AnswerTVS})
		if err != nil {
			return err
		}
		server, address = t, t.Addr().String()
	}
	n.cluster.mu.Lock()
	n.addresses[service] = address
	n.cluster.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.servers[endpoint{n, service}] = server
	return nil
}

// tlsCertificate is what the node's TVS or tomcat shows: the present
// certificate, a regenerated one at once.
func (n *Node) tlsCertificate(unit Unit) *tls.Certificate {
	cert := n.Shown(unit)
	return &tls.Certificate{Certificate: [][]byte{cert.Certificate.Raw}, PrivateKey: cert.Key, Leaf: cert.Certificate}
}

// Stop ends a service; transfers under way may finish.
func (s *Sockets) Stop(n *Node, service Service) error {
	s.mu.Lock()
	server := s.servers[endpoint{n, service}]
	delete(s.servers, endpoint{n, service})
	s.mu.Unlock()
	if server == nil {
		return nil
	}
	err := server.Close()
	s.mu.Lock()
	s.ended.add(server)
	s.mu.Unlock()
	if service == CallManagerService {
		n.ForgetPhones()
	}
	return err
}

// Close ends all services.
func (s *Sockets) Close() error {
	s.mu.Lock()
	var running []endpoint
	for e, server := range s.servers {
		running = append(running, e)
		if files, ok := server.(*fileService); ok {
			files.tftp.Hurry()
		}
	}
	s.mu.Unlock()
	var first error
	for _, e := range running {
		if err := s.Stop(e.node, e.service); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Traffic sums up what all servers saw, the stopped ones too.
func (s *Sockets) Traffic() Traffic {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.ended
	for _, server := range s.servers {
		t.add(server)
	}
	return t
}

func (t *Traffic) add(server io.Closer) {
	switch server := server.(type) {
	case *fileService:
		t.HTTP.Files += server.files.Load()
		t.HTTP.Bytes += server.bytes.Load()
		t.HTTP.NotFound += server.notFound.Load()
		*t = t.Plus(Traffic{TFTP: server.tftp.Stats()})
	case *tvs.Server:
		*t = t.Plus(Traffic{TVS: server.Stats()})
	}
}
