#!/usr/bin/env python3
"""Python's side of the reading benchmark: `conllu`, `bioc` and `dkpro-cassis` from PyPI.

    python peer_reading.py --corpus FILE --format conll|bioc|xmi [--repetitions 3]

Each reads the file into its own objects; words and spans are counted outside the clock.
"""

import argparse
import json
import os
import pathlib
import statistics
import time


def conll(path):
    import conllu

    with open(path, encoding="utf-8") as file:
        return list(conllu.parse_incr(file, fields=("form", "tag")))


def count_conll(sentences):
    tags = [token["tag"] for sentence in sentences for token in sentence]
    return len(tags), sum(tag.startswith("B-") for tag in tags)


def bioc(path):
    import bioc as library

    with open(path, encoding="utf-8") as file:
        return library.load(file)


def count_bioc(collection):
    return 0, sum(len(p.annotations) for d in collection.documents for p in d.passages) + sum(
        len(s.annotations) for d in collection.documents for p in d.passages for s in p.sentences
    )


def xmi(path):
    import cassis

    folder = pathlib.Path(path).parent
    with open(folder / "TypeSystem.xml", "rb") as file:
        types = cassis.load_typesystem(file)
    with open(path, "rb") as file:
        return cassis.load_cas_from_xmi(file, typesystem=types)


def count_xmi(cas):
    segmentation = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token"
    entities = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
    return len(list(cas.select(segmentation))), len(list(cas.select(entities)))


READERS = {"conll": (conll, count_conll), "bioc": (bioc, count_bioc), "xmi": (xmi, count_xmi)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--format", required=True, choices=READERS)
    parser.add_argument("--repetitions", type=int, default=3)
    parsed = parser.parse_args()
    read, count = READERS[parsed.format]
    times = []
    for _ in range(parsed.repetitions):
        start = time.perf_counter()
        result = read(parsed.corpus)
        times.append(time.perf_counter() - start)
    words, spans = count(result)
    print(
        json.dumps(
            {
                "seconds": statistics.median(times),
                "bytes": os.path.getsize(parsed.corpus),
                "words": words,
                "spans": spans,
            }
        )
    )


if __name__ == "__main__":
    main()
