package webapi

const (
	logsPath    = "/logcollectionservice2/services/LogCollectionPortTypeService"
	getFilePath = "/logcollectionservice/services/DimeGetFileService"
)

// logsWSDL is the search for files of logs (WSDL, and a client for the binding's name).
var logsWSDL = wsdl{
	path: logsPath, space: astSpace,
	service: "LogCollectionPortTypeService", port: "LogCollectionPort", portType: "LogCollectionPortType",
	binding: "LogCollectionPortSoapBinding",
	kinds: []kind{
		{"ListRequest", []string{"NodeName?"}},
		{"ArrayOfLog", []string{"item*"}},
		{"NodeServiceLogList", []string{"name?", "ServiceLog ArrayOfLog?", "SystemLog ArrayOfLog?"}},
		{"SchemaFileSelectionCriteria", []string{
			"ServiceLogs ArrayOfLog?", "SystemLogs ArrayOfLog?", "SearchStr?", "Frequency?", "JobType?", "ToDate?",
			"FromDate?", "TimeZone?", "RelText?", "RelTime byte?", "Port byte?", "IPAddress?", "UserName?", "Password?",
			"ZipInfo boolean?", "RemoteFolder?",
		}},
		{"File", []string{"name?", "absolutepath?", "filesize?", "modifiedDate?"}},
		{"ArrayOfFile", []string{"File File*"}},
		{"ServiceLogs", []string{"name?", "SetOfFiles ArrayOfFile?"}},
		{"ArrayOfServiceLogs", []string{"ServiceLogs ServiceLogs*"}},
		{"Node", []string{"name?", "ServiceList ArrayOfServiceLogs?"}},
		{"SchemaFileSelectionResult", []string{"Node Node?"}},
		{"ResultSet", []string{"SchemaFileSelectionResult SchemaFileSelectionResult?"}},
	},
	operations: []operation{
		returns("listNodeServiceLogs", "ListRequest ListRequest?", "NodeServiceLogList*"),
		{
			name: "selectLogFiles", takes: []string{"FileSelectionCriteria SchemaFileSelectionCriteria"},
			gives: []string{"ResultSet ResultSet"},
		},
	},
}

// getFileWSDL is the service that gives one, whose names but the binding's are this
// project's own.
var getFileWSDL = wsdl{
	path: getFilePath, space: getFileSpace,
	service: "DimeGetFileService", port: "DimeGetFile", portType: "GetFile", binding: "GetFileBinding",
	operations: []operation{{name: getOneFile, takes: []string{"FileName"}, gives: []string{"DataHandlerName"}}},
}
