#!/usr/bin/env python3
"""A peer as people run it: words on standard input, a sentence a line, CoNLL on standard output.

    python peer_pipeline.py --library torch|onnxruntime [--report FILE] [options] < sentences.txt > tagged.conll

Reads and tokenizes (`tokenizers`, over all sentences of a window at once), sorts each window of 1024 sentences by
length, tags, and writes in the order of the input. The report has the time from the first line read to the last
written, without the start of Python and the loading of libraries and models.
"""

import json
import pathlib
import sys
import time

from tokenizers import Tokenizer

import peers

WINDOW = 1024
LONGEST = 510


def main():
    parser = peers.parser(__doc__)
    parser.add_argument("--library", choices=["torch", "onnxruntime"], required=True)
    parser.add_argument("--tags", type=int, default=13)
    parser.add_argument("--report", type=pathlib.Path)
    parsed = parser.parse_args()
    if parsed.library == "torch":
        import torch_tagger as library
    else:
        import onnx_tagger as library
    _, (prepare, work) = peers.pick(library.variants(parsed, parsed.tags), parsed.variant)
    tokenizer = Tokenizer.from_file(str(parsed.encoder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    names = ["O", *(f"{b}-{n}" for n in range(parsed.tags // 2) for b in "BI")]

    start = time.perf_counter()
    words = 0
    window = []
    for line in sys.stdin:
        sentence = line.split()
        if sentence:
            window.append(sentence)
        if len(window) == WINDOW:
            words += tag(window, tokenizer, prepare, work, names, parsed.batch)
            window = []
    if window:
        words += tag(window, tokenizer, prepare, work, names, parsed.batch)
    sys.stdout.flush()
    if parsed.report:
        took = time.perf_counter() - start
        parsed.report.write_text(json.dumps({"seconds": took, "words": words, "engine": library.ENGINE}))


def tag(window, tokenizer, prepare, work, names, size):
    """Tags and writes one window; returns how many words it has."""
    sentences = []
    for words, encoding in zip(
        window, tokenizer.encode_batch(window, is_pretokenized=True, add_special_tokens=False)
    ):
        # Words beyond the encoder's window, and words without a wordpiece, are O.
        first, known, seen = [], [], None
        for place, word in enumerate(encoding.word_ids):
            if word != seen:
                first.append(place)
                known.append(word)
                seen = word
        sentences.append({"ids": encoding.ids, "first": first, "known": known, "tags": [], "words": words})
    order = sorted(range(len(sentences)), key=lambda n: len(sentences[n]["ids"]))
    for begin in range(0, len(order), size):
        chosen = [sentences[n] for n in order[begin : begin + size]]
        answers = work(prepare(peers.Batch(chosen, {}))).tolist()
        place = 0
        for sentence in chosen:
            tags = ["O"] * len(sentence["words"])
            end = place + len(sentence["first"])
            for word, answer in zip(sentence["known"], answers[place:end]):
                tags[word] = names[answer]
            place = end
            sentence["tags"] = tags
    for sentence in sentences:
        lines = [f"{word}\t{tag}\n" for word, tag in zip(sentence["words"], sentence["tags"])]
        sys.stdout.write("".join(lines) + "\n")
    return sum(len(words) for words in window)


if __name__ == "__main__":
    main()
