package webapi

import (
	"encoding/xml"
	"fmt"
	"iter"
	"net/http"
	"strings"
)

// A wsdl is the description of a SOAP service as clients read it: style document, use literal, its
// elements qualified. It is written anew for what is there, with text for enumerations.
type wsdl struct {
	path, space                      string
	service, port, portType, binding string
	kinds                            []kind
	operations                       []operation
}

// A kind is a complex type: a sequence of parts, each a name, and a type if it is not
// text. Types in lower case are those of XML Schema, others are kinds. A question mark
// behind a part allows it to be nil or missing, a star any number of it.
type kind struct {
	name  string
	parts []string
}

// An operation takes and answers an element of its own, with these parts.
type operation struct {
	name, answer string // answer "": the name and Response
	takes, gives []string
}

func (o *operation) answers() string {
	if o.answer != "" {
		return o.answer
	}
	return o.name + "Response"
}

// get answers with the WSDL, at the address by which the client came.
func (d *wsdl) get(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", xmlType)
	var address strings.Builder
	_ = xml.EscapeText(&address, []byte("https://"+r.Host+d.path))
	fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="%[1]s" targetNamespace="%[2]s" xmlns:tns="%[2]s"
 xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<wsdl:types><xsd:schema targetNamespace="%[2]s" elementFormDefault="qualified">
%[3]s</xsd:schema></wsdl:types>
%[4]s<wsdl:portType name="%[5]s">
%[6]s</wsdl:portType>
<wsdl:binding name="%[7]s" type="tns:%[5]s">
<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
%[8]s</wsdl:binding>
<wsdl:service name="%[1]s"><wsdl:port name="%[9]s" binding="tns:%[7]s">
<soap:address location="%[10]s"/></wsdl:port></wsdl:service>
</wsdl:definitions>
`, d.service, d.space, d.types(), d.messages(), d.portType, d.each(abstract), d.binding, d.each(concrete),
		d.port, address.String())
}

// elements are those that the operations take and answer; two may answer the same.
func (d *wsdl) elements() iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		answered := make(map[string]bool)
		for _, o := range d.operations {
			if !yield(o.name, o.takes) || !answered[o.answers()] && !yield(o.answers(), o.gives) {
				return
			}
			answered[o.answers()] = true
		}
	}
}

func (d *wsdl) types() string {
	var b strings.Builder
	for _, k := range d.kinds {
		fmt.Fprintf(&b, `<xsd:complexType name="%s">`+"%s</xsd:complexType>\n", k.name, sequence(k.parts))
	}
	for name, parts := range d.elements() {
		fmt.Fprintf(&b, `<xsd:element name="%s"><xsd:complexType>`+"%s</xsd:complexType></xsd:element>\n",
			name, sequence(parts))
	}
	return b.String()
}

func sequence(parts []string) string {
	var b strings.Builder
	b.WriteString("<xsd:sequence>")
	for _, part := range parts {
		occurs := ""
		switch part[len(part)-1] {
		case '?':
			occurs = ` nillable="true" minOccurs="0"`
		case '*':
			occurs = ` minOccurs="0" maxOccurs="unbounded"`
		}
		name, of, _ := strings.Cut(strings.TrimRight(part, "?*"), " ")
		switch {
		case of == "":
			of = "xsd:string"
		case of != strings.ToUpper(of[:1])+of[1:]:
			of = "xsd:" + of
		default:
			of = "tns:" + of
		}
		fmt.Fprintf(&b, `<xsd:element name="%s" type="%s"%s/>`, name, of, occurs)
	}
	b.WriteString("</xsd:sequence>")
	return b.String()
}

const (
	// message takes the name of an element, which its message has too.
	message = `<wsdl:message name="%[1]s"><wsdl:part name="parameters" element="tns:%[1]s"/></wsdl:message>` + "\n"
	// abstract and concrete are an operation of a port's type and of a binding. They take its
	// name and that of its answer.
	abstract = `<wsdl:operation name="%[1]s"><wsdl:input message="tns:%[1]s"/>` +
		`<wsdl:output message="tns:%[2]s"/></wsdl:operation>` + "\n"
	concrete = `<wsdl:operation name="%[1]s"><soap:operation soapAction="%[1]s"/><wsdl:input>` +
		`<soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>` +
		"</wsdl:operation>\n"
)

// each writes all operations in a format.
func (d *wsdl) each(format string) string {
	var b strings.Builder
	for _, o := range d.operations {
		fmt.Fprintf(&b, format, o.name, o.answers())
	}
	return b.String()
}

// messages are those of the elements.
func (d *wsdl) messages() string {
	var b strings.Builder
	for name := range d.elements() {
		fmt.Fprintf(&b, message, name)
	}
	return b.String()
}
