package sshd_test

import (
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/sshd"
)

// An administrator's script logs in and types a command.
func Example() {
	cfg := cucm.Cisco117598()
	cfg.Keys, cfg.Password = testkeys.NewPool(1), "secret"
	cluster, err := cucm.New(cfg)
	if err != nil {
		panic(err)
	}
	defer cluster.Close()
	server, err := sshd.Listen(cluster.Publisher(), "127.0.0.2:0")
	if err != nil {
		panic(err)
	}
	defer server.Close()

	client, err := ssh.Dial("tcp", server.Addr().String(), &ssh.ClientConfig{
		User: "admin", Auth: []ssh.AuthMethod{ssh.Password("secret")}, HostKeyCallback: ssh.InsecureIgnoreHostKey(),
	})
	if err != nil {
		panic(err)
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		panic(err)
	}
	printed, err := session.Output("show version active")
	fmt.Println(strings.TrimSpace(string(printed)), err)
	// Output:
	// Active Master Version: 10.0.1.11900-2
	// Active Version Installed Software Options:
	// No Installed Software Options Found. <nil>
}
