#!/usr/bin/env python3
"""Finds the phones that have lost trust in their cluster, and prints their names.

No API of CUCM tells of trust lists. So AXL lists the phones, RIS tells where they are, and
the phones' own status messages say whether the last trust list was taken or refused.
"""

import http.client
import re
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import cucm

# The status messages, by model: most phones, the 7940 and 7960, the 6900s.
PAGES = ("CGI/Java/Serviceability?adapter=device.settings.status.messages", "DeviceLog?2", "status.html")
TIMEOUT = 5  # seconds for a page
AT_ONCE = 32  # phones that are read at a time

UNREADABLE = (OSError, http.client.HTTPException)

# What phones say of a trust list, in sentences or in Title Case.
VERDICT = re.compile("trust list update failed|trust list updated|itl installed", re.IGNORECASE)

browser = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def messages(address: str, port: int) -> str:
    """A phone's status messages, oldest first. The error says why there are none."""
    for page in PAGES:
        try:
            with browser.open(f"http://{address}:{port}/{page}", timeout=TIMEOUT) as response:
                return response.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
    raise OSError("has no page of status messages")


def lost(text: str) -> bool:
    """Whether the last that a phone says of trust lists is that it refused one."""
    said = VERDICT.findall(text)
    return bool(said) and said[-1].lower() == "trust list update failed"


def main() -> None:
    parser = cucm.arguments(__doc__.splitlines()[0])
    parser.add_argument("--web-port", type=int, default=80, help="of the phones' pages; 80 on real ones")
    args = parser.parse_args()
    cluster = cucm.connect(args)

    names = list(cluster.phones())
    places = cluster.places(names)
    present = [name for name in names if name in places and places[name].status == "Registered"]

    def judge(name: str) -> bool | Exception:
        try:
            return lost(messages(places[name].address, args.web_port))
        except UNREADABLE as error:
            return error

    with ThreadPoolExecutor(AT_ONCE) as pool:
        verdicts = dict(zip(present, pool.map(judge, present)))
    silent = [name for name, verdict in verdicts.items() if isinstance(verdict, UNREADABLE)]
    found = [name for name, verdict in verdicts.items() if verdict is True]
    for name in silent:
        print(f"{name} at {places[name].address}: {verdicts[name]}", file=sys.stderr)
    print(f"{len(names)} phones, {len(present)} registered, {len(silent)} without a page, {len(found)} lost",
          file=sys.stderr)
    print(*found, sep="\n", end="\n" if found else "")


if __name__ == "__main__":
    try:
        main()
    except (cucm.Fault, OSError) as error:
        sys.exit(f"find_lost_phones: {error}")
