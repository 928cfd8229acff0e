package webapi_test

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/ciscolog"
	"itlsim/cucm/wire"
	"itlsim/internal/cucmtest"
)

const (
	logsPath    = "/logcollectionservice2/services/LogCollectionPortTypeService"
	getFilePath = "/logcollectionservice/services/DimeGetFileService"
)

// selection is a request for files of Syslog with criteria, in the order of the WSDL.
func selection(criteria string) string {
	return "<soap:selectLogFiles><soap:FileSelectionCriteria><soap:ServiceLogs/><soap:SystemLogs><soap:item>Syslog" +
		"</soap:item></soap:SystemLogs>" + criteria + "</soap:FileSelectionCriteria></soap:selectLogFiles>"
}

// selected are the files that a selection finds.
func (s *script) selected(criteria string) (files []string) {
	s.Helper()
	status, answer := s.sends(s.lab.Pub, logsPath, soap(selection(criteria)))
	require.Equal(s, http.StatusOK, status, answer)
	for _, m := range regexp.MustCompile("<ns1:absolutepath>(.*?)</").FindAllStringSubmatch(answer, -1) {
		files = append(files, m[1])
	}
	require.Equal(s, len(files) > 0, strings.Contains(answer, "SetOfFiles"))
	return files
}

// What the search for files answers, whole.
func TestLogCollection(t *testing.T) {
	s := scripts(t, "127.4.34.", 0)
	s.lab.Pub.LoginFailed("eve", "127.0.0.1:1")
	for name, operation := range map[string]string{
		"list":   "<soap:listNodeServiceLogs><soap:ListRequest/></soap:listNodeServiceLogs>",
		"select": selection("<soap:Frequency>OnDemand</soap:Frequency><soap:JobType>DownloadtoClient</soap:JobType>"),
		"select-none": strings.Replace(selection("<soap:RelText>None</soap:RelText><soap:RelTime>0</soap:RelTime>"),
			"Syslog", "Cisco CallManager", 1),
	} {
		status, answer := s.sends(s.lab.Pub, logsPath, soap(operation))
		require.Equal(t, http.StatusOK, status, answer)
		s.isGolden("logs-"+name+".xml", answer)
	}
	require.NoError(t, s.lab.Sub.PowerOff())
	_, answer := s.sends(s.lab.Pub, logsPath, soap("<soap:listNodeServiceLogs/>"))
	require.NotContains(t, answer, "test10sub", "which cannot be asked")
}

