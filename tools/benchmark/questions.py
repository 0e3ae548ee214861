#!/usr/bin/env python3
"""Turns SQuAD's questions into the JSON lines that both sides of tools/bench read, over passages of so many words.

    python questions.py --squad FILE --encoder FOLDER --words N --questions FILE --windows FILE [--limit N]

Passages are those of the file end to end, cut into pieces of N words; each has a question of the file. --questions is
for our side: one object a line with `question`, ids of wordpieces, and `context`, the ids of each word's wordpieces.
--windows is for the peers, who have no windows of their own: the same in windows of 320 rows that share 96 wordpieces
at the least, as items of sentences.py of which every wordpiece counts; `words` is one for the first window of a question
and none for the others, so that words are questions. Needs `tokenizers`.
"""

import argparse
import json
import pathlib

from tokenizers import Tokenizer

ROWS, SHARED = 320, 96


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--squad", type=pathlib.Path, required=True)
    parser.add_argument("--encoder", type=pathlib.Path, required=True)
    parser.add_argument("--words", type=int, required=True)
    parser.add_argument("--questions", type=pathlib.Path, required=True)
    parser.add_argument("--windows", type=pathlib.Path, required=True)
    parser.add_argument("--limit", type=int, default=100)
    arguments = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(arguments.encoder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def ids(text):
        return tokenizer.encode(text, add_special_tokens=False).ids

    with open(arguments.squad, encoding="utf-8") as file:
        paragraphs = [p for a in json.load(file)["data"] for p in a["paragraphs"]]
    questions = [q["question"] for p in paragraphs for q in p["qas"][:1]]
    words = [w for p in paragraphs for w in p["context"].split()]
    count = min(arguments.limit, len(words) // arguments.words, len(questions))
    with open(arguments.questions, "w", encoding="utf-8") as ours, open(
        arguments.windows, "w", encoding="utf-8"
    ) as theirs:
        for n in range(count):
            context = [ids(w) or [100] for w in words[n * arguments.words : (n + 1) * arguments.words]]
            question = ids(questions[n])
            ours.write(json.dumps({"question": question, "context": context}) + "\n")
            for index, window in enumerate(windows(context, ROWS - 3 - len(question))):
                row = [*question, 102, *window]
                item = {"words": ["?"] if index == 0 else [], "ids": row, "first": list(range(len(row)))}
                tags = ["O", "B-a", "I-a"]
                theirs.write(json.dumps(item | {"tags": [tags[i % 3] for i in range(len(row))]}) + "\n")


def windows(words, room):
    """Wordpieces of overlapping runs of words."""
    first = 0
    while True:
        end, taken = first, 0
        while end < len(words) and taken + len(words[end]) <= room:
            taken += len(words[end])
            end += 1
        yield [i for w in words[first:end] for i in w]
        if end == len(words):
            return
        first, shared = end, 0
        while shared < SHARED:
            first -= 1
            shared += len(words[first])


if __name__ == "__main__":
    main()
