#!/usr/bin/env python3
"""Writes the golden scores that Tests/TasksTests compare with: those of `conlleval` and of `seqeval`.

    python3 -m venv tools/.venv && tools/.venv/bin/pip install seqeval==1.2.2
    tools/.venv/bin/python tools/golden/scores.py --conlleval conlleval.pl

conlleval.pl is the script of the CoNLL shared tasks, version 2004-01-26, by Erik Tjong Kim Sang
(https://www.clips.uantwerpen.be/conll2000/chunking/conlleval.txt); it needs perl and is not part of this
project. The same seed gives the same files. Written under Tests/Fixtures/Scores:

- cases.txt: thousands of small random corpora, legal and illegal in every scheme. First the alphabets,
  `= name tag tag …`; then a case a line, of words separated by spaces:
      alphabet gold predicted conlleval seqeval strict…
  Gold and predicted tags are letters, each an index into the alphabet by its place in LETTERS, with `/`
  between sentences. `conlleval` is `gold,predicted,correct,accuracy` as the script prints them, `seqeval`
  the numbers of gold, predicted and correct entities in default mode, each `strict` the same in strict mode
  as `scheme:gold,predicted,correct`, or `scheme:!` where seqeval raises an error.
- reports.jsonl: larger corpora, one a line, with all that conlleval prints, and seqeval's report with
  precision, recall, F1 and support of each label and mean, in default mode and for the schemes.
"""

import argparse
import json
import random
import subprocess
import warnings
from pathlib import Path

from seqeval.metrics import classification_report
from seqeval.metrics.sequence_labeling import get_entities
from seqeval.scheme import BILOU, IOB1, IOB2, IOBES, IOE1, IOE2, Entities

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "Tests/Fixtures/Scores"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
SCHEMES = {"iob1": IOB1, "iob2": IOB2, "ioe1": IOE1, "ioe2": IOE2, "iobes": IOBES, "bilou": BILOU}


def tags(prefixes, labels):
    return ["O"] + [f"{prefix}-{label}" for prefix in prefixes for label in labels]


# Name, tags, schemes of the strict mode. seqeval has no BMEWO, which is IOBES by other letters, and no IO,
# whose spans IOB1 without B- has.
ALPHABETS = [
    ("iob", tags("BI", ["A", "B"]), ["iob1", "iob2"]),
    ("iobes", tags("BIES", ["A", "B"]), ["iobes"]),
    ("bilou", tags("BILU", ["A", "B"]), ["bilou"]),
    ("bmewo", tags("BMEW", ["A", "B"]), ["bmewo"]),
    ("io", tags("I", ["A", "B", "C"]), ["io"]),
    ("ioe", tags("IE", ["A", "B"]), ["ioe1", "ioe2"]),
    ("labels", tags("BI", ["creative-work", "a-b-c", "-", "é", "e\u0301", "人名", "\U0001f600", "0", "00"]),
     ["iob1", "iob2"]),
    ("odd", ["O", "O-A", "B", "I", "B-", "I-", "BA", "IA", "B--A-", "I-A-", "B-A-B", "I-A-B", "I-A", "B-A",
             "B_A", "B.A", "Ox", "B-0", "I-0", "B-_", "B-é-", "I-\u0301"], ["iob1", "iob2"]),
    ("foreign", ["O", ".", "[-A", "]-A", "[", "]", "S", "S-A", "E", "E-A", "E-B", "U", "U-A", "L-A", "M-A", "W-A",
                 "A", "ORG", "LOC", "0", "S-0", "O-A", "B-A", "I-A", "B", "I", "É-A", "éA", "-", "--", "-A", "S-",
                 ".-A", "人-A", "b-A", "B-B"],
     ["iob2", "iobes", "bilou"]),
]


def strict(scheme, sentences):
    """Sets of entities by label, or None where seqeval raises an error."""
    if scheme == "bmewo":
        letters = {"M": "I", "W": "S"}
        if any(tag[0] not in "OBMEW" for sentence in sentences for tag in sentence):
            return None
        sentences = [[letters.get(tag[0], tag[0]) + tag[1:] for tag in sentence] for sentence in sentences]
        scheme = "iobes"
    if scheme == "io":
        scheme = "iob1"
    try:
        found = Entities(sentences, SCHEMES[scheme])
    except (KeyError, ValueError):
        return None
    return {entity.to_tuple() for sentence in found.entities for entity in sentence}


def counts(gold, predicted):
    return f"{len(gold)},{len(predicted)},{len(gold & predicted)}"


def conlleval(script, gold, predicted):
    rows = "\n\n".join("\n".join(f"w {g} {p}" for g, p in zip(*pair)) for pair in zip(gold, predicted))
    run = subprocess.run(["perl", script], input=(rows + "\n").encode(), capture_output=True, check=True)
    return run.stdout.decode().splitlines()