// Files are found by when they changed, in the client's zone, and by what stands in them.
func TestSelectionOfFiles(t *testing.T) {
	s := scripts(t, "127.4.35.", 0)
	s.lab.Pub.LoginFailed("eve", "127.0.0.1:1") // at 18:24:27 UTC
	dates := func(zone, from, to string) string {
		return "<soap:ToDate>" + to + "</soap:ToDate><soap:FromDate>" + from + "</soap:FromDate><soap:TimeZone>" + zone +
			"</soap:TimeZone>"
	}
	s.lab.Wait(2 * time.Hour)
	relative := func(number, unit string) string {
		return "<soap:RelText>" + unit + "</soap:RelText><soap:RelTime>" + number + "</soap:RelTime>"
	}
	const pacific = "Client: (GMT-8:0)America/Los_Angeles"
	for criteria, found := range map[string]bool{
		"": true,
		dates("", "02/26/14 6:24 PM", "2/26/14 6:24 PM"):                 true,
		dates("", "02/26/14 6:25 PM", ""):                                false,
		dates("", "", "02/26/14 6:23 PM"):                                false,
		dates(pacific, "02/26/14 10:24 AM", "02/26/14 10:24 am"):         true,
		dates(pacific, "02/26/14 6:24 PM", ""):                           false,
		dates("Client: (GMT+5:30)Asia/Kolkata", "02/26/14 11:54 PM", ""): true,
		dates("Client: (GMT+5:30)Asia/Kolkata", "02/26/14 11:55 PM", ""): false,
		dates("Client: (GMT-0:30)Own/Zone", "02/26/14 5:54 PM", ""):      true,
		dates("Client: (GMT-0:30)Own/Zone", "", "02/26/14 5:53 PM"):      false,
		relative("1", "Hours"):                                           false,
		relative("3", "Hours"):                                           true,
		relative("119", "Minutes"):                                       false,
		relative("121", "Minutes"):                                       true,
		relative("1", "Days"):                                            true,
		relative("255", "Months"):                                        true,
		relative("0", "Weeks"):                                           false,
		"<soap:SearchStr>[UserID=eve]</soap:SearchStr>":                  true,
		"<soap:SearchStr>[UserID=adam]</soap:SearchStr>":                 false,
	} {
		require.Equal(t, found, s.selected(criteria) != nil, criteria)
	}
	for _, tc := range [][2]string{
		{dates("", "yesterday", ""), `The FromDate "yesterday" is none as 11/25/26 9:01 PM`},
		{dates("", "", "2014-02-26"), `The ToDate "2014-02-26" is none as 11/25/26 9:01 PM`},
		{relative("256", "Days"), "RelTime is not a number up to 255"},
		{"<soap:JobType>PushtoSFTPServer</soap:JobType>",
			"The JobType PushtoSFTPServer is not there: this is a simulator, which has DownloadtoClient alone"},
		{"<soap:Frequency>Daily</soap:Frequency>",
			"The Frequency Daily is not there: this is a simulator, which has OnDemand alone"},
	} {
		s.soapFails(logsPath, selection(tc[0]), tc[1])
	}
	s.soapFails(logsPath, strings.Replace(selection(""), "<soap:ServiceLogs/>",
		"<soap:ServiceLogs>"+strings.Repeat("<soap:item>x</soap:item>", 101)+"</soap:ServiceLogs>", 1), "more than 100 names")
}

// downloads gets a file at a path as clients do, by the parts of the answer.
func (s *script) downloads(path, file string) string {
	s.Helper()
	status, answer := s.sends(s.lab.Pub, path, `<soapenv:Envelope `+
		`xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:soap="http://schemas.cisco.com/ast/soap/">`+
		`<soapenv:Body><soap:GetOneFile soapenv:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><FileName>`+
		file+`</FileName></soap:GetOneFile></soapenv:Body></soapenv:Envelope>`)
	require.Equal(s, http.StatusOK, status, answer)
	kind, parameters, err := mime.ParseMediaType(s.header.Get("Content-Type"))
	require.NoError(s, err)
	require.Equal(s, "multipart/related", kind)
	require.Equal(s, parameters["boundary"], strings.Split(s.header.Get("Content-Type"), `"`)[1], "as one client reads it")
	parts := multipart.NewReader(strings.NewReader(answer), parameters["boundary"])
	var contents []string
	for _, kind := range []string{"text/xml", "application/octet-stream"} {
		part, err := parts.NextPart()
		require.NoError(s, err)
		require.Equal(s, kind, part.Header.Get("Content-Type"))
		require.Equal(s, "binary", part.Header.Get("Content-Transfer-Encoding"))
		content, err := io.ReadAll(part)
		require.NoError(s, err)
		contents = append(contents, string(content))
	}
	_, err = parts.NextPart()
	require.ErrorIs(s, err, io.EOF)
	require.Contains(s, contents[0], "<ns1:DataHandlerName>"+file+"</ns1:DataHandlerName>")
	return contents[1]
}

