package webapi

// risWSDL is RISService70 with the names that it has (WSDL).
var risWSDL = wsdl{
	path: risPath, space: astSpace,
	service: "RISService70", port: "RisPort70", portType: "RisPortType", binding: "RisBinding",
	kinds: []kind{
		{"SelectItem", []string{"Item"}},
		{"ArrayOfSelectItem", []string{"item SelectItem*"}},
		{"CmSelectionCriteria", []string{
			"MaxReturnedDevices unsignedInt?", "DeviceClass?", "Model unsignedInt?", "Status?", "NodeName?", "SelectBy?",
			"SelectItems ArrayOfSelectItem?", "Protocol?", "DownloadStatus?",
		}},
		{"IPAddressArrayType", []string{"IP?", "IPAddrType", "Attribute?"}},
		{"ArrayOfIPAddressArrayType", []string{"item IPAddressArrayType*"}},
		{"CmDevice", append(cmDeviceParts(), "IPAddress ArrayOfIPAddressArrayType")},
		{"ArrayOfCmDevice", []string{"item CmDevice*"}},
		{"CmNode", []string{"ReturnCode", "Name?", "NoChange boolean", "CmDevices ArrayOfCmDevice?"}},
		{"ArrayOfCmNode", []string{"item CmNode*"}},
		{"SelectCmDeviceResult", []string{"TotalDevicesFound unsignedInt?", "CmNodes ArrayOfCmNode?"}},
		{"SelectCmDeviceReturn", []string{"SelectCmDeviceResult SelectCmDeviceResult?", "StateInfo?"}},
	},
	operations: []operation{selects("selectCmDevice"), selects("selectCmDeviceExt")},
}

func selects(name string) operation {
	return operation{
		name: name, answer: "selectCmDeviceResponse",
		takes: []string{"StateInfo?", "CmSelectionCriteria CmSelectionCriteria"},
		gives: []string{"selectCmDeviceReturn SelectCmDeviceReturn"},
	}
}

// numbers are the parts of a CmDevice that are numbers.
var numbers = map[string]bool{
	"Model": true, "Product": true, "BoxProduct": true, "RegistrationAttempts": true, "StatusReason": true,
	"PerfMonObject": true, "DChannel": true, "TimeStamp": true, "NumOfLines": true,
}

func cmDeviceParts() (parts []string) {
	for _, part := range cmDevice {
		of := ""
		if numbers[part.name] {
			of = " unsignedInt"
		}
		parts = append(parts, part.name+of+"?")
	}
	return parts
}
