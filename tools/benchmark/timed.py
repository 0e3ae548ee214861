#!/usr/bin/env python3
"""Runs a command so many times with a file as its standard input, and prints how long it takes as a line of JSON.

    python timed.py --input FILE [--repetitions N] [--report FILE] -- COMMAND…

Wall time from the start of the process to its end, the median of all. --report names a file that the command writes;
what it says is added to the line.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--input", required=True)
    parser.add_argument("--repetitions", type=int, default=1)
    parser.add_argument("--report", type=pathlib.Path)
    parser.add_argument("command", nargs="+")
    parsed = parser.parse_args()
    times, inside, said, count = [], [], {}, 0
    for _ in range(parsed.repetitions):
        with open(parsed.input, "rb") as file:
            start = time.perf_counter()
            done = subprocess.run(parsed.command, stdin=file, capture_output=True)
            times.append(time.perf_counter() - start)
        if done.returncode:
            sys.stderr.buffer.write(done.stderr)
            sys.exit(f"timed: failed with {done.returncode}: {' '.join(parsed.command)}")
        count = sum(1 for line in done.stdout.splitlines() if line)
        if parsed.report:
            said = json.loads(parsed.report.read_text())
            inside.append(said["seconds"])
    result = {"seconds": statistics.median(times), "lowest": min(times), "lines": count}
    if inside:
        result["engine"] = said["engine"]
        result["seconds_without_start"] = statistics.median(inside)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
