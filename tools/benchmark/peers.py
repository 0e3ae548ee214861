"""What the PyTorch peers of tools/bench share: arguments, batches, timing, the line of JSON they print."""

import argparse
import json
import pathlib
import statistics
import time
import warnings

import torch
import transformers

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
warnings.simplefilter("ignore")

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLS, SEP, PAD = 101, 102, 0


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--encoder", type=pathlib.Path, default=ROOT / "models/all-MiniLM-L6-v2")
    parser.add_argument("--sentences", type=pathlib.Path, required=True, help="from sentences.py")
    parser.add_argument("--batch", type=int, default=32, help="sentences")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repetitions", type=int, default=3, help="timed passes; the median counts")
    parser.add_argument("--attention", choices=["eager", "sdpa"], help="default: the faster, tried first")
    parser.add_argument("--group-by-length", action="store_true", help="training: sort the sentences first")
    parsed = parser.parse_args()
    torch.set_num_threads(parsed.threads)
    torch.manual_seed(1)
    with open(parsed.sentences, encoding="utf-8") as file:
        sentences = [json.loads(line) for line in file]
    return parsed, sentences


class Batch:
    """Padded tensors; `rows` are the flat indices of the words' first wordpieces."""

    def __init__(self, sentences, labels, shift=0):
        longest = max(len(s["ids"]) for s in sentences) + 2
        self.ids = torch.full((len(sentences), longest), PAD)
        self.mask = torch.zeros((len(sentences), longest), dtype=torch.long)
        rows, targets = [], []
        for n, sentence in enumerate(sentences):
            ids = [CLS, *sentence["ids"], SEP]
            self.ids[n, : len(ids)] = torch.tensor(ids)
            self.mask[n, : len(ids)] = 1
            rows += [n * (longest + shift) + shift + 1 + f for f in sentence["first"]]
            targets += [labels[t] for t in sentence["tags"]]
        self.rows, self.targets = torch.tensor(rows), torch.tensor(targets)


def labels(sentences):
    return {t: n for n, t in enumerate(sorted({t for s in sentences for t in s["tags"]}))}


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


def measure(task, make, items, parsed, sentences):
    """`make(attention)` gives the work to do for a batch. Warms up, picks the faster attention, times, prints."""
    probe = items[:: max(1, len(items) // 5)][:6]
    trials = {}
    for attention in [parsed.attention] if parsed.attention else ["sdpa", "eager"]:
        work = make(attention)
        seconds(work, probe)
        trials[attention] = (seconds(work, probe), work)
    attention = min(trials, key=lambda a: trials[a][0])
    work = trials[attention][1]
    times = [seconds(work, items) for _ in range(parsed.repetitions)]
    words = sum(len(s["words"]) for s in sentences)
    median = statistics.median(times)
    print(
        json.dumps(
            {
                "task": task,
                "words_per_second": words / median,
                "seconds": median,
                "words": words,
                "wordpieces": sum(len(s["ids"]) for s in sentences),
                "engine": f"torch {torch.__version__.split('+')[0]}",
                "attention": attention,
                "threads": parsed.threads,
            }
        )
    )
