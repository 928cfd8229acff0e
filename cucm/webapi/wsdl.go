package webapi

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
)

// getRIS answers with the description of the service, at the address by which the client
// came. It is written anew for what is there, with text for enumerations.
func getRIS(w http.ResponseWriter, r *http.Request) {
	var address, parts strings.Builder
	_ = xml.EscapeText(&address, []byte("https://"+r.Host+risPath))
	for _, part := range cmDevice {
		kind := "xsd:string"
		if number[part.name] {
			kind = "xsd:unsignedInt"
		}
		fmt.Fprintf(&parts, `<xsd:element name="%s" nillable="true" type="%s"/>`+"\n", part.name, kind)
	}
	w.Header().Set("Content-Type", xmlType)
	fmt.Fprintf(w, risWSDL, risSpace, parts.String(), address.String())
}

// number are the parts of a CmDevice that are numbers.
var number = map[string]bool{
	"Model": true, "Product": true, "BoxProduct": true, "RegistrationAttempts": true, "StatusReason": true,
	"PerfMonObject": true, "DChannel": true, "TimeStamp": true, "NumOfLines": true,
}

// risWSDL takes the namespace, the parts of a CmDevice and the address.
const risWSDL = `<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="RISService70" targetNamespace="%[1]s" xmlns:tns="%[1]s"
 xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
 xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<wsdl:types><xsd:schema targetNamespace="%[1]s" elementFormDefault="qualified">
<xsd:complexType name="SelectItem"><xsd:sequence><xsd:element name="Item" type="xsd:string"/></xsd:sequence>
</xsd:complexType>
<xsd:complexType name="ArrayOfSelectItem"><xsd:sequence>
<xsd:element name="item" type="tns:SelectItem" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType>
<xsd:complexType name="CmSelectionCriteria"><xsd:sequence>
<xsd:element name="MaxReturnedDevices" type="xsd:unsignedInt" nillable="true" minOccurs="0"/>
<xsd:element name="DeviceClass" type="xsd:string" nillable="true" minOccurs="0"/>
<xsd:element name="Model" type="xsd:unsignedInt" nillable="true" minOccurs="0"/>
<xsd:element name="Status" type="xsd:string" nillable="true" minOccurs="0"/>
<xsd:element name="NodeName" type="xsd:string" nillable="true" minOccurs="0"/>
<xsd:element name="SelectBy" type="xsd:string" nillable="true" minOccurs="0"/>
<xsd:element name="SelectItems" type="tns:ArrayOfSelectItem" nillable="true" minOccurs="0"/>
<xsd:element name="Protocol" type="xsd:string" nillable="true" minOccurs="0"/>
<xsd:element name="DownloadStatus" type="xsd:string" nillable="true" minOccurs="0"/>
</xsd:sequence></xsd:complexType>
<xsd:complexType name="IPAddressArrayType"><xsd:sequence><xsd:element name="IP" type="xsd:string" nillable="true"/>
<xsd:element name="IPAddrType" type="xsd:string"/><xsd:element name="Attribute" type="xsd:string" nillable="true"/>
</xsd:sequence></xsd:complexType>
<xsd:complexType name="ArrayOfIPAddressArrayType"><xsd:sequence>
<xsd:element name="item" type="tns:IPAddressArrayType" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence>
</xsd:complexType>
<xsd:complexType name="CmDevice"><xsd:sequence>
%[2]s<xsd:element name="IPAddress" type="tns:ArrayOfIPAddressArrayType"/></xsd:sequence></xsd:complexType>
<xsd:complexType name="ArrayOfCmDevice"><xsd:sequence>
<xsd:element name="item" type="tns:CmDevice" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType>
<xsd:complexType name="CmNode"><xsd:sequence><xsd:element name="ReturnCode" type="xsd:string"/>
<xsd:element name="Name" type="xsd:string" nillable="true"/><xsd:element name="NoChange" type="xsd:boolean"/>
<xsd:element name="CmDevices" type="tns:ArrayOfCmDevice" nillable="true"/></xsd:sequence></xsd:complexType>
<xsd:complexType name="ArrayOfCmNode"><xsd:sequence>
<xsd:element name="item" type="tns:CmNode" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType>
<xsd:complexType name="SelectCmDeviceResult"><xsd:sequence>
<xsd:element name="TotalDevicesFound" type="xsd:unsignedInt" nillable="true"/>
<xsd:element name="CmNodes" type="tns:ArrayOfCmNode" nillable="true"/></xsd:sequence></xsd:complexType>
<xsd:complexType name="SelectCmDeviceReturn"><xsd:sequence>
<xsd:element name="SelectCmDeviceResult" type="tns:SelectCmDeviceResult" nillable="true"/>
<xsd:element name="StateInfo" type="xsd:string" nillable="true"/></xsd:sequence></xsd:complexType>
<xsd:complexType name="Select"><xsd:sequence>
<xsd:element name="StateInfo" type="xsd:string" nillable="true" minOccurs="0"/>
<xsd:element name="CmSelectionCriteria" type="tns:CmSelectionCriteria"/></xsd:sequence></xsd:complexType>
<xsd:element name="selectCmDevice" type="tns:Select"/><xsd:element name="selectCmDeviceExt" type="tns:Select"/>
<xsd:element name="selectCmDeviceResponse"><xsd:complexType><xsd:sequence>
<xsd:element name="selectCmDeviceReturn" type="tns:SelectCmDeviceReturn"/></xsd:sequence></xsd:complexType>
</xsd:element>
</xsd:schema></wsdl:types>
<wsdl:message name="selectCmDeviceRequest"><wsdl:part name="parameters" element="tns:selectCmDevice"/></wsdl:message>
<wsdl:message name="selectCmDeviceExtRequest"><wsdl:part name="parameters" element="tns:selectCmDeviceExt"/>
</wsdl:message>
<wsdl:message name="selectCmDeviceResponse"><wsdl:part name="parameters" element="tns:selectCmDeviceResponse"/>
</wsdl:message>
<wsdl:portType name="RisPortType">
<wsdl:operation name="selectCmDevice"><wsdl:input message="tns:selectCmDeviceRequest"/>
<wsdl:output message="tns:selectCmDeviceResponse"/></wsdl:operation>
<wsdl:operation name="selectCmDeviceExt"><wsdl:input message="tns:selectCmDeviceExtRequest"/>
<wsdl:output message="tns:selectCmDeviceResponse"/></wsdl:operation>
</wsdl:portType>
<wsdl:binding name="RisBinding" type="tns:RisPortType">
<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
<wsdl:operation name="selectCmDevice"><soap:operation soapAction="selectCmDevice"/>
<wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>
</wsdl:operation>
<wsdl:operation name="selectCmDeviceExt"><soap:operation soapAction="selectCmDeviceExt"/>
<wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>
</wsdl:operation>
</wsdl:binding>
<wsdl:service name="RISService70"><wsdl:port name="RisPort70" binding="tns:RisBinding">
<soap:address location="%[3]s"/></wsdl:port></wsdl:service>
</wsdl:definitions>
`
