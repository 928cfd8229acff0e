#!/usr/bin/env python3
"""Resets phones in batches, and waits for each batch before the next.

Reads names, one a line, from standard input. A phone is back when RIS says that it has
registered since. Where a batch is not back in time the others are left alone: the names of
those that are not back, and of those that were not reset, are printed.
"""

import sys
import time

import cucm

POLL = 5  # seconds between questions: twelve a minute, of the fifteen that RIS answers


def batches(names: list[str], size: int) -> list[list[str]]:
    return [names[start : start + size] for start in range(0, len(names), size)]


def reset(cluster: cucm.Cluster, names: list[str], patience: float) -> list[str]:
    """Resets phones, and returns those that have not registered again in time."""
    before = cluster.places(names)
    refused = []
    for name in names:
        try:
            cluster.reset(name)
        except cucm.Fault as fault:
            print(f"{name}: {fault}", file=sys.stderr)
            refused.append(name)
    deadline = time.monotonic() + patience
    waiting = [name for name in names if name not in refused]
    while waiting and time.monotonic() < deadline:
        time.sleep(min(POLL, patience))
        now = cluster.places(waiting)
        waiting = [
            name for name in waiting
            if name not in now or now[name].status != "Registered"
            or name in before and now[name].since <= before[name].since
        ]
    return refused + waiting


def main() -> int:
    parser = cucm.arguments(__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=100, help="phones that are reset at a time")
    parser.add_argument("--patience", type=float, default=300, help="seconds that a batch is given to come back")
    args = parser.parse_args()
    cluster = cucm.connect(args)

    todo = batches(sys.stdin.read().split(), args.batch)
    for number, batch in enumerate(todo, 1):
        missing = reset(cluster, batch, args.patience)
        print(f"batch {number} of {len(todo)}: {len(batch) - len(missing)} of {len(batch)} are back", file=sys.stderr)
        if missing:
            print(*missing, *sum(todo[number:], []), sep="\n")
            return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (cucm.Fault, OSError) as error:
        sys.exit(f"reset_phones: {error}")
