#!/usr/bin/env python3
"""Turns a CoNLL file into the JSON lines that both sides of tools/bench read.

    python sentences.py [CORPUS] --encoder FOLDER [--limit N] > sentences.jsonl

CORPUS has one word a line, its tag in the last column, columns between tabs (or spaces, where a line has no tab);
white-space-only lines end sentences. Without it, the WNUT-17 test set in ../shared/corpora. Needs `tokenizers`.
One object a line:

    words   the words, as strings
    tags    their BIO tags
    ids     wordpiece ids of all words, without [CLS] and [SEP]
    first   for each word, the index into ids of its first wordpiece
"""

import argparse
import json
import pathlib
import sys

from tokenizers import Tokenizer

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared/corpora/wnut17/emerging.test.annotated"
LONGEST = 480  # wordpieces; longer sentences would need windows, which the peers do not have


def read(path):
    sentence = []
    with open(path, encoding="utf-8", newline="\n") as file:
        for line in file:
            line = line.rstrip("\r\n")
            if line.strip():
                columns = line.split("\t") if "\t" in line else line.split(" ")
                sentence.append((columns[0], columns[-1]))
            elif sentence:
                yield sentence
                sentence = []
    if sentence:
        yield sentence


def wordpieces(tokenizer, words):
    """Ids and the index of each word's first; a word without any wordpiece gets [UNK]."""
    ids, first = [], []
    for encoding in tokenizer.encode_batch(words, add_special_tokens=False):
        first.append(len(ids))
        ids += encoding.ids or [tokenizer.token_to_id("[UNK]")]
    return ids, first


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus", nargs="?", type=pathlib.Path, default=CORPUS)
    parser.add_argument("--encoder", type=pathlib.Path, default=ROOT / "models/all-MiniLM-L6-v2")
    parser.add_argument("--limit", type=int, help="at most this many sentences")
    arguments = parser.parse_args()
    if not arguments.corpus.exists():
        sys.exit(f"sentences: no such corpus: {arguments.corpus}")
    tokenizer = Tokenizer.from_file(str(arguments.encoder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    written = skipped = 0
    for sentence in read(arguments.corpus):
        if written == arguments.limit:
            break
        words, tags = zip(*sentence)
        ids, first = wordpieces(tokenizer, words)
        if len(ids) > LONGEST:
            skipped += 1
            continue
        json.dump({"words": words, "tags": tags, "ids": ids, "first": first}, sys.stdout)
        sys.stdout.write("\n")
        written += 1
    print(f"sentences: {written} written, {skipped} too long", file=sys.stderr)


if __name__ == "__main__":
    main()
