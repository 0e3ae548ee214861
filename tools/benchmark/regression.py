"""tools/bench --regression: instructions and allocations of tagging eight fixed sentences, which noise cannot spoil.

Valgrind's callgrind counts a process that tags them once and one that tags them three times, in float32 on one thread;
half the difference is what a pass costs in the steady state, without loading. Callgrind also counts calls, so the
allocations are the calls of malloc and its kin, without any library put in between. Valgrind knows no AVX-512 and
shows programs a processor without it: what is counted are the AVX2 paths, on any machine that has AVX2. It emulates
FMA lane by lane, so a run takes minutes. It cannot read the DWARF of a Swift program; a copy without it is counted.

Instructions of our own program are held to a narrow tolerance; those of everything else (the product engine and what it
compiles, libc, the Swift runtime) depend on versions that tools/bench does not choose, and have a wide one.
"""

import json
import os
import platform
import re
import shutil
import subprocess
import sys

ALLOCATORS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "memalign"}
# The share by which a count may exceed what is committed.
TOLERANCES = {"instructions_of_ours": 0.03, "instructions_of_others": 0.15, "allocations": 0.02}
NAME = re.compile(r"\((\d+)\)(?: (.*))?")


def counts(path, program):
    """From callgrind's file: instructions of the program's own code and of others, and allocations."""
    names = {"ob": {}, "fn": {}}

    def name(kind, text):
        number, given = NAME.fullmatch(text).groups()
        if given is not None:
            names[kind][number] = given
        return names[kind].get(number, "")

    result = dict.fromkeys(TOLERANCES, 0)
    ours = is_call = False
    callee = ""
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            line = line.rstrip("\n")
            first = line[:1]
            if first.isdigit() or first in "+-*":
                if is_call:  # What the callee cost; it has lines of its own.
                    is_call = False
                    continue
                columns = line.split()
                if len(columns) == 2:
                    result["instructions_of_ours" if ours else "instructions_of_others"] += int(columns[1])
            elif line.startswith("ob="):
                ours = name("ob", line[3:]).endswith(program)
            elif line.startswith("cob="):
                name("ob", line[4:])
            elif line.startswith("fn="):
                name("fn", line[3:])
            elif line.startswith("cfn="):
                callee = name("fn", line[4:])
            elif line.startswith("calls="):
                is_call = True
                if callee.split("'")[0] in ALLOCATORS:
                    result["allocations"] += int(line[6:].split()[0])
    return result


def measure(root, encoder, run):
    for tool, package in [("valgrind", "valgrind"), ("objcopy", "binutils")]:
        if not shutil.which(tool):
            sys.exit(f"bench: there is no {tool}; on Debian: apt-get install {package}")
    if platform.machine() != "x86_64":
        sys.exit("bench: --regression compares counts of x86_64")
    folder = root / ".build/bench"
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "enxerto-bench-counted"
    run(["objcopy", "--strip-debug", root / ".build/release/enxerto-bench", program])
    once = [program, "passes", "--encoder", encoder, "--threads", 1]
    once += ["--sentences", root / "tools/benchmark/regression.jsonl"]
    fixed = {"SWIFT_DETERMINISTIC_HASHING": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    found, engine = [], ""
    for passes in [1, 3]:
        print(f"bench: counting {passes} pass{'es' * (passes > 1)}; this takes minutes", file=sys.stderr, flush=True)
        output = folder / f"callgrind.{passes}"
        command = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={output}"]
        done = run(
            [*command, *once, "--passes", passes],
            env=os.environ | fixed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        engine = json.loads(done.stdout.strip().splitlines()[-1])["engine"]
        found.append(counts(output, program.name))
    return {"engine": engine, "counts": {k: (found[1][k] - found[0][k]) // 2 for k in TOLERANCES}}


def check(root, encoder, run, update, as_json):
    """Compares with tools/benchmark/regression.json, or writes it; returns the exit status."""
    path = root / "tools/benchmark/regression.json"
    now = measure(root, encoder, run)
    if update:
        path.write_text(json.dumps(now, indent=2) + "\n")
        print(f"bench: wrote {path.relative_to(root)}", file=sys.stderr)
    committed = json.loads(path.read_text())
    rows, worse = [], 0
    for name, tolerance in TOLERANCES.items():
        before, after = committed["counts"][name], now["counts"][name]
        change = after / before - 1 if before else float(after > 0)
        verdict = "more" if change > tolerance else "fewer: --update" if change < -tolerance else "as before"
        worse += verdict == "more"
        rows.append({"count": name, "committed": before, "now": after, "change": change, "verdict": verdict})
    if as_json:
        print(json.dumps({"engine": now["engine"], "committed_engine": committed["engine"], "counts": rows}, indent=2))
        return worse > 0
    if now["engine"] != committed["engine"]:
        print(f"committed with {committed['engine']}, now {now['engine']}: only our own instructions compare")
    print(f"{'of one pass':<26}{'committed':>14}{'now':>14}{'change':>9}")
    for row in rows:
        print(
            f"{row['count'].replace('_', ' '):<26}{row['committed']:>14,}{row['now']:>14,}{row['change']:>9.1%}"
            f"  {row['verdict']}"
        )
    return worse > 0
