"""The ratios that count, with what they should at least be, and the tables that tools/bench prints."""

# task, figure, our precision, the peer, its precision, what is asked for. "x" is how many times as fast, "of"
# a share of the peer's time or memory.
PAIRS = [
    ("tagging", "words/s", "float32", "onnxruntime", "float32", (1.5, "x")),
    ("tagging", "words/s", "float32", "pytorch", "float32", None),
    ("tagging", "words/s", "bf16", "pytorch", "bf16", (2.5, "x")),
    ("tagging", "words/s", "int8", "onnxruntime", "int8", (3, "x")),
    ("tagging", "words/s", "int8", "pytorch", "float32", (10, "x")),
    ("long", "words/s", "float32", "onnxruntime", "float32", None),
    ("long", "words/s", "bf16", "pytorch", "bf16", None),
    ("long", "words/s", "int8", "onnxruntime", "int8", None),
    ("latency", "p50 ms", "best", "onnxruntime", "int8", (0.5, "of")),
    ("latency", "p99 ms", "best", "onnxruntime", "int8", None),
    ("latency", "p50 ms", "float32", "onnxruntime", "float32", None),
    ("latency", "p50 ms", "bf16", "pytorch", "bf16", None),
    ("training soft", "words/s", "bf16", "peft", "float32", (5, "x")),
    ("training soft", "words/s", "float32", "peft", "float32", (2.5, "x")),
    ("training soft", "words/s", "bf16", "peft", "bf16", None),
    ("training deep", "words/s", "bf16", "peft", "float32", (5, "x")),
    ("training deep", "words/s", "float32", "peft", "float32", (2.5, "x")),
    ("training deep", "words/s", "bf16", "peft", "bf16", None),
    *[
        (f"questions, {words} words", "questions/s", *pair)
        for words in [150, 400, 2000]
        for pair in [
            ("float32", "onnxruntime", "float32", (1.5, "x")),
            ("bf16", "pytorch", "bf16", (2.5, "x")),
            ("int8", "onnxruntime", "int8", (3, "x")),
            ("int8", "pytorch", "float32", (10, "x")),
        ]
    ],
    ("memory", "peak MB", "int8", "onnxruntime", "int8", (1, "of")),
    ("memory", "peak MB", "float32", "onnxruntime", "float32", None),
    ("memory", "peak MB", "bf16", "pytorch", "bf16", None),
    ("cold start", "ms", "default", "onnxruntime", "int8", None),
    # Theirs without the start of Python, ours with all.
    ("pipeline", "words/s, whole process", "float32", "onnxruntime", "float32", None),
    ("pipeline", "words/s, whole process", "bf16", "pytorch", "bf16", None),
    ("pipeline", "words/s, whole process", "int8", "onnxruntime", "int8", None),
    ("pipeline", "words/s, whole process", "default", "onnxruntime", "float32", None),
]
ALONE = [
    ("encoder", "share of products", "float32", 0.75, "at least"),
    ("encoder", "share of products", "bf16", 0.75, "at least"),
    ("encoder", "share of products", "int8", None, ""),
    ("cold start", "ms", "default", 150, "at most"),
]



def ratios(records):
    values = {(r["task"], r["program"], r["precision"], r["metric"]): r["median"] for r in records}
    for task, metric, precision, peer, theirs, target in PAIRS:
        if precision == "best":
            every = [v for (t, p, _, m), v in values.items() if (t, p, m) == (task, "enxerto", metric)]
            ours = min(every, default=None)
        else:
            ours = values.get((task, "enxerto", precision, metric))
        metric_of_peer = "words/s, without start" if task == "pipeline" else metric
        other = values.get((task, peer, theirs, metric_of_peer))
        if ours is None or other is None:
            continue
        ratio = ours / other
        entry = {"task": task, "metric": metric, "ours": precision, "against": f"{peer} {theirs}", "ratio": ratio}
        if target:
            low = target[1] == "of"
            entry["target"] = f"{'<=' if low else '>='} {target[0]}"
            entry["reached"] = ratio <= target[0] if low else ratio >= target[0]
        yield entry
    for task, metric, precision, bound, sense in ALONE:
        value = values.get((task, "enxerto", precision, metric))
        if value is None:
            continue
        entry = {"task": task, "metric": metric, "ours": precision, "against": "", "ratio": value}
        if bound:
            entry["target"] = f"{'>=' if sense == 'at least' else '<='} {bound}"
            entry["reached"] = value >= bound if sense == "at least" else value <= bound
        yield entry


def number(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"


def table(records):
    yield f"{'task':<23}{'program':<13}{'precision':<10}{'figure':<28}{'median':>10}{'lowest':>10}{'highest':>10}  by"
    for r in records:
        by = ", ".join(r[k] for k in ["engine", "variant"] if k in r)
        yield (
            f"{r['task']:<23}{r['program']:<13}{r['precision']:<10}{r['metric']:<28}{number(r['median']):>10}"
            f"{number(r['lowest']):>10}{number(r['highest']):>10}  {by}"
        )


def ratio_table(entries):
    yield f"{'task':<23}{'figure':<24}{'enxerto':<9}{'against':<22}{'ratio':>8}{'target':>9}"
    for e in entries:
        verdict = {True: "  reached", False: "  not reached", None: ""}[e.get("reached")]
        yield (
            f"{e['task']:<23}{e['metric']:<24}{e['ours']:<9}{e['against']:<22}{number(e['ratio']):>8}"
            f"{e.get('target', '-'):>9}{verdict}"
        )
