#!/usr/bin/env python3
"""Sends requests at a given rate, whatever becomes of those before (an open loop), and says how long each took.

    tools/service/load.py --port N --bodies FILE --rate R --seconds S [--path /v1/tag]

Requests come as a Poisson process; times count from when a request was to be sent, so that a server that stalls is not spared those that
would have come meanwhile. Prints JSON: sent, answered, refused (429), failed, p50 and p99 of the answered in milliseconds.
"""

import argparse
import asyncio
import itertools
import json
import pathlib
import random
import time


class Pool:
    """Connections that are free, opened as they are needed."""

    def __init__(self, port):
        self.port, self.free = port, []

    async def ask(self, request):
        reader, writer = self.free.pop() if self.free else await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        await reader.readexactly(length)
        self.free.append((reader, writer))
        return status


async def run(port, bodies, path, rate, seconds):
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
    requests = [f"{head}{len(body)}\r\n\r\n".encode() + body for body in bodies]
    pool, times, refusals, counts = Pool(port), [], [], {"answered": 0, "refused": 0, "failed": 0}

    async def one(request, due):
        try:
            status = await pool.ask(request)
        except (OSError, asyncio.IncompleteReadError):
            counts["failed"] += 1
            return
        counts["answered" if status == 200 else "refused" if status == 429 else "failed"] += 1
        (times if status == 200 else refusals).append(time.perf_counter() - due)

    tasks, begun, due = [], time.perf_counter(), 0.0
    generator = random.Random(1)
    for request in itertools.cycle(requests):
        due += generator.expovariate(rate)
        if due > seconds:
            break
        wait = begun + due - time.perf_counter()
        # What is due already is sent without a pause.
        if wait > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(one(request, begun + due)))
    await asyncio.gather(*tasks)
    return {"rate": rate, "sent": len(tasks), **counts, **percentiles(times, ""), **percentiles(refusals, "refused ")}


def percentiles(times, prefix):
    times.sort()
    at = lambda share: round(1000 * times[min(len(times) - 1, int(share * len(times)))], 2)
    return {prefix + "p50": at(0.5), prefix + "p99": at(0.99)} if times else {}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--bodies", type=pathlib.Path, required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--path", default="/v1/tag")
    parsed = parser.parse_args()
    bodies = parsed.bodies.read_bytes().splitlines()
    print(json.dumps(asyncio.run(run(parsed.port, bodies, parsed.path, parsed.rate, parsed.seconds))))


if __name__ == "__main__":
    main()
