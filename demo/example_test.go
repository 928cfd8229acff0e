package demo_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"

	"itlsim/demo"
	"itlsim/lab"
)

// The live page, for a browser.
func Example() {
	server, err := demo.Start(demo.Config{Phones: 100, Mode: lab.Virtual, Listen: "127.0.0.1:0"})
	if err != nil {
		panic(err)
	}
	defer server.Close()
	answer, err := http.Get(server.URL())
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.Status, regexp.MustCompile(`<title>.*</title>`).FindString(string(page)))
	// Output:
	// 200 OK <title>itlsim: a cluster and its phones</title>
}
