package tftp_test

import (
	"context"
	"errors"
	"fmt"

	"itlsim/tftp"
)

// A node serves from memory what a phone asks for.
func Example() {
	server, err := tftp.Listen("127.0.0.1:0", tftp.ServerConfig{Files: func(s string) ([]byte, error) {
		name, err := tftp.ParseName(s)
		if err != nil || name.Kind != tftp.ITL {
			return nil, tftp.ErrNotFound
		}
		return []byte("the list of " + name.Device), nil
	}})
	if err != nil {
		panic(err)
	}
	defer server.Close()

	var client tftp.Client
	for _, kind := range []tftp.Kind{tftp.CTL, tftp.ITL} {
		name := tftp.Name{Kind: kind, Device: "SEP001122334455"}.String()
		data, err := client.Get(context.Background(), server.Addr().String(), name)
		if errors.Is(err, tftp.ErrNotFound) {
			fmt.Println(name, "does not exist")
			continue
		}
		fmt.Printf("%s: %s\n", name, data)
	}
	// Output:
	// CTLSEP001122334455.tlv does not exist
	// ITLSEP001122334455.tlv: the list of SEP001122334455
}
