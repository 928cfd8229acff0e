package webapi

const controlPath = "/controlcenterservice2/services/ControlCenterServices"

// controlWSDL is Control Center Services (WSDL); extended, with Ex behind its names (a
// client), it has the same operations here.
func controlWSDL(extended string) wsdl {
	const name = "ControlCenterServices"
	specification := []string{"ServiceName", "ServiceType", "Deployable boolean", "GroupName"}
	return wsdl{
		path: controlPath + extended, space: astSpace,
		service: name + extended, port: name + extended + "Port", portType: name + extended + "PortType",
		binding: name + extended + "Binding",
		kinds: []kind{
			{"ArrayOfServices", []string{"item*"}},
			{"ControlServiceRequest", []string{"NodeName?", "ControlType", "ServiceList ArrayOfServices?"}},
			{"ServiceInformation", []string{
				"ServiceName?", "ServiceStatus", "ReasonCode integer", "ReasonCodeString?", "StartTime?", "UpTime integer",
			}},
			{"ArrayOfServiceInformation", []string{"item ServiceInformation*"}},
			{"ServiceInformationResponse", []string{
				"ReturnCode", "ReasonCode integer", "ReasonString?", "ServiceInfoList ArrayOfServiceInformation?",
			}},
			{"DependentServices", []string{"Service*"}},
			{"ServiceSpecification", append(specification, "DependentServices DependentServices?")},
			{"ArrayOfServiceSpecification", []string{"item ServiceSpecification*"}},
			{"StaticServiceList", []string{"Services ArrayOfServiceSpecification?"}},
			{"InstalledProduct", []string{
				"ProductName?", "ProductVersion?", "ProductDescription?", "ProductID?", "ShortName?",
			}},
			{"ArrayOfInstalledProduct", []string{"item InstalledProduct*"}},
			{"ProductServiceSpecification", append(specification, "ProductID", "DependentServices DependentServices?")},
			{"ArrayOfProductServiceSpecification", []string{"item ProductServiceSpecification*"}},
			{"GetProductInformationListResponse", []string{
				"ActiveServerVersion", "PrimaryNode?", "SecondaryNode?", "Products ArrayOfInstalledProduct?",
				"Services ArrayOfProductServiceSpecification?",
			}},
		},
		operations: []operation{
			returns("soapGetServiceStatus", "ServiceStatus*", "ServiceInformationResponse"),
			returns("soapDoControlServices", "ControlServiceRequest ControlServiceRequest", "ServiceInformationResponse"),
			returns("soapGetStaticServiceList", "ServiceInformationResponse?", "StaticServiceList"),
			returns("getProductInformationList", "ServiceInfo?", "GetProductInformationListResponse"),
		},
	}
}

// returns is an operation that takes one part, and gives one that is called as it is.
func returns(name, takes, kind string) operation {
	return operation{name: name, takes: []string{takes}, gives: []string{name + "Return " + kind}}
}
