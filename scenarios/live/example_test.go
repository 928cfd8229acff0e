package live_test

import (
	"context"
	"fmt"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/live"
)

// Somebody watches while somebody else acts, and is told what has changed.
func ExampleWatch() {
	s, _ := scenarios.Find("follow-by-tvs")
	l, err := live.Open(s, lab.Options{Mode: lab.Virtual, Phones: 3, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024})
	if err != nil {
		panic(err)
	}
	defer l.Close()
	act, err := l.ParseAct("phones: power on")
	if err != nil {
		panic(err)
	}
	var watch live.Watch
	watch.News(l)
	if _, err := l.Play(context.Background(), scenarios.Step{Do: []scenarios.Act{act}}); err != nil {
		panic(err)
	}
	news := watch.News(l)
	fmt.Println("phones:", news.Cells) // 5: on and trusted
	fmt.Println(news.Log[0].Kind, "-", news.Log[0].Text)
	// Output:
	// phones: 555
	// Act - phones: power on
}
