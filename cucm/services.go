package cucm

import (
	"errors"
	"fmt"

	"itlsim/cucm/ciscolog"
)

// Connect gives the cluster the network by which it is reached, and says where each
// activated service is to be: host:port, as configurations name it.
func (c *Cluster) Connect(network Network, address func(*Node, Service) string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.network = network
	c.changes++
	for _, n := range c.nodes {
		n.addresses = make(map[Service]string)
		for service, on := range n.activated {
			if on {
				n.addresses[service] = address(n, service)
			}
		}
	}
}

// Restart restarts a service, or starts one that is stopped. Every start of
// TFTP builds the node's ITL anew: that is when a reset list ends (M12) and a
// regenerated ITLRecovery record arrives (M14).
func (n *Node) Restart(s Service) error {
	n.cluster.admin.Lock()
	defer n.cluster.admin.Unlock()
	return n.restart(s)
}

func (n *Node) restart(services ...Service) error {
	return n.restartBy(n.cluster.draft(), services...)
}

// boot starts all services of the node, those that were stopped too.
func (n *Node) boot() error { return n.bootBy(n.cluster.draft()) }

// bootBy does so by a draft that other changes may have been made to.
func (n *Node) bootBy(d *draft) error {
	n.log.Ended()
	for s := range bystanders {
		delete(d.nodes[n.index].running, s)
	}
	d.boots(n.index)
	return n.restartBy(d, n.Services()...)
}

// restartBy restarts services, by a draft that other changes may have been made to.
func (n *Node) restartBy(d *draft, services ...Service) error {
	for _, s := range services {
		d.starts(n.index, s)
		switch s {
		case TFTPService:
			if err := d.rebuild(true, n.index); err != nil {
				return err
			}
		case TVSService:
			d.nodes[n.index].unread = nil
		}
	}
	return n.cluster.restart(d, n, services...)
}

// restart stops services of a node, brings the draft into force and starts
// them again, whatever became of the draft.
func (c *Cluster) restart(d *draft, n *Node, services ...Service) error {
	for _, s := range services {
		if err := c.stop(n, s); err != nil {
			return err
		}
	}
	errs := []error{c.commit(d)}
	for _, s := range services {
		if n.Running(s) {
			errs = append(errs, c.start(n, s))
		}
	}
	return errors.Join(errs...)
}

// StopService stops a service until it is started again.
func (n *Node) StopService(s Service) error {
	n.cluster.admin.Lock()
	defer n.cluster.admin.Unlock()
	d := n.cluster.draft()
	d.nodes[n.index].running[s] = false
	return n.cluster.restart(d, n, s)
}

// StartService starts a service that is stopped; one that runs is left alone.
func (n *Node) StartService(s Service) error {
	n.cluster.admin.Lock()
	defer n.cluster.admin.Unlock()
	if n.Running(s) {
		return nil
	}
	return n.restart(s)
}

// RestartSystem restarts the node: all its services start, those that were stopped
// too.
func (n *Node) RestartSystem() error {
	n.cluster.admin.Lock()
	defer n.cluster.admin.Unlock()
	return n.boot()
}

// PowerOff takes a node off the network, as when its power fails: no service
// answers, and the node hears of no change.
func (n *Node) PowerOff() error {
	c := n.cluster
	c.mu.Lock()
	n.down = true
	c.mu.Unlock()
	var errs []error
	for _, s := range n.Services() {
		errs = append(errs, c.stop(n, s))
	}
	return errors.Join(errs...)
}

// PowerOn brings it back: its services start.
func (n *Node) PowerOn() error {
	n.cluster.admin.Lock()
	defer n.cluster.admin.Unlock()
	n.cluster.mu.Lock()
	n.down = false
	n.cluster.mu.Unlock()
	return n.boot()
}

// stop has the network end a service.
func (c *Cluster) stop(n *Node, s Service) error {
	n.log.Ended(string(s)) // CallManager and TVS send entries by the service's name
	network := c.networkOf(s)
	if network == nil {
		return nil
	}
	if err := network.Stop(n, s); err != nil {
		return fmt.Errorf("stop %s on %s: %w", s, n.Name(), err)
	}
	return nil
}

// networkOf is the network by which a service is reached; nil where there is none.
func (c *Cluster) networkOf(s Service) Network {
	if _, idle := bystanders[s]; idle {
		return nil
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.network
}

// start has the network make a service reachable, unless the node is down.
func (c *Cluster) start(n *Node, s Service) error {
	if n.Down() {
		return nil
	}
	name := ciscolog.Tag{Name: "ServiceName", Value: string(s)}
	if network := c.networkOf(s); network != nil {
		if err := network.Start(n, s); err != nil {
			reason := ciscolog.Tag{Name: "Reason", Value: err.Error()}
			c.raise(occurrence{n.index, ciscolog.ServiceStartFailed, c.Now(), ciscolog.Tags{name, reason}})
			return fmt.Errorf("start %s on %s: %w", s, n.Name(), err)
		}
	}
	c.raise(occurrence{n.index, ciscolog.ServiceStarted, c.Now(), ciscolog.Tags{name}})
	return nil
}
