package cnf_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/cnf"
)

const realisticConfig = `<?xml version="1.0" encoding="UTF-8"?>
<device xsi:type="axl:XIPPhone" ctiid="3" uuid="{6e1a}">
<devicePool><callManagerGroup><members>
<member priority="1"><callManager>
<ports><sipPort>5070</sipPort></ports><processNodeName> sub </processNodeName>
</callManager></member>
<member priority="0"><callManager>
<ports><ethernetPhonePort>2000</ethernetPhonePort></ports><processNodeName>pub</processNodeName>
</callManager></member>
<member priority="2"/>
</members></callManagerGroup></devicePool>
<TVS><members>
<member priority="1"><port>2445</port><address>10.0.0.2</address></member>
<member priority="0"><port></port><address>10.0.0.1</address></member>
</members></TVS>
<vendorConfig><settingsAccess>0</settingsAccess><webAccess>0</webAccess><sshAccess> 0
</sshAccess><spanToPCPort>0</spanToPCPort><unheardOf a="b">1</unheardOf></vendorConfig>
<loadInformation>sip88xx.10-3-1</loadInformation>
</device>
<!-- and after -->
`

func TestParse(t *testing.T) {
	defaults := cnf.Settings{SettingsAccess: true}
	all := cnf.Settings{WebAccess: true, SSHAccess: true, SpanToPCPort: true}
	tvs := func(members ...string) string {
		return "<device><TVS><members>" + strings.Join(members, "") + "</members></TVS></device>"
	}
	for _, tc := range []struct {
		name, data string
		want       cnf.Config
	}{
		{"servers by priority, settings inverted, unknown elements", realisticConfig, cnf.Config{
			Load: "sip88xx.10-3-1", TVS: []string{"10.0.0.1:2445", "10.0.0.2:2445"},
			CallManagers: []string{"pub:5060", "sub:5070"},
			Directory:    "https://pub:8443/ccmcip/xmldirectoryinput.jsp", Settings: all,
		}},
		{"everything missing", "<device/>", cnf.Config{Settings: defaults}},
		{"1 disables, nonsense too", "<device><vendorConfig><settingsAccess>2</settingsAccess>" +
			"<webAccess>1</webAccess><sshAccess>yes</sshAccess><spanToPCPort/></vendorConfig></device>",
			cnf.Config{Settings: defaults}},
		{"five TVS at most, the best five", tvs(
			`<member priority="5"><address>f</address></member>`, `<member priority="4"><address>e</address></member>`,
			`<member priority="0"><address>a</address></member>`, `<member priority="1"><address>b</address></member>`,
			`<member priority="2"><address>c</address></member>`,
			`<member priority="3"><address>d</address></member>`),
			cnf.Config{Settings: defaults, TVS: []string{"a:2445", "b:2445", "c:2445", "d:2445", "e:2445"},
				Ignored: []string{"TVS members: 1 beyond the first 5"}}},
		{"addresses of TVS of fifty characters at most", tvs(
			`<member><address>`+strings.Repeat("a", 50)+`</address></member>`,
			`<member><address>`+strings.Repeat("b", 51)+`</address></member>`),
			cnf.Config{Settings: defaults, TVS: []string{strings.Repeat("a", 50) + ":2445"},
				Ignored: []string{"TVS members: 1 with an address of more than 50 characters"}}},
		{"five call managers at most", "<device><devicePool><callManagerGroup><members>" + strings.Repeat(
			"<member><callManager><processNodeName>a</processNodeName></callManager></member>", 7) +
			"</members></callManagerGroup></devicePool><secureDirectoryURL>u</secureDirectoryURL></device>",
			cnf.Config{Settings: defaults, Directory: "u",
				CallManagers: []string{"a:5060", "a:5060", "a:5060", "a:5060", "a:5060"},
				Ignored:      []string{"call managers: 2 beyond the first 5"}}},
		{"without priorities in their order, without address not at all, odd ports the standard one", tvs(
			`<member><address>a</address><port>0</port></member>`, `<member><port>1</port></member>`,
			`<member priority="x"><address>b</address><port>-1</port></member>`,
			`<member><address>::1</address><port>70000</port></member>`),
			cnf.Config{Settings: defaults, TVS: []string{"a:2445", "b:2445", "[::1]:2445"}}},
		{"Latin-1, declared or not", "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><device>" +
			"<phoneLabel>Caf\xe9</phoneLabel><loadInformation>x</loadInformation></device>",
			cnf.Config{Load: "x", Settings: defaults}},
		{"a byte order mark", "\ufeff<device><loadInformation>x</loadInformation></device>",
			cnf.Config{Load: "x", Settings: defaults}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := cnf.Parse([]byte(tc.data))
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(&tc.want, got))
		})
	}
}

