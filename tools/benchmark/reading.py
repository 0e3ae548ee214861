"""The task `reading` of tools/bench: our readers beside the Python readers that people use."""

import statistics

FORMATS = {"conll": "conllu", "bioc": "bioc", "xmi": "dkpro-cassis"}


def measure_all(root, python, measure, run, rounds, megabytes, peers):
    """Rounds of every format, interleaved; for each format and program the medians."""
    ours = root / ".build/release/enxerto-bench"
    folder = root / ".build/bench/reading"
    samples = {
        "conll": folder / "sample.conll",
        "bioc": folder / "sample.bioc.xml",
        "xmi": folder / "sample.xmi",
    }
    run([ours, "reading-samples", "--corpus", root / "corpora/train.xml", "--output", folder, "--megabytes", megabytes])
    programs = {}
    for format, path in samples.items():
        options = ["--corpus", path, "--format", format, "--repetitions", 1]
        programs[format, "enxerto"] = [ours, "reading", *options]
        if peers:
            programs[format, FORMATS[format]] = [python, root / "tools/benchmark/peer_reading.py", *options]
    results = {key: [] for key in programs}
    for n in range(rounds):
        for (format, engine), command in programs.items():
            results[format, engine].append(measure(f"round {n + 1} of {rounds}: reading {format}, {engine}", command))
    report = {}
    for format in samples:
        entry = report[format] = {}
        for engine in [e for f, e in programs if f == format]:
            seconds = statistics.median(r["seconds"] for r in results[format, engine])
            first = results[format, engine][0]
            entry[engine] = {
                "seconds": seconds,
                "megabytes_per_second": first["bytes"] / 1e6 / seconds,
                "words_per_second": first["words"] / seconds,
                "words": first["words"],
                "spans": first["spans"],
            }
        if peers:
            entry["ratio"] = entry[FORMATS[format]]["seconds"] / entry["enxerto"]["seconds"]
    return report


def table(report):
    lines = [f"{'format':<8}{'program':<14}{'MB/s':>9}{'words/s':>12}{'spans':>9}{'ratio':>8}"]
    for format, entry in report.items():
        for engine, e in entry.items():
            if engine == "ratio":
                continue
            ratio = f"{entry['ratio']:.1f}" if "ratio" in entry and engine == "enxerto" else ""
            lines.append(
                f"{format:<8}{engine:<14}{e['megabytes_per_second']:>9.1f}{e['words_per_second']:>12.0f}"
                f"{e['spans']:>9}{ratio:>8}"
            )
    return "\n".join(lines)
