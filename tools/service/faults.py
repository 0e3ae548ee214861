#!/usr/bin/env python3
"""Does to a server what happens to servers, and says what came of it: docs/performance.md has the figures.

    tools/service/faults.py --adapters FOLDER [FAULT…]

FOLDER is what tools/service/make_adapters.py made; it is copied. `full_disk` mounts a small tmpfs and needs root. Prints a line of JSON for each
fault, and ends with 1 where something was not as it should be.
"""

import argparse
import concurrent.futures
import io
import json
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from bench import Server  # noqa: E402

NAME = "tags-00"
WORDS = {"adapter": NAME, "tokens": "Angela Merkel visited Porto .".split()}


def ask(port, method, path, body=b"", headers=(), timeout=30):
    """Status, body; status 0: no answer."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
            lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", f"Content-Length: {len(body)}", *headers]
            connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin1"))
            try:
                connection.sendall(body)
            except OSError:
                pass  # An answer may have come before all was sent.
            answer = b""
            while part := connection.recv(1 << 16):
                answer += part
    except OSError:
        return 0, b""
    head, _, rest = answer.partition(b"\r\n\r\n")
    return (int(head[9:12]), rest) if head.startswith(b"HTTP/1.1 ") else (0, rest)


def tag(port, **more):
    return ask(port, "POST", "/v1/tag", json.dumps(WORDS | more).encode(), ["Content-Type: application/json"])


def problem(answer):
    return json.loads(answer[1])["type"].rsplit("/", 1)[1]


def tar(folder):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in ["adapter.json", "adapter.safetensors"]:
            archive.add(folder / name, name)
    return buffer.getvalue()


def put(port, name, body=b""):
    return ask(port, "PUT", f"/v1/adapters/{name}", body, ["Content-Type: application/x-tar"] if body else [])


class Clients:
    """Threads that ask one request after the other, and count what they get, until the block ends."""

    def __init__(self, port, count=16):
        self.port, self.stop, self.counts, self.times = port, threading.Event(), {}, []
        self.threads = [threading.Thread(target=self.work) for _ in range(count)]

    def work(self):
        while not self.stop.is_set():
            begun = time.perf_counter()
            status, _ = tag(self.port)
            self.counts[status] = self.counts.get(status, 0) + 1
            self.times.append(time.perf_counter() - begun)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def p99(self):
        return round(1000 * sorted(self.times)[int(0.99 * (len(self.times) - 1))], 1)


def sigterm(parsed, folder):
    """Requests of long texts are on their way; each that was taken is answered whole."""
    text = "Angela Merkel visited Porto . " * 2000
    with Server(parsed, "--adapters", folder, "--set", "queue-rows=10000000", "--set", "queue-seconds=600") as server, concurrent.futures.ThreadPoolExecutor(24) as pool:
        body = json.dumps({"adapter": NAME, "text": text}).encode()
        asked = [pool.submit(ask, server.port, "POST", "/v1/tag", body) for _ in range(24)]
        time.sleep(0.5)
        begun = time.perf_counter()
        server.process.send_signal(signal.SIGTERM)
        answers = [a.result() for a in asked]
        code = server.process.wait(60)
    whole = sum(status == 200 and rest.endswith(b"]}\n") for status, rest in answers)
    return {"in flight": 24, "answered whole": whole, "exit code": code, "seconds": round(time.perf_counter() - begun, 2)}, whole == 24 and code == 0


def kill_and_restart(parsed, folder):
    with Server(parsed, "--adapters", folder) as server, Clients(server.port, 4):
        time.sleep(0.5)
        server.process.kill()
        server.process.wait()
    begun = time.perf_counter()
    with Server(parsed, "--adapters", folder) as server:
        ready = time.perf_counter() - begun
        status, _ = tag(server.port)
    return {"ready again after ms": round(1000 * ready), "status": status}, status == 200


def replaced_under_load(parsed, folder):
    one, other = tar(folder / "tags-01"), tar(folder / "tags-02")
    with Server(parsed, "--adapters", folder) as server, Clients(server.port) as clients:
        statuses = [put(server.port, NAME, [one, other][n % 2])[0] for n in range(40)]
    return {"replacements": statuses.count(200), "requests": clients.counts}, set(clients.counts) == {200} and set(statuses) == {200}


def deleted_under_load(parsed, folder):
    with Server(parsed, "--adapters", folder) as server, Clients(server.port) as clients:
        statuses = []
        for _ in range(20):
            statuses.append(ask(server.port, "DELETE", f"/v1/adapters/{NAME}")[0])
            time.sleep(0.02)
            statuses.append(put(server.port, NAME)[0])
            time.sleep(0.02)
    return {"deletions and loads": len(statuses), "requests": clients.counts}, set(clients.counts) <= {200, 404} and set(statuses) == {204, 201}


def corrupt_adapters(parsed, folder):
    whole = tar(folder / "tags-01")
    with Server(parsed, "--adapters", folder) as server:
        before = tag(server.port)
        offered = [whole[:n] for n in range(0, len(whole), len(whole) // 40) if n] + [
            whole[:n] + bytes([whole[n] ^ 0xFF]) + whole[n + 1:] for n in range(0, 2048, 64)]
        found = {}
        for body in offered:
            answer = put(server.port, "offered", body)
            key = f"{answer[0]} {problem(answer) if answer[0] >= 400 else 'loaded'}"
            found[key] = found.get(key, 0) + 1
        after = tag(server.port)
    # A byte that is changed in a name or a number may leave a whole adapter.
    return {"offered": len(offered), "answers": found}, before == after and set(k.split()[0] for k in found) <= {"409", "200", "201"}


def full_disk(parsed, folder):
    small = pathlib.Path(tempfile.mkdtemp())
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small], check=True)
    try:
        shutil.copytree(folder / NAME, small / NAME, ignore=shutil.ignore_patterns("training*"))
        before_names = sorted(p.name for p in small.iterdir())
        with Server(parsed, "--adapters", small) as server:
            before = tag(server.port)
            try:
                with open(small / "filler", "wb", buffering=0) as filler:
                    while filler.write(b"x" * 4096):
                        pass
            except OSError:
                pass
            answers = [put(server.port, name, tar(folder / "tags-01")) for name in [NAME, "new"]]
            after = tag(server.port)
            (small / "filler").unlink(missing_ok=True)
            again = put(server.port, NAME, tar(folder / NAME))[0]
            names = sorted(p.name for p in small.iterdir() if not p.name.endswith(".lock"))
    finally:
        subprocess.run(["umount", small], check=True)
    return {"answers": [f"{a[0]} {problem(a)}" for a in answers], "with room again": again}, (
        [a[0] for a in answers] == [507, 507] and before == after and again == 200 and names == before_names)


def hang_ups(parsed, folder):
    body = json.dumps({"adapter": NAME, "text": "Angela Merkel visited Porto . " * 3000}).encode()
    head = f"POST /v1/tag HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with Server(parsed, "--adapters", folder) as server:
        tag(server.port)
        before = server.megabytes()
        for number in range(600):
            connection = socket.create_connection(("127.0.0.1", server.port))
            # In the head, in the body, and when all was sent and the answer is awaited.
            connection.sendall((head + body)[:[len(head) // 2, len(head) + len(body) // 2, len(head) + len(body)][number % 3]])
            connection.close()
        begun = time.perf_counter()
        while server.metric("enxerto_requests_in_flight") or server.metric("enxerto_queue_rows"):
            time.sleep(0.01)
        quiet = time.perf_counter() - begun
        status, _ = tag(server.port)
        after = server.megabytes()
    return {"clients": 600, "quiet after s": round(quiet, 2), "MB before": before, "MB after": after}, status == 200 and quiet < 5


def slow_loris(parsed, folder):
    with Server(parsed, "--adapters", folder, "--set", "idle-seconds=3", "--set", "request-seconds=5") as server:
        with Clients(server.port, 4) as alone:
            time.sleep(3)
        slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(300)]
        with Clients(server.port, 4) as beside:
            begun, open_ones = time.perf_counter(), list(slow)
            for number, connection in enumerate(slow):
                head = b"POST /v1/tag HTTP/1.1\r\nHost: a\r\n"
                connection.sendall(head + (b"Content-Length: 1000\r\n\r\n" if number % 2 else b""))
                connection.settimeout(0.001)
            while open_ones and time.perf_counter() - begun < 30:
                for connection in list(open_ones):
                    try:
                        connection.send(b"X")
                        if connection.recv(1000) == b"":
                            open_ones.remove(connection)
                    except TimeoutError:
                        pass
                    except OSError:
                        open_ones.remove(connection)
                time.sleep(0.5)
            taken = time.perf_counter() - begun
    return {"slow clients": 300, "all gone after s": round(taken, 1), "p99 ms alone": alone.p99(), "p99 ms beside them": beside.p99(),
            "requests": beside.counts}, not open_ones and set(beside.counts) == {200}


def malformed(parsed, folder):
    cases = {
        "deep": b'{"adapter":' + b"[" * 1_000_000, "deeper": b'{"a":' * 500_000, "cut": b'{"adapter": "tags-00", "text": "a',
        "nul": b'{"adapter": "tags-00", "text": "a\x00"}', "invalid UTF-8": b'{"adapter": "tags-00", "text": "\xff\xfe"}',
        "half a surrogate": b'{"adapter": "tags-00", "text": "\\ud800"}', "number": b"1e400", "empty": b"", "trailing": b"{} {}",
        "100 MB": b'{"adapter": "tags-00", "text": "' + b"a" * 100_000_000 + b'"}',
    }
    with Server(parsed, "--adapters", folder) as server:
        before = server.megabytes()
        found = {}
        for name, body in cases.items():
            begun = time.perf_counter()
            answer = ask(server.port, "POST", "/v1/tag", body)
            found[name] = f"{answer[0]} {problem(answer) if answer[0] >= 400 else ''} {1000 * (time.perf_counter() - begun):.0f} ms"
        status, _ = tag(server.port)
        after = server.megabytes()
    return {"answers": found, "MB before": before, "MB after": after}, status == 200 and after - before < 30 and all(
        answer.startswith("4") or name == "half a surrogate" for name, answer in found.items())


def path_tricks(parsed, folder):
    names = ["..", "../..", "..%2f..%2fetc%2fpasswd", "%2e%2e%2f", "....//", "%c0%ae%c0%ae/", "a%00b", ".", "~root", "C:%5c", "%ff", "a/../b"]
    with Server(parsed, "--adapters", folder) as server:
        found = {f"{method} {name}": ask(server.port, method, f"/v1/adapters/{name}")[0] for name in names for method in ["GET", "PUT", "DELETE"]}
        status, _ = tag(server.port)
    statuses = {s: list(found.values()).count(s) for s in set(found.values())}
    return {"requests": len(found), "statuses": statuses}, status == 200 and set(statuses) <= {400, 404, 405}


FAULTS = [sigterm, kill_and_restart, replaced_under_load, deleted_under_load, corrupt_adapters, full_disk, hang_ups, slow_loris,
          malformed, path_tricks]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--adapters", type=pathlib.Path, required=True)
    parser.add_argument("--precision", default="int8")
    parser.add_argument("faults", nargs="*")
    parsed = parser.parse_args()
    is_good = True
    for fault in FAULTS:
        if parsed.faults and fault.__name__ not in parsed.faults:
            continue
        with tempfile.TemporaryDirectory() as folder:
            adapters = pathlib.Path(folder) / "adapters"
            adapters.mkdir()
            for name in [NAME, "tags-01", "tags-02"]:
                shutil.copytree(parsed.adapters / name, adapters / name)
            figures, good = fault(parsed, adapters)
        is_good = is_good and good
        print(json.dumps({"fault": fault.__name__, "good": good, **figures}), flush=True)
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
