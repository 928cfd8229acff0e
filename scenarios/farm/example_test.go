package farm_test

import (
	"context"
	"fmt"

	"itlsim/scenarios"
	"itlsim/scenarios/farm"
	"itlsim/scenarios/farm/host"
)

// A run in two shards, and a worker that plays them. Others would play some of them, on any machine.
func Example() {
	server, err := host.Start(host.Config{Listen: "127.0.0.1:0"})
	if err != nil {
		panic(err)
	}
	defer server.Close()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()

	place, err := farm.Find(server.JoinFile(), "")
	if err != nil {
		panic(err)
	}
	joined, err := farm.Dial(place, "worker", func(string) {})
	if err != nil {
		panic(err)
	}
	defer joined.Close()
	worker := &farm.Worker{Build: "1", Name: "worker", Said: func(string) {}}
	go worker.Work(ctx, joined)

	text, _ := scenarios.Source("follow-by-tvs")
	bundle, err := farm.Pack(farm.Spec{Build: "1", Seed: 1, Phones: 8, Shards: 2}, "follow-by-tvs.yaml", text, nil)
	if err != nil {
		panic(err)
	}
	runs, err := farm.Dial(server.Place(), "run", func(string) {})
	if err != nil {
		panic(err)
	}
	defer runs.Close()
	report, err := runs.Run(ctx, bundle, farm.Options{})
	if err != nil {
		panic(err)
	}
	fmt.Println(report.Phones, "phones in", report.Shards, "shards:", report.States.Trusted, "trusted")
	// Output:
	// 8 phones in 2 shards: 8 trusted
}
