#!/usr/bin/env python3
"""Writes Tests/Fixtures/Scores/squad.json: answers and their scores by the rules of SQuAD's two
evaluations, with Python's own str.lower, re and str.split, which the rules are written in.

    python3 tools/golden/squad.py > Tests/Fixtures/Scores/squad.json

`cases` are a prediction, the right answers, and exact match and F1 by the rules of 1.1, and of 2.0.
`answers`, `predictions` and `probabilities` are of questions; `best` are the best exact match and
F1 of these, each with its threshold; `halved` exact match and F1 of all, with and without an
answer, with a threshold of 0.5.
"""

import collections
import json
import random
import re
import string


def tokens(text):
    text = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def f1(prediction, gold):
    same = sum((collections.Counter(prediction) & collections.Counter(gold)).values())
    if same == 0:
        return 0.0
    precision, recall = 1.0 * same / len(prediction), 1.0 * same / len(gold)
    return 2 * precision * recall / (precision + recall)


def version1(prediction, golds):
    found = tokens(prediction)
    golds = [tokens(gold) for gold in golds]
    return max(float(found == g) for g in golds), max(f1(found, g) for g in golds)


def version2(prediction, golds):
    found = tokens(prediction)
    golds = [g for g in map(tokens, golds) if g] or [[]]
    scores = [f1(found, g) if found and g else float(found == g) for g in golds]
    return max(float(found == g) for g in golds), max(scores)


def best(predictions, scores, probabilities, answerable):
    current = sum(not value for value in answerable.values())
    top, threshold = current, 0.0
    for name in sorted(probabilities, key=lambda name: probabilities[name]):
        if name not in scores:
            continue
        current += scores[name] if answerable[name] else (-1 if predictions[name] else 0)
        if current > top:
            top, threshold = current, probabilities[name]
    return 100.0 * top / len(scores), threshold


FIXED = [
    ("The Cat.", ["a cat", "Cat!"]),
    ("\u039f\u0394\u039f\u03a3", ["\u03bf\u03b4\u03bf\u03c2"]),
    ("\u039f\u0394\u039f\u03a3.", ["\u03bf\u03b4\u03bf\u03c3"]),
    ("A\u03a3\u0301 x", ["a\u03c2\u0301 x"]),
    ("\u03a3", ["\u03c3"]),
    ("\u0130stanbul", ["i\u0307stanbul"]),
    ("STRASSE", ["stra\u00dfe", "stra\u1e9ee"]),
    ("the\u0301 end", ["\u0301 end", "the\u0301 end"]),
    ("caf\u00e9", ["cafe\u0301"]),
    ("a\u00a0the\u3000an x", ["x"]),
    ("x\u001cy\u200bz", ["x y\u200bz"]),
    ("\u201cthe\u201d", ["\u201c \u201d"]),
    ("a-b", ["ab"]),
    ("the_end", ["theend"]),
    ("a\u00b2 an\u0663", ["a\u00b2 an\u0663", ""]),
    ("\u216b the", ["\u217b"]),
    ("the the the", ["a", "an"]),
    ("", ["the", ""]),
    ("", ["x"]),
    ("x", ["the"]),
    ("...", ["the", "x"]),
    ("a a b b c", ["b b b c d"]),
    ("\u1f88\u03a3 \u1fbc", ["\u1f80\u03c2 \u1fb3"]),
    ("\U00010400\U0001F600 the", ["\U00010428\U0001F600"]),
]


def main():
    random.seed(7)
    pieces = ["a", "an", "the", "The", "A", "\u03a3", "\u03c3", "\u0391", " ", " ", ".", ",", "'",
              "_", "\u2019", "\u0301", "\u00a0", "\u2003", "\u001f", "\u200d", "\u0130", "1", "\u00bd",
              "\u2167", "\u4e00", "x", "Y", "-", "\u00ad", "\u02b0", "\u0345", "\t", "\u0085"]
    word = lambda: "".join(random.choice(pieces) for _ in range(random.randrange(7)))
    cases = list(FIXED)
    while len(cases) < 300:
        golds = [word() for _ in range(random.randrange(1, 4))]
        prediction = random.choice(golds).upper() if random.random() < 0.3 else word()
        cases.append((prediction, golds))
    scored = [
        {"prediction": prediction, "golds": golds,
         "scores": [*version1(prediction, golds), *version2(prediction, golds)]}
        for prediction, golds in cases]
    words = ["red", "blue", "the", "green", "old"]
    text = lambda: " ".join(random.choice(words) for _ in range(random.randrange(4)))
    names = ["q%d" % number for number in range(60)]
    golds = {name: [text()] if random.random() < 0.6 else [] for name in names}
    predictions = {name: text() for name in names if random.random() < 0.9}
    probabilities = {name: random.randrange(8) / 8 for name in reversed(names)}
    scores = {name: version2(predictions[name], golds[name]) for name in names if name in predictions}
    answerable = {name: bool(golds[name]) for name in names}
    exact = best(predictions, {n: s[0] for n, s in scores.items()}, probabilities, answerable)
    f = best(predictions, {n: s[1] for n, s in scores.items()}, probabilities, answerable)
    half = {n: (float(not answerable[n]),) * 2 if probabilities[n] > 0.5 else s
            for n, s in scores.items()}

    def figures(chosen):
        return [100.0 * sum(half[n][0] for n in chosen) / len(chosen),
                100.0 * sum(half[n][1] for n in chosen) / len(chosen)]

    def pairs(values):
        return [{"id": name, "value": value} for name, value in values.items()]

    lists = {
        "cases": scored, "answers": pairs(golds), "predictions": pairs(predictions),
        "probabilities": pairs(probabilities), "best": [*exact, *f],
        "halved": figures(list(half)) + figures([n for n in half if answerable[n]])
        + figures([n for n in half if not answerable[n]])}
    print("{" + ",\n".join(
        '"%s": [\n%s]' % (name, ",\n".join(map(json.dumps, values)))
        for name, values in lists.items()) + "}")


main()
