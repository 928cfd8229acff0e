package web

import (
	"encoding/xml"
	"fmt"
	"html"
	"strings"
)

// A page is one of a family's, in the order of the menu.
type page struct {
	adapter  string // of /CGI/Java/Serviceability
	name     string // of its own address
	argument string // behind that address's question mark
	first    bool   // that address does without the argument, too
	file     string // an address that is like no other's

	group string // heading of the menu before it
	link  string // in the menu; "": it is not there
	title string

	html     func(*shown) string // what stands in the page's table
	root     string              // of its XML; "": there is none
	elements func(*shown) []element
}

// An element of a page's XML.
type element struct{ name, value string }

// A row is a value with its label in HTML and its element in XML; "" where it is
// not there. One with neither stands in HTML under the row before.
type row struct {
	label, element string
	value          func(*shown) string
}

// rowsOf writes the rows of HTML.
func rowsOf(rows func(*shown) []row) func(*shown) string {
	return func(p *shown) string {
		var b strings.Builder
		for _, r := range rows(p) {
			if r.label != "" || r.element == "" {
				b.WriteString(p.cells.open + r.label + p.cells.between + p.escape(r.value(p)) + p.cells.close)
			}
		}
		return b.String()
	}
}

// elementsOf gives the rows of XML.
func elementsOf(rows func(*shown) []row) func(*shown) []element {
	return func(p *shown) []element {
		var all []element
		for _, r := range rows(p) {
			if r.element != "" {
				all = append(all, element{r.element, r.value(p)})
			}
		}
		return all
	}
}

// cells is how a row is written.
type cells struct{ open, between, close string }

// The first layout is the 8845's, byte for byte, and the newer 7900s' (scrapers).
// Of the others scrapers tell where lines end.
var (
	oneLine = cells{"<TR><TD><B> ", "</B></TD><td width=20></TD><TD><B>", "</B></TD></TR>"}
	lines   = cells{"<TR>\n<TD><B>", "</B></TD>\n<td width=20></TD>\n<TD><B>", "</B></TD>\n</TR>\n"}
	strong  = cells{"<TR>\r\n<TD><B>", "</B></TD>\r\n<td width=20></TD>\r\n<TD><B><strong>",
		"</strong></B></TD>\r\n</TR>\r\n"}
)

// escape writes a value as HTML.
func (f *family) escape(value string) string {
	value = html.EscapeString(value)
	if f.entities {
		value = strings.NewReplacer("-", "&#x2D;", "/", "&#x2F;").Replace(value)
	}
	return value
}

// The HTML around title, heading, menu and rows is the 8845's, letters' case and
// line ends too: scrapers gate on the title, and cut at the DIV before the rows.
const (
	beforeLogo = "<HTML>\n<HEAD><META http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">" +
		"<TITLE>Cisco Systems, Inc.</TITLE>\n</HEAD>\n" +
		"<BODY bgcolor=\"#FFFFFF\" link=\"#FFFFFF\" vlink=\"#FFFFFF\" alink=\"#FFFFFF\" text=\"#003031\" >" +
		"<TABLE BORDER=\"1\" WIDTH=\"100%\" HEIGHT=\"100%\" CELLSPACING=\"0\" CELLPADDING=\"0\" " +
		"bordercolor=\"#003031\"><TR>\n<td WIDTH=\"200\" HEIGHT=\"100\" ALIGN=center>" +
		"<A HREF=\"http://www.cisco.com\"><IMG SRC=\""
	beforeTitle = "/FS/Logo.png\"></A></TD><td HEIGHT=\"50\" bgcolor=\"#003031\">" +
		"<p ALIGN=center style=\"margin-top: 0px;\"><B><font color=\"#FFFFFF\" size=\"6\">"
	beforeHeading = "</FONT></B><p ALIGN=center><B><font color=\"#FFFFFF\" size=\"4\">"
	beforeMenu    = "</FONT></FONT></B></TD>\n</TR>\n<TR><td WIDTH=\"200\" ALIGN=center VALIGN=top bgcolor=\"#003031\">" +
		"<TABLE BORDER=\"0\" CELLSPACING=\"10\" CELLPADDING=\"0\">"
	beforeRows = "</TABLE>\n</TD>\n<td VALIGN=top><DIV ALIGN=center>\n" +
		"<TABLE BORDER=\"0\" CELLSPACING=\"10\" CELLPADDING=\"0\">"
	behindRows = "</TABLE></DIV></TD></TR></TABLE></BODY></HTML>"
)

// document is a page as HTML.
func (p *shown) document(page *page) string {
	heading := html.EscapeString(fmt.Sprintf("%s %s ( %s )", p.brand, p.model(), p.Name))
	return beforeLogo + p.Below + beforeTitle + page.title + beforeHeading + heading + beforeMenu + p.menu() + beforeRows +
		page.html(p) + behindRows
}

// menu writes the links to the pages.
func (p *shown) menu() string {
	var b strings.Builder
	indent := ""
	for i := range p.pages {
		page := &p.pages[i]
		if page.link == "" {
			continue
		}
		if page.group != "" {
			fmt.Fprintf(&b, "<TR><TD><B><font color='#FFFFFF'>%s</FONT></B></TD></TR>", page.group)
			indent = "&nbsp;&nbsp;&nbsp;"
		}
		fmt.Fprintf(&b, "<TR>\n<TD>%s<a href=\"%s\">%s</A></TD></TR>\n", indent, p.Below+p.address(page), page.link)
	}
	return b.String()
}

// address is where a page is, on the phone itself.
func (f *family) address(page *page) string {
	switch {
	case f.adapters:
		return "/CGI/Java/Serviceability?adapter=" + page.adapter
	case page.argument != "":
		return "/" + page.name + "?" + page.argument
	}
	return "/" + page.name + page.file
}

// xml is a page as XML.
func (p *shown) xml(page *page) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"%s\"?>\n<%s>\n", p.encoding, page.root)
	for _, e := range page.elements(p) {
		fmt.Fprintf(&b, "<%s>%s</%s>\n", e.name, inXML(e.value), e.name)
	}
	fmt.Fprintf(&b, "</%s>\n", page.root)
	return b.String()
}

// inXML escapes a value. Line ends stay as they are: a UDI has some.
func inXML(value string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(value)) // a Builder does not fail
	return strings.ReplaceAll(b.String(), "&#xA;", "\n")
}
