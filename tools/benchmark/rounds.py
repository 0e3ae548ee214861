"""Runs programs in rounds, so that a machine that slows down slows down for all, and takes medians."""

import pathlib
import statistics


def metrics(task, result):
    """The figures of one run by name."""
    if "points" in result:
        by_length = task == "growth by length"
        for point in result["points"]:
            stem = pathlib.Path(point["sentences"]).stem
            name = f"{stem.removeprefix('length-')} wordpieces" if by_length else f"batches of {point['batch']}"
            unit = "wordpieces" if by_length else "words"
            yield f"{unit}/s, {name}", point[f"{unit}_per_second"]
    elif task == "memory":
        if result.get("peak_megabytes"):
            yield "peak MB", result["peak_megabytes"]
    elif task == "latency":
        yield "p50 ms", result["p50_milliseconds"]
        yield "p99 ms", result["p99_milliseconds"]
    elif task.startswith("questions"):
        yield "questions/s", result["words_per_second"]
    elif task == "products":
        yield "GFLOP/s", result["gigaflops"]
        for shape in result["shapes"]:
            yield f"GFLOP/s, {shape['inputs']}x{shape['outputs']}", shape["gigaflops"]
    elif task == "encoder":
        yield "share of products", result["share"]
        yield "GFLOP/s", result["gigaflops"]
        yield "wordpieces/s", result["wordpieces_per_second"]
    elif task == "cold start":
        yield "ms", 1000 * result["seconds"]
    elif task == "pipeline":
        yield "words/s, whole process", result["lines"] / result["seconds"]
        if "seconds_without_start" in result:
            yield "words/s, without start", result["lines"] / result["seconds_without_start"]
    else:
        yield "words/s", result["words_per_second"]


def measure_all(programs, rounds, measure):
    """One record for each program and figure: median, lowest and highest of the rounds."""
    chosen = {}
    for program in programs:
        if program.choice and program.choice_key not in chosen:
            name = f"choosing: {' '.join(program.choice_key)}"
            chosen[program.choice_key] = measure(name, [*program.choice, "--choose"])["variant"]
    found = [{} for _ in programs]
    notes = [{} for _ in programs]
    for n in range(rounds):
        for place, program in enumerate(programs):
            command = program.command
            if program.choice:
                command = [*command, "--variant", chosen[program.choice_key]]
            name = f"round {n + 1} of {rounds}: {program.task}, {program.name} {program.precision}"
            result = measure(name, command)
            notes[place] = {k: result[k] for k in ["engine", "words", "wordpieces"] if k in result}
            for metric, value in metrics(program.task, result):
                found[place].setdefault(metric, []).append(value)
    records = []
    for program, values, note in zip(programs, found, notes):
        variant = {"variant": chosen[program.choice_key]} if program.choice else {}
        for metric, each in values.items():
            records.append(
                {
                    "task": program.task,
                    "program": program.name,
                    "precision": program.precision,
                    "metric": metric,
                    "median": statistics.median(each),
                    "lowest": min(each),
                    "highest": max(each),
                }
                | note
                | variant
            )
    return records
