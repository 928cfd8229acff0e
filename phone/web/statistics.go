package web

import (
	"fmt"
	"strconv"
)

// ethernet is the same in all families. The XML has the received multicasts
// before the broadcasts (7800 and 8800 guide; scrapers).
var ethernet = []row{
	{"Tx Frames", "TxFrames", fixed("24188")},
	{"Tx broadcast", "TxBroadcasts", fixed("96")},
	{"Tx multicast", "TxMulticasts", fixed("1422")},
	{"Tx unicast", "TxUnicasts", fixed("22670")},
	{"Rx Frames", "RxFrames", fixed("37012")},
	{label: "Rx broadcast", value: fixed("4031")},
	{"Rx multicast", "RxMulticasts", fixed("9120")},
	{element: "RxBroadcasts", value: fixed("4031")},
	{"Rx unicast", "RxUnicasts", fixed("23861")},
	{"Rx PacketNoDes", "RxPacketNoDes", zero},
}

// networkPort is the port to the switch. Its counters agree with ethernet's.
var networkPort = []row{
	{"Rx totalPkt", "RxtotalPkt", fixed("37012")},
	{"Rx crcErr", "RxcrcErr", zero},
	{"Rx alignErr", "RxalignErr", zero},
	{"Rx multicast", "Rxmulticast", fixed("9120")},
	{"Rx broadcast", "Rxbroadcast", fixed("4031")},
	{"Rx unicast", "Rxunicast", fixed("23861")},
	{"Rx shortErr", "RxshortErr", zero},
	{"Rx shortGood", "RxshortGood", zero},
	{"Rx longGood", "RxlongGood", zero},
	{"Rx longErr", "RxlongErr", zero},
	{"Rx size64", "Rxsize64", fixed("12210")},
	{"Rx size65to127", "Rxsize65to127", fixed("15033")},
	{"Rx size128to255", "Rxsize128to255", fixed("4920")},
	{"Rx size256to511", "Rxsize256to511", fixed("3105")},
	{"Rx size512to1023", "Rxsize512to1023", fixed("902")},
	{"Rx size1024to1518", "Rxsize1024to1518", fixed("842")},
	{"Rx tokenDrop", "RxtokenDrop", zero},
	{"Tx excessDefer", "TxexcessDefer", zero},
	{"Tx lateCollision", "TxlateCollision", zero},
	{"Tx totalGoodPkt", "TxtotalGoodPkt", fixed("24188")},
	{"Tx Collisions", "Txcollisions", zero},
	{"Tx excessLength", "TxexcessLength", zero},
	{"Tx broadcast", "Txbroadcast", fixed("96")},
	{"Tx multicast", "Txmulticast", fixed("1422")},
	{"LLDP FramesOutTotal", "lldpFramesOutTotal", fixed("1201")},
	{"LLDP AgeoutsTotal", "lldpAgeoutsTotal", zero},
	{"LLDP FramesDiscardedTotal", "lldpFramesDiscardedTotal", zero},
	{"LLDP FramesInErrorsTotal", "lldpFramesInErrorsTotal", zero},
	{"LLDP FramesInTotal", "lldpFramesInTotal", fixed("1190")},
	{"LLDP TLVDiscardedTotal", "lldpTLVDiscardedTotal", zero},
	{"LLDP TLVUnrecognizedTotal", "lldpTLVUnrecognizedTotal", zero},
}

// neighbor88 are the rows about what is at the other end of a port, as scrapers
// spell them on 8800s.
var neighbor88 = []row{
	{"CDP Neighbor device ID", "CDPNeighborDeviceId", fixed(neighbor)},
	{"CDP Neighbor IP address", "CDPNeighborIP", (*shown).router},
	{"CDP Neighbor IPv6 address", "CDPNeighborIPv6", none},
	{"CDP Neighbor port", "CDPNeighborPort", (*shown).switchPort},
	{"LLDP Neighbor device ID", "LLDPNeighborDeviceId", fixed(neighbor)},
	{"LLDP Neighbor IP address", "LLDPNeighborIP", (*shown).router},
	{"LLDP Neighbor IPv6 address", "LLDPNeighborIPv6", none},
	{"LLDP Neighbor port", "LLDPNeighborPort", (*shown).switchPort},
	{"Port information", "PortSpeed", fixed("1000 Full")},
}

// neighbor79 spells them as 7900s do.
var neighbor79 = labelled(neighbor88,
	"CDP Neighbor Device ID", "CDP Neighbor IP Address", "CDP Neighbor IPv6 Address", "CDP Neighbor Port",
	"LLDP Neighbor Device ID", "LLDP Neighbor IP Address", "LLDP Neighbor IPv6 Address", "LLDP Neighbor Port",
	"Port Information")