// The default file (wire of a public auto-registration server: root, group and TVS
// at its top).
func TestParseDefault(t *testing.T) {
	got, err := cnf.Parse([]byte(`<?xml version="1.0" encoding="UTF-8"?>
<Default><autoRegistrationName>AUTO-REG</autoRegistrationName>
<callManagerGroup><name>Default</name><members><member priority="0"><callManager>
<ports><sipPort>5070</sipPort></ports><processNodeName>pub</processNodeName>
</callManager></member></members></callManagerGroup>
<TVS><members><member priority="0"><port>2445</port><address>10.0.0.1</address></member></members></TVS>
<loadinformation621 model="Cisco 7821">sip78xx.12-5-1SR2-2</loadinformation621></Default>`))
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(&cnf.Config{
		Default: true, CallManagers: []string{"pub:5070"}, TVS: []string{"10.0.0.1:2445"},
		Directory: "https://pub:8443/ccmcip/xmldirectoryinput.jsp", Settings: cnf.Settings{SettingsAccess: true},
	}, got))
}

// What stands in the place of an encrypted configuration (usecallmanager's enccnf).
func TestParseStub(t *testing.T) {
	const hash = "0f343b0931126a20f133d67c2b018a3b"
	for data, want := range map[string]cnf.Config{
		"<device><fullConfig>false</fullConfig><loadInformation>x</loadInformation><certHash>" + hash +
			"</certHash><encrConfig>true</encrConfig></device>": {Stub: true, CertHash: hash, Load: "x"},
		"<device><fullConfig>false</fullConfig><certHash>no hash</certHash><encrConfig>true</encrConfig></device>": {
			Stub: true},
		"<device><encrConfig>true</encrConfig></device>": {
			Ignored: []string{"encrConfig true in a full configuration: it is read as it is"}},
		"<device><fullConfig>false</fullConfig></device>": {
			Ignored: []string{"fullConfig false, yet nothing is encrypted: it is taken for the whole"}},
		"<device><fullConfig>true</fullConfig><encrConfig>false</encrConfig></device>": {},
	} {
		got, err := cnf.Parse([]byte(data))
		require.NoError(t, err)
		want.Settings.SettingsAccess = true
		require.Empty(t, cmp.Diff(&want, got), data)
	}
}

// What simulated phones do not do is said, whatever they take.
func TestParseSaysWhatIsIgnored(t *testing.T) {
	for elements, want := range map[string][]string{
		"<deviceSecurityMode>1</deviceSecurityMode><transportLayerProtocol>4</transportLayerProtocol>" +
			"<capfAuthMode>0</capfAuthMode><deviceProtocol> SIP </deviceProtocol><ipAddressMode>2</ipAddressMode>": nil,
		"<deviceSecurityMode/>": nil,
		"<deviceSecurityMode>3</deviceSecurityMode><transportLayerProtocol>3</transportLayerProtocol>": nil,
		"<deviceSecurityMode>7</deviceSecurityMode><transportLayerProtocol>3</transportLayerProtocol>": {
			"deviceSecurityMode 7: the phone registers without TLS",
			"transportLayerProtocol 3 (TLS): the phone registers over TCP"},
		"<capfAuthMode>2</capfAuthMode>":           {"capfAuthMode 2: the phone does not turn to CAPF"},
		"<deviceProtocol>SCCP</deviceProtocol>":    {"deviceProtocol SCCP: the phone registers by SIP"},
		"<ipAddressMode>1</ipAddressMode>":         {"ipAddressMode 1 (IPv6 only): the phone uses IPv4"},
		"<ipAddressMode>a&#x1b;b</ipAddressMode>":  nil, // no XML
		"<ipAddressMode>\u202eabc</ipAddressMode>": {`ipAddressMode "\u202eabc": the phone uses IPv4`},
	} {
		got, err := cnf.Parse([]byte("<device>" + elements + "</device>"))
		if strings.Contains(elements, "&#x1b;") {
			require.Error(t, err)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, want, got.Ignored, elements)
	}
}

