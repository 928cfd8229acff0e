package sip

import "strings"

// OptionsType is the content type of a call manager's answer to the options that a
// phone offers.
const OptionsType = "application/x-cisco-remotecc-response+xml"

// options is the body of a phone's first REGISTER: it registers all its lines,
// and offers what it can do (a 7821 with firmware 12.1.1). The parts' lines end in
// LF, those around them in CRLF.
var options = part(`<?xml version="1.0" encoding="UTF-8"?>
<x-cisco-remotecc-request>
<bulkregisterreq>
<contact all="true">
<register></register>
</contact>
</bulkregisterreq>
</x-cisco-remotecc-request>
`) + part(`<?xml version="1.0" encoding="UTF-8"?>
<x-cisco-remotecc-request>
  <optionsind>
    <combine max="6">
      <remotecc>
        <status></status>
      </remotecc>
      <service-control></service-control>
    </combine>
    <dialog usage="hook status">
      <unot></unot>
      <sub></sub>
    </dialog>
    <dialog usage="shared line">
      <unot></unot>
      <sub></sub>
    </dialog>
    <presence usage="blf speed dial">
      <unot></unot>
      <sub></sub>
    </presence>
    <joinreq></joinreq>
    <cfwdall-anyline></cfwdall-anyline>
    <coaching></coaching>
    <oosalarm></oosalarm>
    <rpid-orig-called></rpid-orig-called>
    <x-cisco-number></x-cisco-number>
    <bfcp></bfcp>
    <ix></ix>
    <gatewayrecording></gatewayrecording>
    <conferenceDisplayInstance></conferenceDisplayInstance>
  </optionsind>
</x-cisco-remotecc-request>`) + "--uniqueBoundary--\r\n"

func part(xml string) string {
	return "--uniqueBoundary\r\n" +
		"Content-Type: application/x-cisco-remotecc-request+xml\r\n" +
		"Content-Disposition: session;handling=optional\r\n\r\n" + xml + "\r\n"
}

// AnswerOptions is the body of a call manager's answer to a REGISTER with such a
// body; "" for a REGISTER without options. It is that of CUCM 11.5 and 12.0, which
// take ix and bfcp from the phones that offer them.
func AnswerOptions(body string) string {
	if !strings.Contains(body, "<optionsind>") {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<x-cisco-remotecc-response>
<response>
<code>200</code>
<optionsind>
<combine max="6">
<remotecc><status/></remotecc>
<service-control/>
</combine>
<dialog usage="hook status"><unot/></dialog>
<dialog usage="shared line"><unot/></dialog>
<presence usage="blf speed dial"><unot/></presence>
<joinreq></joinreq>
`)
	for _, option := range [...]string{"ix", "bfcp"} {
		if strings.Contains(body, "<"+option+">") || strings.Contains(body, "<"+option+"/>") {
			b.WriteString("<" + option + "/>\n")
		}
	}
	b.WriteString("</optionsind>\n</response>\n</x-cisco-remotecc-response>\n\r\n")
	return b.String()
}
