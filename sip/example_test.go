package sip_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	"itlsim/sip"
)

// A phone tells its call manager which trust lists it holds, and registers.
func Example() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	callManager := sip.Serve(listener, sip.ServerConfig{Handle: func(x *sip.Exchange) {
		if alarm, ok := sip.ParseDeviceTLInfo(string(x.Request.Body)); ok {
			fmt.Println(x.Request.Method, "says that the CTL of", alarm.Device, "is", alarm.CTL, "and its ITL", alarm.ITL)
			x.Answer(sip.Reply{Code: 202})
			return
		}
		lifetime, _ := sip.Wanted(x.Request)
		fmt.Println(x.Request.Method, "for", lifetime)
		x.Answer(sip.Reply{Code: 200})
	}})
	defer callManager.Close()

	phone := sip.Phone{
		Device: "SEP001122334455", Number: "2001", Address: netip.MustParseAddrPort("127.0.0.1:5060"),
		UserAgent: "Cisco-CP8861/14.1.1",
	}
	alarm := sip.DeviceTLInfo{Device: phone.Device, IPv4: phone.Address.Addr()}
	client := sip.Client{Timeout: time.Minute}
	conn, err := client.Dial(context.Background(), listener.Addr().String())
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	for _, answer := range conn.AskAll(
		phone.Refer("127.0.0.1", 0, time.Now(), alarm.XML()), phone.Register("127.0.0.1", 1, time.Now(), nil),
	) {
		fmt.Println(answer.StatusCode, answer.Err)
	}
	// Output:
	// REFER says that the CTL of SEP001122334455 is Not Installed and its ITL Not Installed
	// REGISTER for 1h0m0s
	// 202 <nil>
	// 200 <nil>
}