// A secure phone registers at the port for TLS.
func TestParseSecurityMode(t *testing.T) {
	const group = "<devicePool><callManagerGroup><members><member><callManager><processNodeName>a</processNodeName>" +
		"<ports><sipPort>5070</sipPort><securedSipPort>5081</securedSipPort></ports></callManager></member>" +
		"<member><callManager><processNodeName>b</processNodeName></callManager></member>" +
		"</members></callManagerGroup></devicePool>"
	for mode, want := range map[string]cnf.Config{
		"":  {CallManagers: []string{"a:5070", "b:5060"}},
		"1": {CallManagers: []string{"a:5070", "b:5060"}},
		"2": {CallManagers: []string{"a:5081", "b:5061"}, Security: cnf.Authenticated},
		"3": {CallManagers: []string{"a:5081", "b:5061"}, Security: cnf.Encrypted},
		"4": {CallManagers: []string{"a:5070", "b:5060"}},
	} {
		got, err := cnf.Parse([]byte("<device>" + group + "<deviceSecurityMode>" + mode + "</deviceSecurityMode></device>"))
		require.NoError(t, err)
		require.Equal(t, want.CallManagers, got.CallManagers, mode)
		require.Equal(t, want.Security, got.Security, mode)
	}
}

func TestParseRefuses(t *testing.T) {
	for data, want := range map[string]string{
		"":                             "1 column 1: EOF",
		"plain text":                   "1 column 11: EOF",
		"<phone/>":                     "1 column 9: the root element is <phone>, neither <device> nor <Default>",
		"<device>\n<TVS></device>":     "2 column 15: XML syntax error on line 2: element <TVS> closed by </device>",
		"<device>\n<loadInformation>x": "2 column 19: XML syntax error on line 2: unexpected EOF",
	} {
		_, err := cnf.Parse([]byte(data))
		require.EqualError(t, err, "configuration, line "+want)
	}
}

// Whatever a file holds, what comes of it is fit to use.
func FuzzParse(f *testing.F) {
	f.Add([]byte(realisticConfig))
	f.Add([]byte("<device/>"))
	f.Add([]byte("<device><TVS><members><member priority=\"0\"><port>1</port><address>a</address></member>" +
		"</members></TVS></device>"))
	f.Add([]byte("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><device><a>\xe9</a></device>"))
	f.Add([]byte("<device><TVS></device>"))
	f.Add([]byte("<Default><callManagerGroup/></Default>"))
	f.Add([]byte("<device><fullConfig>false</fullConfig><encrConfig>true</encrConfig>" +
		"<ipAddressMode>x</ipAddressMode><certHash>0f</certHash></device>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := cnf.Parse(data)
		if err != nil {
			require.Nil(t, c)
			return
		}
		require.LessOrEqual(t, len(c.TVS), cnf.MaxTVS)
		require.LessOrEqual(t, len(c.CallManagers), cnf.MaxCallManagers)
		require.Equal(t, strings.Map(func(r rune) rune {
			if unicode.IsGraphic(r) {
				return r
			}
			return -1
		}, strings.Join(c.Ignored, "")), strings.Join(c.Ignored, ""), "fit for a terminal")
		require.Regexp(t, "^[0-9a-f]{0,40}$", c.CertHash)
		for _, server := range append(c.TVS, c.CallManagers...) {
			require.NotEqual(t, byte(':'), server[0], "no host")
		}
		again, err := cnf.Parse(data)
		require.NoError(t, err)
		require.Equal(t, c, again)
	})
}

// largeConfig is a file of the size that clusters serve.
func largeConfig() []byte {
	var b strings.Builder
	head, tail, _ := strings.Cut(realisticConfig, "</device>")
	b.WriteString(head)
	for i := 0; b.Len() < 4000; i++ {
		fmt.Fprintf(&b, "<setting%d>%d</setting%d>\n", i, i, i)
	}
	return []byte(b.String() + "</device>" + tail)
}

func BenchmarkParse(b *testing.B) {
	data := largeConfig()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := cnf.Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}
