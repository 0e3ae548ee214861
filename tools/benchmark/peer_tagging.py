#!/usr/bin/env python3
"""A peer's side of tagging: the encoder, a head on the words' first wordpieces, and argmax.

    python peer_tagging.py --library torch|onnxruntime --task tagging|latency|growth --sentences FILE… [options]

    tagging   all sentences in batches, sorted by length
    latency   one sentence at a time, in the order of the file, each timed by itself
    growth    every file in batches of every size of --batches

The peers are given every advantage: sentences sorted by length so that little is padding, numbers in arrays before
the clock starts, and, with --choose beforehand, the fastest of several ways to compute (see torch_tagger.py and
onnx_tagger.py).
"""

import time

import peers


def main():
    parser = peers.parser(__doc__)
    parser.add_argument("--library", choices=["torch", "onnxruntime"], required=True)
    parser.add_argument("--task", choices=["tagging", "latency", "growth"], default="tagging")
    parser.add_argument("--sentences", nargs="+", required=True, help="from sentences.py")
    parser.add_argument("--batches", nargs="+", type=int, help="growth: sentences of a batch")
    parsed = parser.parse_args()
    files = {path: peers.read(path) for path in parsed.sentences}
    sentences = next(iter(files.values()))
    if parsed.library == "torch":
        import torch_tagger as library
    else:
        import onnx_tagger as library
    variants = library.variants(parsed, len(peers.labels([s for f in files.values() for s in f])))

    if parsed.choose:
        size = 1 if parsed.task == "latency" else parsed.batch
        return peers.choose(variants, peers.batches(sentences, size, by_length=parsed.task != "latency"))
    name, (prepare, work) = peers.pick(variants, parsed.variant)
    result = {"task": parsed.task, "engine": library.ENGINE, "variant": name}
    if parsed.task == "tagging":
        items = [prepare(b) for b in peers.batches(sentences, parsed.batch, by_length=True)]
        result |= peers.speed(sentences, peers.pass_times(work, items, parsed.repetitions))
    elif parsed.task == "latency":
        result |= latency(sentences, prepare, work, parsed.repetitions)
    else:
        result["points"] = growth(files, parsed.batches, prepare, work, parsed.repetitions)
    peers.show(result | {"peak_megabytes": peers.peak_megabytes()})


def latency(sentences, prepare, work, repetitions):
    items = [prepare(b) for b in peers.batches(sentences, 1, by_length=False)]
    for item in items:
        work(item)
    times = []
    for _ in range(repetitions):
        for item in items:
            start = time.perf_counter()
            work(item)
            times.append(time.perf_counter() - start)
    return {
        "sentences": len(items),
        "p50_milliseconds": 1000 * peers.percentile(times, 0.5),
        "p99_milliseconds": 1000 * peers.percentile(times, 0.99),
    }


def growth(files, sizes, prepare, work, repetitions):
    points = []
    for path, sentences in files.items():
        for size in sizes:
            items = [prepare(b) for b in peers.batches(sentences, size, by_length=True)]
            speed = peers.speed(sentences, peers.pass_times(work, items, repetitions))
            point = {k: speed[k] for k in ["words_per_second", "wordpieces_per_second"]}
            points.append({"sentences": path, "batch": size} | point)
    return points


if __name__ == "__main__":
    main()
