package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"itlsim/cucm"
	"itlsim/demo"
	"itlsim/internal/cause"
	"itlsim/lab"
)

// played is the cluster and the phones of a scenario, for people and programs to act on.
type played struct {
	demo.Config
	readyFile string
}

// play puts them up until it is interrupted. opened is called when everything answers.
func play(ctx context.Context, s streams, end *ending, p played, opened func(*demo.Server)) error {
	file, err := createReady(p.readyFile)
	if err != nil {
		return err
	}
	defer file.abandon()
	given := p.Password != ""
	if !given {
		p.Password = strings.ToLower(rand.Text()[:8])
	}
	p.Restarted = func(d *demo.Server) {
		again, err := createReady(p.readyFile)
		if err == nil {
			err = p.ready(d).write(again)
		}
		if err != nil {
			fmt.Fprintf(s.err, "itlsim: %s\n", cause.Of(err))
		}
	}
	d, err := demo.Start(p.Config)
	if err != nil {
		return err
	}
	defer d.Close()
	end.begin()
	r := p.ready(d)
	r.given = given
	r.print(s.out)
	if err := r.write(file); err != nil {
		return err
	}
	defer transient.remove(r.file) // nothing answers any more
	opened(d)
	defer givingBack()()
	<-ctx.Done()
	return nil
}

// ready is where everything is. The services of a simulated network cannot be
// reached, so they are left out.
func (p *played) ready(d *demo.Server) *ready {
	r := &ready{Admin: readyAdmin{cucm.AdminUser, d.Password()}, Page: d.URL()}
	r.API, r.Token = d.API()
	ssh := d.SSH()
	for i, n := range d.Nodes() {
		node := readyNodeOf(n, ssh[i])
		if p.Mode == lab.Virtual {
			node = readyNode{Name: node.Name, Role: node.Role, SSH: node.SSH}
		}
		r.Nodes = append(r.Nodes, node)
	}
	return r
}

// checkOffset finds what is wrong with what is to be added to ports. The highest standard
// port is 8443.
func checkOffset(n *int) error {
	if n != nil && (*n < 0 || *n > 50000) {
		return usageError("--port-offset %d: want 0 to 50000", *n)
	}
	return nil
}

// apiAt is the flag of commands that programs act on.
type apiAt struct {
	API string `name:"api" help:"${api}" placeholder:"ADDR"`
}

// check finds what is wrong with the API's address, and completes it.
func (a *apiAt) check() (err error) {
	if a.API != "" {
		a.API, err = listenAt("--api", a.API)
	}
	return err
}
