#!/usr/bin/env python3
"""Measures the service: docs/performance.md has what came of it.

    tools/service/bench.py --adapters FOLDER [--precision int8] [--output FILE] [PART…]

FOLDER is what tools/service/make_adapters.py made. Parts: labels, memory, mix, latency, overload, flat, peer; all unless said. Needs wrk, the
release builds of enxerto and enxerto-server, and for `peer` an environment (--python) with fastapi, uvicorn, onnxruntime and
tokenizers, and the model that tools/bench exports. Server and load share the machine's processors. A figure is the median of
--rounds runs. The output has a line of JSON for each part.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
PARTS = ["labels", "memory", "mix", "latency", "overload", "flat", "peer"]


class Server:
    """enxerto-server, listening on a port of its own until the block ends."""

    def __init__(self, parsed, *options):
        command = [ROOT / ".build/release/enxerto-server", "--port", 0, "--precision", parsed.precision, "--log-level", "warning", *options]
        self.process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, text=True)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def metric(self, name):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics") as response:
            return next(float(line.split()[1]) for line in response.read().decode().splitlines() if line.startswith(name + " "))

    def megabytes(self):
        return self.metric("enxerto_resident_bytes") / 1e6


def wrk(port, bodies, connections=64, seconds=8, path="/v1/tag"):
    environment = os.environ | {"BODIES": str(bodies), "PATH_": path}
    command = ["wrk", "--latency", "-t", "2", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "30s"]
    output = subprocess.run([*command, "-s", str(HERE / "requests.lua"), f"http://127.0.0.1:{port}/"], env=environment,
                            check=True, capture_output=True, text=True).stdout
    result = json.loads(re.search(r"RESULT (.*)", output)[1])
    return result | {"rate": (result["requests"] - result["refused"]) / result["seconds"]}


def load(port, bodies, rate, seconds):
    command = [sys.executable, HERE / "load.py", "--port", port, "--bodies", bodies, "--rate", rate, "--seconds", seconds]
    return json.loads(subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True).stdout)


class Inputs:
    """Sentences of corpora/, as requests."""

    def __init__(self, parsed, folder):
        self.folder = folder
        self.names = sorted(p.parent.name for p in parsed.adapters.glob("*/adapter.json"))
        self.taggers = [n for n in self.names if n.startswith("tags")]
        blocks = "\n\n".join((ROOT / f"corpora/{n}.conll").read_text(encoding="utf-8") for n in ["dev", "test"]).split("\n\n")
        self.sentences = [[row.split("\t")[0] for row in block.strip().split("\n")] for block in blocks if block.strip() and "DOCSTART" not in block]

    def tagging(self, adapters):
        """A file of requests of one sentence each, for the adapters in turn."""
        choices = random.Random(7)
        return self.write(f"{adapters[0]}-{len(adapters)}", [
            {"adapter": choices.choice(adapters), "tokens": s} for s in self.sentences * (1 if len(adapters) == 1 else 20)])

    def mixed(self):
        """Of all adapters; answerers are asked of a sentence."""
        choices, items = random.Random(7), []
        for sentence in self.sentences * 20:
            name = choices.choice(self.names)
            text = " ".join(sentence)
            items.append({"adapter": name, "tokens": sentence} if name in self.taggers else
                         {"adapter": name, "question": "Who was it ?", "context": text})
        return items

    def write(self, name, items):
        path = self.folder / f"{name}.jsonl"
        path.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
        return path


def labels(parsed, inputs):
    """What the server says of requests of all adapters at a time, beside `enxerto tag` and `enxerto answer` of each adapter alone."""
    items = [dict(item, id=number) for number, item in enumerate(inputs.mixed()[:8000])]
    served, counts = [], {"items": len(items), "spans": 0, "other spans": 0, "answers": 0, "other answers": 0, "largest difference": 0.0}
    with Server(parsed, "--adapters", parsed.adapters) as server, concurrent.futures.ThreadPoolExecutor(3) as pool:
        def ask(part):
            request = urllib.request.Request(f"http://127.0.0.1:{server.port}/v1/batch", json.dumps({"items": part}).encode(),
                                             {"Content-Type": "application/json"})
            with urllib.request.urlopen(request) as response:
                return json.load(response)["results"]
        for results in pool.map(ask, [items[i:i + 100] for i in range(0, len(items), 100)]):
            served += results
    for name in inputs.names:
        own = [item for item in items if item["adapter"] == name]
        tags = name in inputs.taggers
        command = [ROOT / ".build/release/enxerto", "tag" if tags else "answer", "--adapter", parsed.adapters / name, "--quiet",
                   "--precision", parsed.precision, *(["--input-format", "jsonl"] if tags else [])]
        output = subprocess.run([str(c) for c in command], input="".join(json.dumps(i) + "\n" for i in own), text=True, check=True,
                                cwd=ROOT, capture_output=True).stdout
        for item, line in zip(own, output.splitlines(), strict=True):
            alone, here = json.loads(line), served[item["id"]]
            if tags:
                place = lambda result: {(s["start"], s["end"], s["label"]): s["confidence"] for s in result["spans"]}
                counts["spans"] += len(place(alone))
                counts["other spans"] += len(place(alone).keys() ^ place(here).keys())
                pairs = [(place(alone)[k], place(here)[k]) for k in place(alone).keys() & place(here).keys()]
            else:
                counts["answers"] += 1
                counts["other answers"] += alone["answer"] != here["answer"]
                pairs = [(alone["confidence"], here["confidence"])] if alone["answer"] == here["answer"] else []
            counts["largest difference"] = max([counts["largest difference"], *(round(abs(a - b), 6) for a, b in pairs)])
    return counts


def memory(parsed, inputs):
    """Resident memory, of which the files that are mapped are a part: with no adapter, and with one and all of them after the same load."""
    encoder = json.loads((parsed.adapters / inputs.names[0] / "adapter.json").read_text())["encoder"]["path"]
    one = inputs.taggers[0]
    size = lambda names: sum((parsed.adapters / n / f).stat().st_size for n in names for f in ["adapter.json", "adapter.safetensors"]) / 1e6
    with Server(parsed, "--encoder", encoder) as server:
        figures = {"encoder, idle": server.megabytes()}
    for what, names, options in [("one adapter", [one], ["--adapter", f"{one}={parsed.adapters / one}"]),
                                 ("all adapters", inputs.taggers, ["--adapters", parsed.adapters])]:
        with Server(parsed, *options) as server:
            figures[f"{what}, idle"] = server.megabytes()
            wrk(server.port, inputs.tagging(names), seconds=12)
            figures[f"{what}, after load"] = server.megabytes()
    figures |= {"adapters": len(inputs.names), "their files": size(inputs.names)}
    beyond = figures["all adapters, after load"] - figures["one adapter, after load"] - size(inputs.names) + size([one])
    return {"MB": figures, "MiB beyond one adapter's server and the others' files": beyond / 1.048576}


def offline(parsed, inputs, adapter):
    """Sentences a second of `enxerto tag`, its start left out: of many less of few."""
    def seconds(times):
        text = "".join(" ".join(s) + "\n" for s in inputs.sentences * times)
        command = [ROOT / ".build/release/enxerto", "tag", "--adapter", parsed.adapters / adapter, "--input-format", "tokens",
                   "--output-format", "jsonl", "--quiet", "--precision", parsed.precision]
        begun = time.perf_counter()
        subprocess.run([str(c) for c in command], input=text, text=True, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        return time.perf_counter() - begun
    return 20 * len(inputs.sentences) / (seconds(21) - seconds(1))


def mix(parsed, inputs):
    """Requests of all taggers in turn; the same requests, one tagger after the other; those of one tagger; the same sentences offline."""
    items = [i for i in inputs.mixed() if "tokens" in i]
    mixed = inputs.write("mixed", items)
    in_order = inputs.write("in-order", sorted(items, key=lambda item: item["adapter"]))
    one = inputs.tagging(inputs.taggers[:1])
    batches_of = lambda name, all_of_them: inputs.write(name, [{"items": all_of_them[i:i + 64]} for i in range(0, len(all_of_them) - 63, 64)])
    of_one = batches_of("batches-of-one", [{"adapter": inputs.taggers[0], "tokens": s} for s in inputs.sentences * 4])
    of_all = batches_of("batches", inputs.mixed())
    rounds = []
    with Server(parsed, "--adapters", parsed.adapters) as server:
        wrk(server.port, mixed, seconds=3)
        for _ in range(parsed.rounds):
            rounds.append({
                "in turn": wrk(server.port, mixed)["rate"], "one after the other": wrk(server.port, in_order)["rate"],
                "one tagger": wrk(server.port, one)["rate"],
                "one tagger, batches of 64": 64 * wrk(server.port, of_one, connections=4, path="/v1/batch")["rate"],
                "offline": offline(parsed, inputs, inputs.taggers[0]),
                "taggers and answerers, batches of 64": 64 * wrk(server.port, of_all, connections=4, path="/v1/batch")["rate"],
            })
    medians = {name: round(statistics.median(r[name] for r in rounds)) for name in rounds[0]}
    ratio = lambda a, b: round(statistics.median(r[a] / r[b] for r in rounds), 3)
    return {"requests a second": medians, "in turn by one after the other": ratio("in turn", "one after the other"),
            "one tagger by offline": ratio("one tagger", "offline"),
            "one tagger, batches, by offline": ratio("one tagger, batches of 64", "offline")}


def latency(parsed, inputs):
    bodies = inputs.tagging(inputs.taggers)
    with Server(parsed, "--adapters", parsed.adapters) as server:
        saturated = wrk(server.port, bodies)
        # Of what the server does beside this generator of load, which takes more of the processors than wrk.
        most = load(server.port, bodies, 1.5 * saturated["rate"], 12)
        rate = most["answered"] / 12
        shares = {f"{share:.0%}": load(server.port, bodies, share * rate, 12) for share in [0.25, 0.5, 0.75, 0.95]}
    return {"saturated by wrk": saturated, "saturated by load.py": rate, "shares": shares}


def overload(parsed, inputs):
    """At three times what it can do: what is taken on, and how fast the rest is sent away."""
    bodies = inputs.tagging(inputs.taggers)
    with Server(parsed, "--adapters", parsed.adapters) as server:
        saturated = wrk(server.port, bodies, connections=parsed.in_flight)
        usual = load(server.port, bodies, 3 * saturated["rate"], 12)
    with Server(parsed, "--adapters", parsed.adapters, "--set", f"queue-seconds={parsed.queue_seconds}") as server:
        wrk(server.port, bodies, connections=8, seconds=2)
        short = load(server.port, bodies, 3 * saturated["rate"], 12)
    return {"connections": parsed.in_flight, "saturated": saturated, "three times the rate": usual, "queue-seconds": parsed.queue_seconds, "the same, a short queue": short}


def flat(parsed, inputs):
    bodies = inputs.tagging(inputs.taggers)
    with Server(parsed, "--adapters", parsed.adapters) as server:
        points, done = [(0, server.megabytes())], 0
        while done < 200_000:
            done += wrk(server.port, bodies, seconds=20)["requests"]
            points.append((done, round(server.megabytes(), 1)))
    return {"requests and resident MB": points}


def peer(parsed, inputs):
    """FastAPI and ONNX Runtime, int8, and this, with the same requests of one adapter, in turn."""
    bodies = inputs.tagging(inputs.taggers[:1])
    environment = os.environ | {"MODEL": str(parsed.model), "ENCODER": str(ROOT / "models/all-MiniLM-L6-v2")}
    rounds = []
    for _ in range(parsed.rounds):
        result = {}
        with Server(parsed, "--adapters", parsed.adapters) as server:
            result["enxerto"] = wrk(server.port, bodies, connections=parsed.connections)
        for name, workers, threads in [("fastapi, 2 workers", 2, 1), ("fastapi, 1 worker of 2 threads", 1, 2)]:
            command = [parsed.python, "-m", "uvicorn", "fastapi_peer:app", "--port", "8765", "--workers", str(workers), "--log-level", "error", "--no-access-log"]
            process = subprocess.Popen(command, cwd=HERE, env=environment | {"THREADS": str(threads), "OMP_NUM_THREADS": "1"}, start_new_session=True)
            try:
                time.sleep(8)
                result[name] = wrk(8765, bodies, connections=parsed.connections)
            finally:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(20)
        rounds.append(result)
    names = list(rounds[0])
    median = lambda name, key: statistics.median(r[name][key] for r in rounds)
    return {name: {key: median(name, key) for key in ["rate", "p50", "p99", "broken"]} for name in names} | {
        "ratio of rates": {n: statistics.median(r["enxerto"]["rate"] / r[n]["rate"] for r in rounds) for n in names[1:]}}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--adapters", type=pathlib.Path, required=True)
    parser.add_argument("--precision", default="int8")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--queue-seconds", type=float, default=0.02)
    parser.add_argument("--python", default=str(ROOT / "tools/.venv-bench/bin/python"))
    parser.add_argument("--model", type=pathlib.Path, default=ROOT / ".build/bench/onnx/fused-int8-13.onnx")
    parser.add_argument("--output", type=pathlib.Path)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=PARTS)
    parsed = parser.parse_args()
    parsed.adapters = parsed.adapters.resolve()
    with tempfile.TemporaryDirectory() as folder:
        inputs = Inputs(parsed, pathlib.Path(folder))
        for part in parsed.parts or PARTS:
            result = json.dumps({"part": part, "precision": parsed.precision, **globals()[part](parsed, inputs)})
            print(result, flush=True)
            if parsed.output:
                with parsed.output.open("a", encoding="utf-8") as file:
                    file.write(result + "\n")


if __name__ == "__main__":
    main()
