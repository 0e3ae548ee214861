#!/usr/bin/env python3
"""Turns a CoNLL file, or SQuAD passages, into the JSON lines that both sides of tools/bench read.

    python sentences.py [CORPUS] --encoder FOLDER [--limit N] [--words N] > sentences.jsonl
    python sentences.py --squad FILE --encoder FOLDER [--limit N] [--wordpieces N] > passages.jsonl

CORPUS has one word a line, its tag in the last column, columns between tabs (or spaces, where a line has no tab);
white-space-only lines end sentences. Without it, the WNUT-17 test set in ../shared/corpora. Needs `tokenizers`.
--words takes the first N words of each sentence that has so many. --squad takes whole passages, or with --wordpieces
pieces of exactly so many wordpieces out of them all; their tags are made up, since they only set how many tags there
are: no figure of tagging depends on them. One object a line:

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
            if line.startswith("-DOCSTART-"):
                continue
            if line.strip():
                columns = line.split("\t") if "\t" in line else line.split(" ")
                sentence.append((columns[0], columns[-1]))
            elif sentence:
                yield sentence
                sentence = []
    if sentence:
        yield sentence


def passages(path):
    """The words of each SQuAD passage, with the tags of six labels in turn."""
    tags = ["O", *(f"{b}-{label}" for label in "abcdef" for b in "BI")]
    with open(path, encoding="utf-8") as file:
        for article in json.load(file)["data"]:
            for paragraph in article["paragraphs"]:
                words = paragraph["context"].split()
                if words:
                    yield [(word, tags[n % len(tags)]) for n, word in enumerate(words)]


def exact(items, length):
    """Pieces of so many wordpieces, cut out of the items end to end; a last word may lose its end."""
    words, tags, ids, first = [], [], [], []
    for item in items:
        ends = [*item["first"][1:], len(item["ids"])]
        for word, tag, begin, end in zip(item["words"], item["tags"], item["first"], ends):
            words.append(word)
            tags.append(tag)
            first.append(len(ids))
            ids += item["ids"][begin:end]
            if len(ids) >= length:
                yield {"words": words, "tags": tags, "ids": ids[:length], "first": first}
                words, tags, ids, first = [], [], [], []


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
    parser.add_argument("--squad", type=pathlib.Path, help="SQuAD's JSON in place of CORPUS")
    parser.add_argument("--words", type=int, help="the first so many words of sentences that have them")
    parser.add_argument("--wordpieces", type=int, help="pieces of exactly so many wordpieces")
    parser.add_argument("--limit", type=int, help="at most this many sentences")
    arguments = parser.parse_args()
    source = arguments.squad or arguments.corpus
    if not source.exists():
        sys.exit(f"sentences: no such corpus: {source}")
    tokenizer = Tokenizer.from_file(str(arguments.encoder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    written = skipped = 0

    def items():
        for sentence in passages(source) if arguments.squad else read(source):
            if arguments.words:
                if len(sentence) < arguments.words:
                    continue
                sentence = sentence[: arguments.words]
            words, tags = zip(*sentence)
            ids, first = wordpieces(tokenizer, words)
            yield {"words": words, "tags": tags, "ids": ids, "first": first}

    for item in exact(items(), arguments.wordpieces) if arguments.wordpieces else items():
        if written == arguments.limit:
            break
        if not arguments.wordpieces and len(item["ids"]) > LONGEST:
            skipped += 1
            continue
        json.dump(item, sys.stdout)
        sys.stdout.write("\n")
        written += 1
    print(f"sentences: {written} written, {skipped} too long", file=sys.stderr)


if __name__ == "__main__":
    main()
