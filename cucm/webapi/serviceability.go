package webapi

import "net/http"

// Serviceability APIs are RIS, Control Center and log collection: SOAP services whose
// elements are all of one namespace, and whose faults have no details.

// content is what stands in the body of an answer.
type content func(w *writer)

// soap has an operation answered, where an envelope has one.
func soap(answer func(http.ResponseWriter, *element)) func(http.ResponseWriter, body) {
	return func(w http.ResponseWriter, sent body) {
		asked, err := sent.operation()
		if err != nil {
			writeFault(w, err, nil)
			return
		}
		answer(w, asked)
	}
}

// api has a service answer the operations that it has, by the name of their element. name
// is what faults call it.
func (h *Handler) api(
	name string, operations map[string]func(*call) (content, error),
) func(http.ResponseWriter, *element) {
	return func(w http.ResponseWriter, asked *element) {
		do := operations[asked.name]
		if do == nil {
			writeFault(w, notThere(asked.name, name), nil)
			return
		}
		write, err := do(&call{h, h.node, h.node.Cluster(), asked})
		if err != nil {
			writeFault(w, err, nil)
			return
		}
		w.Header().Set("Content-Type", xmlType)
		_ = envelope(w, write) // the client may have gone
	}
}

// ns1 writes elements of the answers' prefix.
func (w *writer) ns1() writer { return writer{w.Writer, "ns1:", w.nils} }

// in writes one around what write writes.
func (w *writer) in(name string, write func(), attributes ...string) {
	w.ns1().open(name, attributes...)
	write()
	w.ns1().close(name)
}

// part writes one with text.
func (w *writer) part(name, text string) { w.ns1().leaf(name, text) }

// missing writes one that is nil.
func (w *writer) missing(name string) { w.ns1().nothing(name) }

// answers writes the answer to an operation around its return.
func (w *writer) answers(operation string, write func()) {
	w.in(operation+"Response", func() { w.in(operation+"Return", write) }, "xmlns:ns1", astSpace)
}
