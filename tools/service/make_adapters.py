#!/usr/bin/env python3
"""Trains adapters to serve together: taggers and answerers of different templates, prompts and label sets.

    tools/service/make_adapters.py --output FOLDER [--count 64] [--program .build/release/enxerto]

Each is trained for an epoch on the first sentences or passages of corpora/: what they are good for is being many and different. Every
fourth answers questions. What is there already is not trained again.
"""

import argparse
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
TAGGING = ["{text}", "{soft:%d} {text}", "{text} {soft:%d}", "{soft:%d} Find names : {text}", "{soft:%d} [CLS] {text}"]
ANSWERING = ["{question} [SEP] {context}", "{soft:%d} {question} {soft:2} [SEP] {context}", "{question} [SEP] {context} {soft:%d}"]
LABELS = [[], ["--map-label", "LOC=PLACE"], ["--map-label", "PER=ORG"], ["--map-label", "MISC=OTHER", "--map-label", "ORG=OTHER"]]


def options(number):
    rows, deep = 1 + number % 13, [0, 4, 16, 32][number // 4 % 4]
    kinds = ANSWERING if number % 4 == 3 else TAGGING
    template = kinds[number // 4 % len(kinds)]
    template = template % rows if "%d" in template else template
    prompt = ["--template", template, "--reparameterization", "none", "--deep-prompt", str(deep)]
    prompt += ["--deep-reparameterization", "none"] if deep else []
    prompt += ["--shape", ["on", "off"][number % 2], "--biases", ["on", "off"][number // 2 % 2]]
    return prompt, LABELS[number % len(LABELS)]


def head(source, target, sentences):
    """The first sentences of a file of CoNLL."""
    blocks = source.read_text(encoding="utf-8").split("\n\n")
    target.write_text("\n\n".join(blocks[:sentences]) + "\n\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--count", type=int, default=64)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / ".build/release/enxerto")
    parsed = parser.parse_args()
    parsed.output.mkdir(parents=True, exist_ok=True)
    sentences = parsed.output / "sentences.conll"
    head(ROOT / "corpora/train.conll", sentences, 60)
    questions = ROOT / "corpora/questions-dev.xml"
    for number in range(parsed.count):
        prompt, labels = options(number)
        name = f"{'answers' if number % 4 == 3 else 'tags'}-{number:02}"
        folder = parsed.output / name
        if (folder / "adapter.json").exists():
            continue
        task = ["qa", "--corpus", questions, "--dev", questions] if number % 4 == 3 else [
            "ner", "--corpus", sentences, "--dev", sentences, *labels]
        command = [parsed.program, "train", *task, "--output", folder, "--epochs", 1, "--quiet", "--seed", number + 1, *prompt]
        subprocess.run([str(c) for c in command], check=True, cwd=ROOT)
        print(name, prompt[1], flush=True)


if __name__ == "__main__":
    main()
