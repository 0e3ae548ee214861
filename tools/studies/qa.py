#!/usr/bin/env python3
"""Trains answerers of SQuAD's questions from several seeds and scores them: docs/results.md has what came of it.

    tools/studies/qa.py [--corpora FOLDER] [--output FOLDER] [--configurations NAMES] [--seeds 1,2,3] [--precision P]

Every run is an adapter in the output folder (.build/studies/qa), and resumes where it was interrupted; a run that has ended is
not made again. small-train.json is trained on but for every fortieth passage, which select the best epoch, and small-test.json is
scored; `reference`, which is measured against another program's figures, trains on all of it. `v2` trains on a split of dev-2.0.json by article: of seven consecutive articles the fourth tests, every second of the
seventh selects. Prints a table of what has ended, after each run.
"""

import argparse
import json
import pathlib
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOFT = ["--template", "{soft:8} {question} {soft:8} [SEP] {context}", "--reparameterization", "none"]
# As an independent run with PyTorch was configured: 32 deep prompts from N(0, 0.02), no shapes, a linear head.
REFERENCE = ["--deep-prompt", 32, "--deep-reparameterization", "none", "--deep-deviation", 0.02, "--shape", "off"]
REFERENCE += ["--biases", "off", "--layers", "last", "--learning-rate", 1e-2, "--head-learning-rate", 3e-3]
REFERENCE += ["--encoder-dropout", 0]
CONFIGURATIONS = {
    "reference": [*REFERENCE, "--epochs", 2],
    "deep": ["--epochs", 2],
    "soft": [*SOFT, "--deep-prompt", 0, "--learning-rate", 2e-3, "--head-learning-rate", 2e-3, "--epochs", 2],
    "both": [*SOFT, "--epochs", 2],
    "long": [],
    "v2": ["--epochs", 4],
}


def split_small(corpora, folder):
    """Every fortieth passage apart."""
    data = json.loads((corpora / "small-train.json").read_text(encoding="utf-8"))
    parts = {name: {"version": "1.1", "data": []} for name in ["train", "dev"]}
    number = 0
    for article in data["data"]:
        chosen = {"train": [], "dev": []}
        for paragraph in article["paragraphs"]:
            chosen["dev" if number % 40 == 20 else "train"].append(paragraph)
            number += 1
        for name, paragraphs in chosen.items():
            parts[name]["data"] += [article | {"paragraphs": paragraphs}] if paragraphs else []
    return write(folder, "small", parts) | {"test": corpora / "small-test.json"}


def split_v2(corpora, folder):
    data = json.loads((corpora / "dev-2.0.json").read_text(encoding="utf-8"))
    parts = {name: {"version": "v2.0", "data": []} for name in ["train", "dev", "test"]}
    for number, article in enumerate(data["data"]):
        name = "test" if number % 7 == 3 else "dev" if number % 7 == 6 and number % 2 == 0 else "train"
        parts[name]["data"].append(article)
    return write(folder, "v2", parts)


def write(folder, prefix, parts):
    files = {}
    for name, part in parts.items():
        files[name] = folder / f"{prefix}-{name}.json"
        files[name].write_text(json.dumps(part), encoding="utf-8")
    return files


def run(command, **options):
    return subprocess.run([str(c) for c in command], cwd=ROOT, **options)


def train(program, files, output, options, seed, precision):
    log = output.with_suffix(".log")
    if log.exists() and '"ended"' in log.read_text(encoding="utf-8"):
        return
    command = [program, "train", "qa", "--corpus", files["train"], "--dev", files["dev"], "--output", output]
    command += ["--precision", precision, "--seed", seed, "--batch-questions", 16, *options]
    command += ["--resume"] if output.exists() else []
    with open(log, "a", encoding="utf-8") as file:
        run(command, stderr=file, check=True)
        file.write('{"ended": true}\n')


def score(program, files, output):
    path = output.with_suffix(".scores.json")
    if not path.exists():
        command = [program, "evaluate", "--adapter", output, "--corpus", files["test"], "--json", "--quiet"]
        result = run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
        path.write_text(result, encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))


def table(output, names):
    for name in names:
        scores = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(output.glob(f"{name}-*.scores.json"))]
        if not scores:
            continue
        for metric in [m for m in scores[0] if "total" not in m and "thresh" not in m]:
            values = [s[metric] for s in scores]
            spread = f" ± {statistics.stdev(values):.2f}" if len(values) > 1 else ""
            each = ", ".join(f"{v:.2f}" for v in values)
            print(f"{name:<10}{metric:<14}{statistics.mean(values):6.2f}{spread}  ({each})", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=pathlib.Path, default=ROOT.parent / "shared/corpora/squad")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / ".build/studies/qa")
    parser.add_argument("--configurations", default="deep,both,soft,reference,v2,long")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--precision", default="bf16")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / ".build/release/enxerto")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    small, v2 = split_small(arguments.corpora, arguments.output), split_v2(arguments.corpora, arguments.output)
    splits = {"v2": v2, "reference": small | {"train": arguments.corpora / "small-train.json"}}
    names = arguments.configurations.split(",")
    for seed in arguments.seeds.split(","):
        for name in names:
            files, output = splits.get(name, small), arguments.output / f"{name}-{seed}"
            train(arguments.program, files, output, CONFIGURATIONS[name], seed, arguments.precision)
            score(arguments.program, files, output)
            table(arguments.output, names)


if __name__ == "__main__":
    main()
