"""A CUCM cluster as scripts see it: AXL lists and resets phones, RIS knows where they are.

Python's own library is all that this takes.
"""

import argparse
import base64
import getpass
import http.client
import os
import re
import ssl
import time
import xml.etree.ElementTree as ET
from typing import Iterator, NamedTuple
from xml.sax.saxutils import escape

PAGE = 1000  # phones that AXL is asked for at a time, and that RIS tells of at most
PAUSE = 5  # seconds before a node is asked again that was asked too often
PATIENCE = 24  # pauses in a row, which is two minutes: RIS counts by the minute

# 1.0 is the oldest schema that a release has, so every release takes it.
AXL = "http://www.cisco.com/AXL/API/1.0"
RIS = "http://schemas.cisco.com/ast/soap"
ENVELOPE = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="{space}">'
    "<soapenv:Body><x:{operation}>{body}</x:{operation}></soapenv:Body></soapenv:Envelope>"
)


class Fault(Exception):
    """A request was refused: the cluster's own words."""


class Place(NamedTuple):
    """Where a phone is, or was when it was last registered."""

    status: str  # "Registered", "UnRegistered", ...
    address: str
    since: int  # seconds since 1970, by the cluster's clock: when the status changed


class Cluster:
    """A node of a cluster, and a connection to it that is kept."""

    def __init__(self, host: str, user: str, password: str, ca: str | None = None):
        # The certificate names no address to compare. ca is the node's tomcat.pem;
        # without it anybody is believed to be the node.
        context = ssl.create_default_context(cafile=ca)
        context.check_hostname = False
        if ca is None:
            context.verify_mode = ssl.CERT_NONE
        name, _, port = host.partition(":")
        self._connection = http.client.HTTPSConnection(name, int(port or 8443), timeout=60, context=context)
        login = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": "Basic " + login, "Content-Type": "text/xml"}

    def phones(self, pattern: str = "SEP%") -> Iterator[str]:
        """The names of all phones of the database that match."""
        skip = 0
        while True:
            answer = self._ask("/axl/", AXL, "listPhone", (
                f"<searchCriteria><name>{escape(pattern)}</name></searchCriteria>"
                f"<returnedTags><name/></returnedTags><skip>{skip}</skip><first>{PAGE}</first>"
            ))
            page = [name.text for name in answer.iterfind(".//phone/name")]
            if not page:
                return
            yield from page
            skip += len(page)

    def places(self, names: list[str]) -> dict[str, Place]:
        """Where phones are. A phone that was never registered is not in it.

        selectCmDeviceExt tells of each once. By selectCmDevice one that has moved stands
        under both nodes, and a thousand names may be more than an answer has room for.
        """
        found: dict[str, Place] = {}
        for start in range(0, len(names), PAGE):
            items = "".join(
                f"<x:item><x:Item>{escape(name)}</x:Item></x:item>" for name in names[start : start + PAGE]
            )
            answer = self._ask("/realtimeservice2/services/RISService70", RIS, "selectCmDeviceExt", (
                f"<x:CmSelectionCriteria><x:MaxReturnedDevices>{PAGE}</x:MaxReturnedDevices>"
                "<x:DeviceClass>Phone</x:DeviceClass><x:Model>255</x:Model><x:Status>Any</x:Status>"
                f"<x:SelectBy>Name</x:SelectBy><x:SelectItems>{items}</x:SelectItems></x:CmSelectionCriteria>"
            ))
            for device in answer.iterfind(".//{*}CmDevices/{*}item"):
                found[device.findtext("{*}Name", "")] = Place(
                    device.findtext("{*}Status", ""),
                    device.findtext("{*}IPAddress/{*}item/{*}IP", ""),
                    int(device.findtext("{*}TimeStamp") or 0),
                )
        return found

    def reset(self, name: str) -> None:
        """Has a phone boot again. The answer does not wait for it."""
        body = f"<deviceName>{escape(name)}</deviceName><isHardReset>true</isHardReset>"
        self._ask("/axl/", AXL, "doDeviceReset", body)

    def _ask(self, path: str, space: str, operation: str, body: str) -> ET.Element:
        request = ENVELOPE.format(space=space, operation=operation, body=body)
        for _ in range(PATIENCE):
            status, text = self._send(path, request)
            if status != 503 and "Exceeded allowed rate" not in text:
                break
            time.sleep(PAUSE)
        if status == 200:
            return ET.fromstring(text)
        told = re.search("<(?:faultstring|p)>(.*?)</", text, re.DOTALL)
        raise Fault(f"{operation}: HTTP {status}: {told[1] if told else text[:200]}")

    def _send(self, path: str, request: str) -> tuple[int, str]:
        for last in (False, True):
            try:
                self._connection.request("POST", path, request.encode(), self._headers)
                response = self._connection.getresponse()
                return response.status, response.read().decode()
            except (http.client.RemoteDisconnected, ConnectionError):
                self._connection.close()  # idle for too long: the next request opens another
                if last:
                    raise
        raise AssertionError


def arguments(description: str) -> argparse.ArgumentParser:
    """The arguments that name a cluster; connect takes them."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("host", help="a node, such as cucm-pub or 127.0.0.2:18443; port 8443 if none is given")
    parser.add_argument("--user", default="admin")
    parser.add_argument("--ca", metavar="FILE", help="the node's tomcat.pem; without it no certificate is verified")
    return parser


def connect(args: argparse.Namespace) -> Cluster:
    """The cluster of some arguments; its password is that of $CUCM_PASSWORD, or asked for."""
    password = os.environ.get("CUCM_PASSWORD") or getpass.getpass(f"{args.user}'s password: ")
    return Cluster(args.host, args.user, password, args.ca)
