package sip

import (
	"bytes"
	"slices"
	"testing"
	"time"
)

// Who does not say the Call-ID of the phone's registration has it do nothing, whatever
// else a NOTIFY says; and an answer is one of those that phones give.
func FuzzNotified(f *testing.F) {
	manager := CallManager{"192.168.7.200:5060", "Cisco-CUCM12.5"}
	to := "sip:" + golden7821.Number + "@" + golden7821.Address.String()
	notify := func(action Action, callID string) []byte {
		return manager.Notify(Notice{action, to, callID, 1}, time.Unix(0, 0)).Bytes
	}
	f.Add(notify(Reset, golden7821.RegisterCallID()))
	f.Add(notify(Restart, golden7821.RegisterCallID()))
	f.Add(notify(Reset, "000000000000"))
	f.Add(bytes.ReplaceAll(notify(Reset, golden7821.RegisterCallID()), []byte("service-control"), []byte("check-sync")))
	f.Fuzz(func(t *testing.T, data []byte) {
		conn := newConn(piped{Reader: bytes.NewReader(data)})
		defer conn.Close()
		r, err := conn.next()
		if err != nil || r.Method == "" || r.incomplete() {
			return
		}
		reply, does := golden7821.Notified(r)
		if does.Action != "" && !bytes.Contains(data, []byte(golden7821.RegisterCallID())) {
			t.Fatalf("%q without the Call-ID", does.Action)
		}
		if does.Action != "" && reply.Code != 200 {
			t.Fatalf("%q and %d", does.Action, reply.Code)
		}
		if !slices.Contains([]int{200, 400, 404}, reply.Code) {
			t.Fatalf("answer %d", reply.Code)
		}
	})
}