// unconnected is a port for a computer: there is none.
func unconnected(port []row) []row {
	port = concat(port)
	for i := range port {
		port[i].value = zero
	}
	for i := len(networkPort); i < len(port); i++ {
		port[i].value = none
	}
	port[len(port)-1].value = fixed("No Link")
	return port
}

// neighbor is the switch that all phones are connected to.
const neighbor = "access1"

// switchPort is a port of it, one for each phone as far as they go.
func (p *shown) switchPort() string {
	mac, _ := strconv.ParseUint(p.mac(), 16, 64)
	return fmt.Sprintf("GigabitEthernet1/0/%d", 1+mac%48)
}

// stream88 is a stream of 7800s and 8800s (7800 and 8800 guide): nobody has a
// call.
var stream88 = []row{
	{"Remote address", "RemoteAddr", fixed("0.0.0.0/0")},
	{"Local address", "LocalAddr", fixed("0.0.0.0/0")},
	{"Start time", "StartTime", fixed("00:00:00")},
	{"Stream status", "StreamStatus", fixed("Not ready")},
	{"Host name", "Name", (*shown).host},
	{"Sender packets", "SenderPackets", zero},
	{"Sender octets", "SenderOctets", zero},
	{"Sender codec", "SenderCodec", fixed("None")},
	{"Sender reports sent", "SenderReportsSent", zero},
	{"Sender report time sent", "SenderReportTimeSent", fixed("00:00:00")},
	{"Rcvr lost packets", "RcvrLostPackets", zero},
	{"Avg jitter", "AvgJitter", zero},
	{"Receiver codec", "RcvrCodec", fixed("None")},
	{"Receiver reports sent", "RcvrReportsSent", zero},
	{"Receiver report time sent", "RcvrReportTimeSent", fixed("00:00:00")},
	{"Rcvr packets", "RcvrPackets", zero},
	{"Rcvr octets", "RcvrOctets", zero},
	{"MOS LQK", "MOSLQK", fixed("0.0000")},
	{"Avg MOS LQK", "AvgMOSLQK", fixed("0.0000")},
	{"Min MOS LQK", "MinMOSLQK", fixed("0.0000")},
	{"Max MOS LQK", "MaxMOSLQK", fixed("0.0000")},
	{"MOS LQK version", "MOSLQKVersion", fixed("0.0000")},
	{"Cumulative conceal ratio", "CmltveConcealRatio", fixed("0.0000")},
	{"Interval conceal ratio", "IntervalConcealRatio", fixed("0.0000")},
	{"Max conceal ratio", "MaxConcealRatio", fixed("0.0000")},
	{"Conceal seconds", "ConcealSecs", zero},
	{"Severely conceal seconds", "SeverelyConcealSecs", zero},
	{"Latency", "Latency", zero},
	{"Max jitter", "MaxJitter", zero},
	{"Sender size", "SenderSize", fixed("0 ms")},
	{"Sender reports received", "SenderReportsReceived", zero},
	{"Sender report time received", "SenderReportTimeReceived", fixed("00:00:00")},
	{"Receiver size", "RcvrSize", fixed("0 ms")},
	{"Receiver discarded", "RcvrDiscarded", zero},
	{"Receiver reports received", "RcvrReportsReceived", zero},
	{"Receiver report time received", "RcvrReportTimeReceived", fixed("00:00:00")},
}

// stream79 is a stream of 7900s (scrapers).
var stream79 = labelled(stream88,
	"Remote Address", "Local Address", "Start Time", "Stream Status", "Host Name",
	"Sender Packets", "Sender Octets", "Sender Codec", "Sender Reports Sent", "Sender Report Time Sent",
	"Rcvr Lost Packets", "Avg Jitter", "Rcvr Codec", "Rcvr Reports Sent", "Rcvr Report Time Sent",
	"Rcvr Packets", "Rcvr Octets", "MOS LQK", "Avg MOS LQK", "Min MOS LQK", "Max MOS LQK", "MOS LQK Version",
	"Cmltve Conceal Ratio", "Interval Conceal Ratio", "Max Conceal Ratio", "Conceal Secs", "Severely Conceal Secs",
	"Latency", "Max Jitter", "Sender Size", "Sender Reports Received", "Sender Report Time Received",
	"Rcvr Size", "Rcvr Discarded", "Rcvr Reports Received", "Rcvr Report Time Received")

// labelled are rows with other labels, in their order.
func labelled(rows []row, labels ...string) []row {
	rows = concat(rows)
	for i := range rows {
		rows[i].label = labels[i]
	}
	return rows
}
