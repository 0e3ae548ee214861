"""What the peers of tools/bench share: arguments, batches, timing, memory, the line of JSON they print.

Nothing here needs torch: a peer that does without it must not pay for it.
"""

import argparse
import json
import pathlib
import statistics
import time
import warnings

import numpy

warnings.simplefilter("ignore")

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLS, SEP, PAD = 101, 102, 0


def parser(description):
    result = argparse.ArgumentParser(description=description.split("\n")[0])
    result.add_argument("--encoder", type=pathlib.Path, default=ROOT / "models/all-MiniLM-L6-v2")
    result.add_argument("--models", type=pathlib.Path, help="onnxruntime: what export_onnx.py wrote")
    result.add_argument("--precision", choices=["float32", "bf16", "int8"], default="float32")
    result.add_argument("--batch", type=int, default=32, help="sentences")
    result.add_argument("--threads", type=int, default=1)
    result.add_argument("--repetitions", type=int, default=3, help="timed passes; the median counts")
    result.add_argument("--variant", help="the way to compute; default: the first")
    result.add_argument("--choose", action="store_true", help="only find out which variant is the fastest here")
    return result


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def labels(sentences):
    """Each tag's number: O, and B and I of every label, as on our side."""
    found = sorted({t[2:] for s in sentences for t in s["tags"] if t != "O"})
    return {t: n for n, t in enumerate(["O", *(f"{b}-{label}" for label in found for b in "BI")])}


class Batch:
    """Padded numbers; `rows` are the flat indices of the words' first wordpieces."""

    def __init__(self, sentences, labels, shift=0):
        longest = max(len(s["ids"]) for s in sentences) + 2
        self.ids = numpy.full((len(sentences), longest), PAD, dtype=numpy.int64)
        self.mask = numpy.zeros((len(sentences), longest), dtype=numpy.int64)
        rows, targets = [], []
        for n, sentence in enumerate(sentences):
            ids = [CLS, *sentence["ids"], SEP]
            self.ids[n, : len(ids)] = ids
            self.mask[n, : len(ids)] = 1
            rows += [n * (longest + shift) + shift + 1 + f for f in sentence["first"]]
            targets += [labels[t] for t in sentence["tags"]]
        self.rows, self.targets = numpy.array(rows), numpy.array(targets)


def batches(sentences, size, by_length, shift=0):
    """Batches of `size`; `shift` prompt rows stand before each sentence in the model's output."""
    known = labels(sentences)
    if by_length:
        sentences = sorted(sentences, key=lambda s: len(s["ids"]))
    return [Batch(sentences[i : i + size], known, shift) for i in range(0, len(sentences), size)]


def seconds(work, items):
    start = time.perf_counter()
    for item in items:
        work(item)
    return time.perf_counter() - start


def choose(variants, items):
    """Times every variant on a few batches, twice, and prints the fastest. `variants`: name → make();
    make() gives (prepare, work)."""
    probe = items[:: max(1, len(items) // 6)][:8]
    times = {}
    for name, make in variants.items():
        prepare, work = make()
        prepared = [prepare(item) for item in probe]
        seconds(work, prepared)
        times[name] = min(seconds(work, prepared) for _ in range(2))
    show({"variant": min(times, key=times.get), "seconds": times})


def pick(variants, wanted):
    """The name and the (prepare, work) of a variant."""
    name = wanted or next(iter(variants))
    if name not in variants:
        raise SystemExit(f"no variant {name}; there are {', '.join(variants)}")
    return name, variants[name]()


def pass_times(work, items, repetitions):
    """After a pass that is not counted."""
    seconds(work, items)
    return [seconds(work, items) for _ in range(repetitions)]


def speed(sentences, times):
    median = statistics.median(times)
    words = sum(len(s["words"]) for s in sentences)
    pieces = sum(len(s["ids"]) for s in sentences)
    return {
        "words_per_second": words / median,
        "wordpieces_per_second": pieces / median,
        "seconds": median,
        "words": words,
        "wordpieces": pieces,
    }


def percentile(values, share):
    """The least value that so great a share of all does not exceed."""
    ordered = sorted(values)
    place = -(-int(share * 1000) * len(ordered) // 1000) - 1
    return ordered[min(max(place, 0), len(ordered) - 1)]


def peak_megabytes():
    """The most resident memory that this process has had at once; None where the system does not say."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM:")) / 1024
    except (OSError, StopIteration):
        return None


def show(result):
    print(json.dumps(result), flush=True)
