package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"itlsim/internal/bounded"
	"itlsim/internal/cause"
)

type healthCmd struct {
	ReadyFile string `help:"${health_ready_file}" required:"" placeholder:"PATH" type:"path"`
}

// healthTime is how long everything has to answer.
const healthTime = 5 * time.Second

// maxReadyFile bounds a ready file, in bytes: a node takes some 300.
const maxReadyFile = 1 << 20

// Run asks whether what a ready file tells of answers, which is what containers and supervisors
// want to know. Services that an administrator may have stopped are not asked.
func (c *healthCmd) Run(ctx context.Context, s streams) error {
	if err := c.ask(ctx); err != nil {
		fmt.Fprintf(s.out, "not healthy: %s\n", cause.Of(err))
		return errFailed
	}
	fmt.Fprintln(s.out, "healthy")
	return nil
}

func (c *healthCmd) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	text, err := bounded.ReadFile(c.ReadyFile, maxReadyFile)
	if err != nil {
		return err
	}
	var r ready
	if err := json.Unmarshal(text, &r); err != nil {
		return fmt.Errorf("%s: %w", c.ReadyFile, err)
	}
	if len(r.Nodes) == 0 {
		return fmt.Errorf("%s names no node", c.ReadyFile)
	}
	for _, n := range r.Nodes {
		if err := askSSH(ctx, n.SSH); err != nil {
			return fmt.Errorf("SSH of %s: %w", n.Name, err)
		}
	}
	for _, url := range []string{r.Page, r.API} {
		if err := askHTTP(ctx, url); err != nil {
			return err
		}
	}
	return nil
}

// askSSH waits for what an SSH server says first.
func askSSH(ctx context.Context, address string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close() // it was only read
	until, _ := ctx.Deadline()
	_ = conn.SetReadDeadline(until)
	said, err := bufio.NewReaderSize(conn, 256).ReadString('\n')
	if err == nil && !strings.HasPrefix(said, "SSH-2.0-") {
		err = errors.New("something else answers there")
	}
	return err
}

// askHTTP waits for any answer; "" is nowhere. What needs a token answers without one, too.
func askHTTP(ctx context.Context, url string) error {
	if url == "" {
		return nil
	}
	ask, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultTransport.RoundTrip(ask)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}
