package itl_test

import (
	"crypto/x509/pkix"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/itl"
)

// A phone's trust list: who signed it, and whom it trusts for what.
func ExampleParseList() {
	data, err := os.ReadFile("testdata/ITLFile.tlv")
	if err != nil {
		panic(err)
	}
	list, err := itl.ParseList(data)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s of %d bytes, signed by %s\n", list.Kind(), len(list.Bytes()), itl.CommonName(list.Signer.Subject))
	for _, rec := range list.Records {
		fmt.Println(rec.Role, "-", itl.CommonName(rec.Subject))
	}
	fmt.Println("verified by its own records:", list.VerifySelf() == nil)
	// Output:
	// ITL of 5302 bytes, signed by test10pub.joemar2.lab
	// System Administrator Security Token - test10pub.joemar2.lab
	// TFTP - test10pub.joemar2.lab
	// CAPF - CAPF-75638ad9
	// TVS - test10pub.joemar2.lab
	// System Administrator Security Token - ITLRECOVERY_test10pub.joemar.l
	// TVS - test10sub.joemar2.lab
	// verified by its own records: true
}

// What `utils itl reset` does: the contents stay, another key signs them.
func ExampleList_Resign() {
	signer := func(unit cucm.Unit, name string) itl.Signer {
		key, err := testkeys.NewPool(uint64(len(name))).Key(1024)
		if err != nil {
			panic(err)
		}
		subject, random := pkix.Name{CommonName: name}, rand.NewChaCha8([32]byte{})
		s, err := cucm.NewCertificate(unit, subject, key, time.Unix(0, 0), random)
		if err != nil {
			panic(err)
		}
		return s
	}
	callManager, recovery := signer(cucm.CallManager, "pub"), signer(cucm.ITLRecovery, "ITLRECOVERY_pub")
	template := itl.Template{
		Filename: itl.ITLFilename, Timestamp: time.Unix(1393439067, 0), Digest: itl.SHA1,
		Records: []itl.Record{
			itl.FullRecord(itl.SAST, callManager.Certificate),
			itl.FullRecord(itl.TFTP, callManager.Certificate),
			itl.FullRecord(itl.SAST, recovery.Certificate),
		},
	}
	list, err := template.Sign(callManager)
	if err != nil {
		panic(err)
	}
	reset, err := list.Resign(recovery, time.Unix(1393439686, 0))
	if err != nil {
		panic(err)
	}
	for _, l := range []*itl.List{list, reset} {
		fmt.Println(itl.CommonName(l.Signer.Subject), l.Timestamp.UTC().Format(time.TimeOnly), len(l.Records), "records")
	}
	// A phone that holds the old list knows the new one's signer.
	rec, known := list.Find(reset.Signer, itl.SAST)
	fmt.Println(known, reset.Verify(rec.Key()) == nil)
	// Output:
	// pub 18:24:27 3 records
	// ITLRECOVERY_pub 18:34:46 3 records
	// true true
}