def corpus(rng, alphabet, sentences, longest):
    """Random gold tags, and the same with slips."""
    gold, predicted = [], []
    sticky = rng.choice([0.0, 0.3, 0.6])
    slips = rng.choice([0.05, 0.2, 0.5])
    for _ in range(sentences):
        sentence = []
        for _ in range(rng.randint(1, longest)):
            if sentence and rng.random() < sticky:
                sentence.append(sentence[-1])
            else:
                sentence.append(0 if rng.random() < 0.2 else rng.randrange(len(alphabet)))
        gold.append(sentence)
        predicted.append([rng.randrange(len(alphabet)) if rng.random() < slips else t for t in sentence])
    return gold, predicted


def legal(rng, scheme, labels, index, longest):
    """Tags that the scheme would write, as indices."""
    sentence = []
    length = rng.randint(1, longest)
    last = None
    while len(sentence) < length:
        if rng.random() < 0.4:
            sentence.append("O")
            last = None
            continue
        size = min(rng.randint(1, 4), length - len(sentence))
        label = rng.choice(labels)
        inside = "M" if scheme == "bmewo" else "I"
        end = {"bilou": "L", "iob1": "I", "iob2": "I", "io": "I"}.get(scheme, "E")
        single = {"iobes": "S", "bilou": "U", "bmewo": "W", "io": "I", "iob1": "I", "ioe1": "I", "ioe2": "E"}
        begin = "I" if scheme in ("io", "iob1", "ioe1", "ioe2") else "B"
        if scheme == "iob1" and last == label:
            begin, single = "B", {"iob1": "B"}
        if scheme == "ioe1":
            end = "I"
        span = [single.get(scheme, "B")] if size == 1 else [begin] + [inside] * (size - 2) + [end]
        sentence += [f"{prefix}-{label}" for prefix in span]
        last = label
    return [index[tag] for tag in sentence]


def decode(alphabet, sentences):
    return [[alphabet[index] for index in sentence] for sentence in sentences]


def encode(sentences):
    return "/".join("".join(LETTERS[index] for index in sentence) for sentence in sentences)


def case(rng, script, name, alphabet, schemes):
    if name in ("odd", "foreign") or rng.random() < 0.7:
        gold, predicted = corpus(rng, alphabet, rng.randint(1, 3), 6)
    else:
        index = {tag: place for place, tag in enumerate(alphabet)}
        labels = sorted({tag.split("-", 1)[1] for tag in alphabet if tag != "O"})
        scheme = rng.choice(schemes)
        gold = [legal(rng, scheme, labels, index, 7) for _ in range(rng.randint(1, 3))]
        predicted = [[rng.randrange(len(alphabet)) if rng.random() < 0.15 else t for t in s] for s in gold]
    g, p = decode(alphabet, gold), decode(alphabet, predicted)
    printed = conlleval(script, g, p)
    words = printed[0].replace(";", "").replace(".", "").split()
    accuracy = printed[1].split("%")[0].split()[1]
    fields = [name, encode(gold), encode(predicted), f"{words[4]},{words[7]},{words[10]},{accuracy}",
              counts(set(get_entities(g)), set(get_entities(p)))]
    for scheme in schemes:
        right, found = strict(scheme, g), strict(scheme, p)
        fields.append(f"{scheme}:" + ("!" if right is None or found is None else counts(right, found)))
    return " ".join(fields)


def report(**options):
    """seqeval's report, or None where it raises an error."""
    try:
        found = classification_report(output_dict=True, digits=17, **options)
    except (KeyError, ValueError):
        return None
    result = {}
    for label, row in found.items():
        result[label] = [float(row[key]) for key in ("precision", "recall", "f1-score", "support")]
    return result


def large(rng, script, name, alphabet, schemes):
    gold, predicted = corpus(rng, alphabet, 12, 14)
    g, p = decode(alphabet, gold), decode(alphabet, predicted)
    result = {"alphabet": name, "gold": encode(gold), "predicted": encode(predicted),
              "conlleval": conlleval(script, g, p), "seqeval": report(y_true=g, y_pred=p)}
    for scheme in schemes:
        if scheme in SCHEMES:
            result["strict-" + scheme] = report(y_true=g, y_pred=p, mode="strict", scheme=SCHEMES[scheme])
    return json.dumps(result, ensure_ascii=False, separators=(",", ":"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--conlleval", required=True, help="the script conlleval.pl, version 2004-01-26")
    parser.add_argument("--cases", type=int, default=320, help="of each alphabet")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    rng = random.Random(20260711)
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = [f"= {name} " + " ".join(alphabet) for name, alphabet, _ in ALPHABETS]
    reports = []
    for name, alphabet, schemes in ALPHABETS:
        lines += [case(rng, arguments.conlleval, name, alphabet, schemes) for _ in range(arguments.cases)]
        reports += [large(rng, arguments.conlleval, name, alphabet, schemes) for _ in range(2)]
    (FOLDER / "cases.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (FOLDER / "reports.jsonl").write_text("\n".join(reports) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
