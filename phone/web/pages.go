package web

import "fmt"

// words are what a family calls its pages, and the rows where those differ.
type words struct {
	device, network                        string
	statistics, ethernet                   string
	logs, console, dumps, messages, alarms string
	streaming                              string
	neighbor, stream                       []row
}

var newWords = words{
	device: "Device information", network: "Network setup",
	statistics: "Network statistics", ethernet: "Ethernet information",
	logs: "Device logs", console: "Console logs", dumps: "Core dumps",
	messages: "Status messages", alarms: "Debug display",
	streaming: "Streaming statistics", neighbor: neighbor88, stream: stream88,
}

var oldWords = words{
	device: "Device Information", network: "Network Configuration",
	statistics: "Network Statistics", ethernet: "Ethernet Information",
	logs: "Device Logs", console: "Console Logs", dumps: "Core Dumps",
	messages: "Status Messages", alarms: "Debug Display",
	streaming: "Streaming Statistics", neighbor: neighbor79, stream: stream79,
}

// streams is how many a phone has at most.
const streams = 5

// pages are those of a family whose pages have adapters, or names (8845 page).
// That port 1 is the network's, and /DeviceLog?2 the messages', is from scrapers;
// the other numbers are this project's own choice.
func (w words) pages(device func(*shown) []row, network []row) []page {
	port := concat(networkPort, w.neighbor)
	toSwitch, toComputer, stream := same(port), same(unconnected(port)), same(w.stream)
	all := []page{
		{
			adapter: "device.statistics.device", name: "DeviceInformation", link: w.device, title: w.device,
			html: rowsOf(device), root: "DeviceInformation", elements: elementsOf(device),
		}, {
			adapter: "device.statistics.configuration", name: "NetworkConfiguration", link: w.network, title: w.network,
			html: rowsOf(same(network)), root: "NetworkConfiguration", elements: elementsOf(same(network79)),
		}, {
			adapter: "device.statistics.ethernet", name: "EthernetInformation",
			group: w.statistics, link: w.ethernet, title: w.ethernet,
			html: rowsOf(same(ethernet)), root: "EthernetInformation", elements: elementsOf(same(ethernet)),
		}, {
			adapter: "device.statistics.port.access", name: "PortInformation", argument: "2",
			link: "Access", title: "Port Information",
			html: rowsOf(toComputer), root: "PortInformation", elements: elementsOf(toComputer),
		}, {
			adapter: "device.statistics.port.network", name: "PortInformation", argument: "1", first: true,
			link: "Network", title: "Port Information",
			html: rowsOf(toSwitch), root: "PortInformation", elements: elementsOf(toSwitch),
		}, {
			adapter: "device.statistics.consolelog", name: "DeviceLog", argument: "0",
			group: w.logs, link: w.console, title: w.console,
			html: logLinks, root: "DeviceLog", elements: logElements,
		}, {
			adapter: "device.statistics.coredumps", link: w.dumps, title: w.dumps,
			html: func(*shown) string { return "" },
		}, {
			adapter: "device.settings.status.messages", name: "DeviceLog", argument: "2", first: true,
			link: w.messages, title: w.messages,
			html: messageCells, root: "DeviceLog", elements: messageElements,
		}, {
			adapter: "device.trace.display.alarm", name: "DeviceLog", argument: "1", link: w.alarms, title: w.alarms,
			html: alarmCell, root: "DeviceLog", elements: alarmElement,
		},
	}
	for i := range streams {
		p := page{
			adapter: fmt.Sprint("device.statistics.streaming.", i), name: "StreamingStatistics", argument: fmt.Sprint(i + 1),
			first: i == 0, link: fmt.Sprintf("Stream %d ", i+1), title: w.streaming,
			html: rowsOf(stream), root: "StreamingStatistics", elements: elementsOf(stream),
		}
		if i == 0 {
			p.group = w.streaming
		}
		all = append(all, p)
	}
	return all
}
