package webapi

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Bounds of a request, this project's own choice. The longest that scripts send names
// 2,000 phones, 120 kB in 4,000 elements; none is deeper than seven.
const (
	maxBody   = 1 << 20 // bytes
	maxDepth  = 32      // elements within each other
	maxTokens = 100_000 // beginnings, ends, pieces of text and what else XML has
)

// An element of a request. Of names only the local part counts, since clients write any
// prefix and some none.
type element struct {
	name     string
	space    string // the namespace, or an undeclared prefix
	uuid     string // attribute
	text     string // without blanks around it
	pieces   []byte // of the text, while it comes
	children []*element
}

// child is the first child of a name; an empty one where there is none.
func (e *element) child(name string) *element {
	for _, c := range e.children {
		if c.name == name {
			return c
		}
	}
	return &element{}
}

var errNoOperation = errors.New("no operation in the Body of a SOAP Envelope")

// parseEnvelope is the first element of a SOAP body. Documents with a DTD are refused, and
// entities are not known but XML's own five.
func parseEnvelope(body []byte) (operation *element, err error) {
	root, err := parse(body)
	if err != nil {
		return nil, err
	}
	if root.name != "Envelope" {
		return nil, errNoOperation
	}
	if content := root.child("Body").children; len(content) > 0 {
		return content[0], nil
	}
	return nil, errNoOperation
}

// parse reads a document of one element.
func parse(document []byte) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(document))
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "us-ascii") {
			return in, nil
		}
		return nil, fmt.Errorf("the encoding %q is not known here", charset)
	}
	top := &element{}
	open := []*element{top}
	for tokens := 1; ; tokens++ {
		token, err := d.Token()
		if err == io.EOF && len(top.children) == 1 {
			return top.children[0], nil
		}
		if err != nil {
			return nil, err
		}
		if tokens > maxTokens || len(open) > maxDepth+1 {
			return nil, fmt.Errorf("more than %d tokens, or %d elements within each other", maxTokens, maxDepth)
		}
		last := open[len(open)-1]
		switch token := token.(type) {
		case xml.Directive:
			return nil, errors.New("a document type is not allowed")
		case xml.StartElement:
			e := newElement(token)
			last.children = append(last.children, e)
			open = append(open, e)
		case xml.EndElement:
			last.text, last.pieces = string(bytes.TrimSpace(last.pieces)), nil
			open = open[:len(open)-1]
		case xml.CharData:
			if len(last.children) == 0 { // stray text between elements is nobody's
				last.pieces = append(last.pieces, token...)
			}
		}
	}
}

func newElement(start xml.StartElement) *element {
	e := &element{name: start.Name.Local, space: start.Name.Space}
	for _, a := range start.Attr {
		if a.Name.Local == "uuid" {
			e.uuid = strings.TrimSpace(a.Value)
		}
	}
	return e
}

// truth is what a boolean says, in the spellings that clients have; false where it is none.
func truth(text string) (is, ok bool) {
	switch strings.ToLower(text) {
	case "true", "t", "1":
		return true, true
	case "false", "f", "0":
		return false, true
	}
	return false, false
}
