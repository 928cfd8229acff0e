package inventory_test

import (
	"bytes"
	"testing"
	"testing/fstest"
	"time"

	"itlsim/cucm/testkeys"
	"itlsim/itl"
	"itlsim/scenarios"
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

// Whatever an import finds in a file, its plan loads.
func FuzzRead(f *testing.F) {
	const risdb = "DeviceName, Descr, Ipaddr, RegStatus, DeviceModel, ActiveLoadId, Perfmon Object\n"
	file := cluster(f, testkeys.NewPool(1)).Publisher().ITL()
	f.Add(file.Bytes())
	f.Add([]byte(itl.Show(file, time.UTC)))
	f.Add([]byte("Device Name,Description,Device Pool\nSEP001122334455,\"a, b\",DP\nCSFX,,\n"))
	f.Add([]byte(risdb + "SEP001122334455, a, b, 1.2.3.4, reg, 685, sip88xx.14, 2\n"))
	f.Add([]byte("name            pool\n=============== ====\nSEP001122334455 D\xc3\xbc \n\nadmin:\n"))
	f.Add([]byte("Name;Model;Status\nSEP001122334455;684;Registered\nATA001122334455;550;None\n"))
	f.Add([]byte("name,model,firmware,tftp,itl,registered\nSEP001122334455,8861,,,,yes\n"))
	f.Add([]byte("admin:show version active\nActive Master Version: 12.5.1.10000-22\n" + risdb +
		"SEP001122334455, a, 1.2.3.4, unr, 685, sip88xx.14, 2\nadmin:show itl\n" + itl.Show(file, time.UTC)))
	f.Add([]byte("\xff\xfeM\x00A\x00C\x00 \x00A\x00d\x00d\x00r\x00e\x00s\x00s\x00,\x00D\x00e\x00v\x00i\x00c\x00e\x00 \x00P\x00o\x00o\x00l\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		found := inventory.Read([]inventory.Source{{File: "a", Data: bytes.Clone(data)}}, 100)
		plan := found.Plan("plan")
		if plan == nil {
			if len(found.Problems) == 0 && len(found.Took) == 0 {
				t.Fatal("neither a plan nor a problem")
			}
			return
		}
		dir := make(fstest.MapFS)
		for _, f := range plan[1:] {
			dir[f.Name] = &fstest.MapFile{Data: f.Data}
		}
		if _, err := scenarios.Load(plan[0].Name, plan[0].Data, dir); err != nil {
			t.Fatalf("%v\n%s", err, plan[0].Data)
		}
	})
}