// Files of the log are given as they are; no other file is.
func TestFilesOfTheLog(t *testing.T) {
	const present = "/var/log/active/syslog/CiscoSyslog"
	s := scripts(t, "127.4.36.", 0)
	s.lab.Pub.LoginFailed("eve", "127.0.0.1:1")
	require.Equal(t, strings.Join(s.lab.Pub.Log(), "\n")+"\n", s.downloads(getFilePath, present))
	require.Equal(t, strings.Join(s.lab.Pub.Log(), "\n")+"\n", s.downloads(logsPath, present), "as some clients ask")

	kept := t.TempDir()
	s = scriptsOf(t, cucmtest.Open(t, kept), "127.4.37.", wire.Options{})
	s.lab.Pub.LoginFailed("adam", "127.0.0.1:1")
	for i := range ciscolog.Older {
		earlier := filepath.Join(kept, "log/test10pub", fmt.Sprintf("%s.%d", ciscolog.File, i+1))
		require.NoError(t, os.WriteFile(earlier, []byte(strings.Repeat("--\r\n\x00\xff", i)), 0o600))
	}
	require.NoError(t, os.WriteFile(filepath.Join(kept, "log/test10pub/syslog/secret"), []byte("x"), 0o600))
	found := s.selected("")
	require.Equal(t, []string{present, present + ".1", present + ".2", present + ".3", present + ".4"}, found)
	require.Equal(t, strings.Join(s.lab.Pub.Log(), "\n")+"\n", s.downloads(getFilePath, found[0]))
	for i, file := range found[1:] {
		require.Equal(t, strings.Repeat("--\r\n\x00\xff", i), s.downloads(getFilePath, file))
	}
	for _, name := range []string{
		"", "/etc/passwd", "CiscoSyslog", "/var/log/active/", "/var/log/active/syslog/secret", present + ".5", present + "/",
		"/var/log/active/../../../etc/passwd", "/var/log/active/syslog/../syslog/CiscoSyslog", "/var/log/active//etc/passwd",
		filepath.Join(kept, "log/test10pub/syslog/CiscoSyslog"),
	} {
		s.soapFails(getFilePath, "<soap:GetOneFile><soap:FileName>"+name+"</soap:FileName></soap:GetOneFile>",
			"FileName "+name+" do not exist")
	}
	s.soapFails(getFilePath, "<soap:GetAllFiles/>", "The operation GetAllFiles is not there: "+
		"this is a simulator, which has a part of DimeGetFileService alone")
	require.NoError(t, os.Remove(filepath.Join(kept, "log/test10pub/syslog/CiscoSyslog.1")))
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(kept, "log/test10pub/syslog/CiscoSyslog.1")))
	s.soapFails(getFilePath, "<soap:GetOneFile><FileName>"+present+".1</FileName></soap:GetOneFile>",
		"FileName "+present+".1 cannot be read")
}

// zeep finds a file and gets it.
func TestZeepCollectsLogs(t *testing.T) {
	s := scripts(t, "127.4.38.", 0)
	s.lab.Pub.LoginFailed("eve", "127.0.0.1:1")
	size := len(strings.Join(s.lab.Pub.Log(), "\n")) + 1
	require.Equal(t, fmt.Sprintf(`test10pub ['Syslog'] True
test10sub ['Syslog'] True
test10pub CiscoSyslog %[1]d Wed Feb 26 18:24:27 UTC 2014
%[1]d True
FileName /etc/passwd do not exist
`, size), s.zeep(`
logs = client('`+logsPath+`').service
for node in logs.listNodeServiceLogs(''):
    print(node.name, node.SystemLog.item, 'Cisco CallManager' in node.ServiceLog.item)
found = logs.selectLogFiles({'ServiceLogs': {'item': []}, 'SystemLogs': {'item': ['Syslog']}, 'SearchStr': '',
    'Frequency': 'OnDemand', 'JobType': 'DownloadtoClient', 'ToDate': '', 'FromDate': '', 'TimeZone': '',
    'RelText': 'Weeks', 'RelTime': 1, 'Port': 0, 'IPAddress': '', 'UserName': '', 'Password': '', 'ZipInfo': False,
    'RemoteFolder': ''}).Node
file = found.ServiceList.ServiceLogs[0].SetOfFiles.File[0]
print(found.name, file.name, file.filesize, file.modifiedDate)
files = client('`+getFilePath+`').service
content = files.GetOneFile(file.absolutepath).attachments[0].content
print(len(content.rstrip()) + 1, b'[UserID=eve]' in content)
try:
    files.GetOneFile('/etc/passwd')
except Fault as e:
    print(e.message)
`))
}
