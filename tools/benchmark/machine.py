"""What figures were taken on: the processor, what each precision is made by, the versions of the libraries."""

import json
import os
import pathlib
import platform
import subprocess

FLAGS = ["avx2", "fma", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_bf16", "amx_int8", "asimd", "bf16"]
LIBRARIES = ["torch", "transformers", "peft", "onnx", "onnxruntime", "tokenizers", "numpy"]


def cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def describe(ours, engine, python, peers, run):
    text = ""
    if pathlib.Path("/proc/cpuinfo").exists():
        text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    fields = dict(reversed([[p.strip() for p in line.split(":", 1)] for line in text.splitlines() if ":" in line]))
    flags = fields.get("flags", fields.get("Features", "")).split()
    command = [ours, "machine", *(["--engine", engine] if engine else [])]
    result = {
        "processor": fields.get("model name", platform.processor() or platform.machine()),
        "cores": cores(),
        "flags": [f for f in FLAGS if f in flags],
        "enxerto": json.loads(run(command, stdout=subprocess.PIPE, text=True).stdout),
        "versions": {},
    }
    if peers:
        code = (
            "import json, platform, importlib.metadata as m\n"
            "found = {d.metadata['Name'].lower(): d.version for d in m.distributions() if d.metadata['Name']}\n"
            f"names = {LIBRARIES!r}\n"
            "print(json.dumps({'python': platform.python_version()} | {n: found[n] for n in names if n in found}))"
        )
        result["versions"] = json.loads(run([python, "-c", code], stdout=subprocess.PIPE, text=True).stdout)
    return result


def lines(machine):
    ours = machine["enxerto"]
    yield f"{machine['processor']}, {machine['cores']} cores: {' '.join(machine['flags']) or 'no flags known'}"
    yield f"enxerto: {', '.join(ours['precisions'].values())}"
    for precision, why in ours["lacking"].items():
        yield f"left out, {precision}: {why}" if precision not in ours["precisions"] else f"{precision}: {why}"
    if machine["versions"]:
        yield ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
