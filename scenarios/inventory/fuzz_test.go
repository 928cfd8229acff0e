package inventory_test

import (
	"testing"
	"time"

	"itlsim/cucm/testkeys"
	"itlsim/itl"
	"itlsim/scenarios/inventory"
)

// No export, however broken, does anything but come back with a problem that has
// a place.
func FuzzDevices(f *testing.F) {
	f.Add([]byte("name,model,registered\nSEP001122334455,8861,no\n"))
	f.Add([]byte("\xff\xfen\x00a\x00m\x00e\x00,\x00m\x00o\x00d\x00e\x00l\x00\n\x00"))
	f.Add([]byte("sep=;\r\nname;model\r\n\"SEP001122334455;8861\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		e := inventory.Export{File: "a.csv", Data: data, Most: 100}
		devices, warnings, problems := e.Devices()
		if len(devices) == 0 && len(problems) == 0 {
			t.Fatal("neither devices nor a problem")
		}
		for _, p := range append(problems, warnings...) {
			if p.Line < 1 || p.Column < 1 || p.Message == "" {
				t.Fatalf("no position: %v", p)
			}
		}
	})
}

// A list that is taken out of a text has a checksum, a signer and whole records.
func FuzzParseList(f *testing.F) {
	file := cluster(f, testkeys.NewPool(1)).Publisher().ITL()
	f.Add(file.Bytes())
	f.Add([]byte(itl.Show(file, time.UTC)))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := inventory.ParseList(data)
		if err == nil && list.Shown && (len(list.Signer.Serial) == 0 || len(list.Bytes) == 0) {
			t.Fatalf("no signer: %+v", list)
		}
	})
}
