package webapi

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
)

// What clients write, each in its own way, is the same request.
func TestEnvelopesOfClients(t *testing.T) {
	for client, body := range map[string]string{
		"curl": `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" ` +
			`xmlns:ns="http://www.cisco.com/AXL/API/12.5"><soapenv:Header/><soapenv:Body>` +
			`<ns:getPhone><name>SEP1</name></ns:getPhone></soapenv:Body></soapenv:Envelope>`,
		"zeep": `<?xml version='1.0' encoding='utf-8'?>` + "\n" +
			`<soap-env:Envelope xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/"><soap-env:Body>` +
			`<ns0:getPhone xmlns:ns0="http://www.cisco.com/AXL/API/12.5"><name>SEP1</name></ns0:getPhone>` +
			`</soap-env:Body></soap-env:Envelope>`,
		"one with stray commas, a sequence and lines": `<Envelope><Header><x>1</x></Header>,<Body>,
			<axl:getPhone xmlns:axl="http://www.cisco.com/AXL/API/12.5" sequence="7">,
				<name>
					SE<![CDATA[P]]><!-- no -->1
				</name>, </axl:getPhone></Body></Envelope>`,
	} {
		e, err := parseEnvelope([]byte(body))
		require.NoError(t, err, client)
		require.Equal(t, []string{"getPhone", "http://www.cisco.com/AXL/API/12.5", "SEP1"},
			[]string{e.name, e.space, e.child("name").text}, client)
	}
}

// What is no request, or would cost too much, is refused.
func TestHostileEnvelopes(t *testing.T) {
	in := func(body string) string { return "<Envelope><Body>" + body + "</Body></Envelope>" }
	for what, tc := range map[string]struct{ body, says string }{
		"nothing":         {"", "EOF"},
		"text":            {"hello", "EOF"},
		"no envelope":     {"<a/>", "no operation"},
		"no operation":    {in("text"), "no operation"},
		"two roots":       {in("<a/>") + in("<a/>"), "EOF"},
		"cut":             {"<Envelope><Body><a>", "EOF"},
		"DTD":             {`<!DOCTYPE a [<!ENTITY b "c">]>` + in("<a/>"), "document type"},
		"entity":          {in("<a>&b;</a>"), "entity"},
		"other encoding":  {`<?xml version="1.0" encoding="utf-7"?>` + in("<a/>"), "utf-7"},
		"deep":            {in(strings.Repeat("<a>", 31) + strings.Repeat("</a>", 31)), "tokens"},
		"many":            {in("<a>" + strings.Repeat("<b/>", maxTokens/2) + "</a>"), "tokens"},
		"text in pieces":  {in("<a>" + strings.Repeat("b<!---->", maxTokens/2) + "</a>"), "tokens"},
		"ends in another": {in("<a></b>"), "element"},
	} {
		_, err := parseEnvelope([]byte(tc.body))
		require.ErrorContains(t, err, tc.says, what)
	}
	_, err := parseEnvelope([]byte(in(strings.Repeat("<a>", 30) + strings.Repeat("</a>", 30))))
	require.NoError(t, err)
}

func FuzzEnvelope(f *testing.F) {
	f.Add([]byte(`<e:Envelope><e:Body><ns:getPhone xmlns:ns="http://www.cisco.com/AXL/API/12.5"><name>SEP1</name>` +
		`<uuid>{1}</uuid></ns:getPhone></e:Body></e:Envelope>`))
	f.Add([]byte(`<?xml version="1.0" encoding="us-ascii"?><Envelope><Body>` +
		`<a b="c">&lt;<![CDATA[x]]></a></Body></Envelope>`))
	f.Add([]byte(`<!DOCTYPE a><Envelope/>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		operation, err := parseEnvelope(body)
		if err != nil {
			return
		}
		var depth func(e *element) int
		depth = func(e *element) (most int) {
			require.Equal(t, strings.TrimSpace(e.text), e.text)
			for _, c := range e.children {
				most = max(most, depth(c))
			}
			return most + 1
		}
		require.LessOrEqual(t, depth(operation)+2, maxDepth)
	})
}

// Requests are answered in their own schema, and refused in words in which clients look
// for another.
func TestVersions(t *testing.T) {
	for _, tc := range []struct {
		release, asked, answered string
	}{
		{"12.5", "12.5", "12.5"}, {"12.5", "1.0", "9.0"}, {"12.5", "8.5", "8.5"}, {"12.5", "14.0", ""}, {"12.5", "12.3", ""},
		{"10.0", "1.0", "8.0"}, {"15", "15.0", "15.0"}, {"14", "1.0", "11.0"}, {"9.1", "9.1", "9.1"}, {"9.1", "10.0", ""},
	} {
		got, ok := answerIn(namespaces+tc.asked, cucm.Release(tc.release))
		require.Equal(t, tc.answered != "", ok, "%v", tc)
		if ok {
			require.Equal(t, namespaces+tc.answered, got)
		}
	}
	got, ok := answerIn("", "14")
	require.True(t, ok)
	require.Equal(t, namespaces+"14.0", got)
	require.Equal(t, "12.x, 14.0 and 15.0", supported("15"))
	require.Equal(t, "8.x, 9.x and 10.0", supported("10.0"))
	for _, r := range cucm.Releases() {
		require.Positive(t, ownSchema(r), r)
		require.Less(t, oldestSchema(r), ownSchema(r), r)
	}
}
