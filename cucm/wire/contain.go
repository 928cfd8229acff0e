package wire

import (
	"net/http"

	"itlsim/cucm"
	"itlsim/tftp"
)

// contained are the node's files, by a protocol. A panic in one is an error of that
// request alone.
func contained(n *cucm.Node, protocol string) tftp.FileFunc {
	return func(name string) (data []byte, err error) {
		if fault := n.Contain(protocol, func() { data, err = n.File(name) }); fault != nil {
			return nil, fault
		}
		return data, err
	}
}

// containedHandler serves what a node has by HTTP. A panic ends its request alone.
func containedHandler(n *cucm.Node, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.Contain("HTTPS", func() { h.ServeHTTP(w, r) }) != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
}
