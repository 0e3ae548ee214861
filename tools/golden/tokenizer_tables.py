#!/usr/bin/env python3
"""Writes the Unicode tables of Sources/Tokenization/Unicode from the `tokenizers` library itself.

The Rust crates behind `tokenizers` are frozen at different Unicode versions (categories at 8, NFD at
12, lower-casing at that of the Rust compiler), and so agree with no single version that Swift could
have. So the tables are taken from the library by asking it about every scalar.

    python3 -m venv tools/.venv && tools/.venv/bin/pip install tokenizers==0.23.3
    tools/.venv/bin/python tools/golden/tokenizer_tables.py
"""

import textwrap
import unicodedata
from pathlib import Path

import tokenizers
from tokenizers import normalizers, pre_tokenizers

HERE = Path(__file__).resolve().parents[2] / "Sources/Tokenization/Unicode"


def bert(**on):
    off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**off, **on}).normalize_str


def runs(scalars):
    out = []
    for value in scalars:
        if out and out[-1][1] == value - 1:
            out[-1][1] = value
        else:
            out.append([value, value])
    return out


def ranges(scalars):
    return [f"{a:x}" if a == b else f"{a:x}-{b:x}" for a, b in runs(scalars)]


def lower_runs(mapping):
    """start-end/step:delta, over mappings to one scalar."""
    out = []
    for value in sorted(mapping):
        delta = ord(mapping[value]) - value
        if out:
            last = out[-1]
            step = value - last[1]
            if last[3] == delta and step in (1, 2) and last[2] in (0, step):
                last[1], last[2] = value, step
                continue
        out.append([value, value, 0, delta])
    return [f"{a:x}-{b:x}/{s or 1}:{'-' if d < 0 else ''}{abs(d):x}" for a, b, s, d in out]


def literal(name, doc, items):
    text = textwrap.fill(" ".join(items), 94, break_long_words=False, break_on_hyphens=False)
    body = textwrap.indent(text, "    ")
    return f'  /// {doc}\n  static let {name} = """\n{body}\n    """\n'


def write(file, enum, doc, literals):
    head = (
        f"// Made by tools/golden/tokenizer_tables.py from tokenizers {tokenizers.__version__}.\n"
        "// Change the script, not this file.\n\n"
    )
    body = "\n".join(literals)
    (HERE / file).write_text(f"{head}/// {doc}\nenum {enum} {{\n{body}}}\n")


def main():
    clean, strip, lower = bert(clean_text=True), bert(strip_accents=True), bert(lowercase=True)
    chinese = bert(handle_chinese_chars=True)
    nfd = normalizers.NFD().normalize_str
    split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    dropped, marks, punctuation, spaces, ideographs = [], [], [], [], []
    lowered, several, decomposed, classes = {}, {}, {}, {}
    for value in range(0x110000):
        if 0xD800 <= value < 0xE000:
            continue
        c = chr(value)
        if clean(c) == "":
            dropped.append(value)
        if strip(c) == "":
            marks.append(value)
        if chinese(c) != c:
            ideographs.append(value)
        pieces = split(f"a{c}b")
        if len(pieces) == 2:
            spaces.append(value)
        elif len(pieces) == 3:
            punctuation.append(value)
        low = lower(c)
        if low != c:
            (lowered if len(low) == 1 else several)[value] = low
        d = nfd(c)
        if d != c and not 0xAC00 <= value < 0xD7A4:
            decomposed[value] = d
        # U+0345 has the highest class, 240: whatever moves before it has a class of its own.
        if unicodedata.combining(c) and (value == 0x345 or nfd("\u0345" + c)[0] != "\u0345"):
            classes[value] = unicodedata.combining(c)
    # One-way check: nothing that Python thinks a starter is moved.
    for value in range(0x110000):
        if not 0xD800 <= value < 0xE000 and value not in classes and value not in decomposed:
            assert nfd("\u0345" + chr(value))[0] == "\u0345", hex(value)
    assert list(several.items()) == [(0x130, "i\u0307")], several

    classed = []
    for value in sorted(classes):
        if classed and classed[-1][1] == value - 1 and classed[-1][2] == classes[value]:
            classed[-1][1] = value
        else:
            classed.append([value, value, classes[value]])

    write("ScalarTableData.swift", "ScalarTableData",
          "Properties of scalars as the reference tokenizer has them; see `ScalarTable`.", [
        literal("dropped", "Scalars that `clean_text` takes out (`-` joins a closed range, all hexadecimal).",
                ranges(dropped)),
        literal("spaces", "Scalars at which the pre-tokenizer splits, and which it takes out.",
                ranges(spaces)),
        literal("ideographs", "Scalars that `handle_chinese_chars` puts spaces around.",
                ranges(ideographs)),
        literal("punctuation", "Scalars that are a word each.", ranges(punctuation)),
        literal("marks", "Nonspacing marks, which `strip_accents` takes out.", ranges(marks)),
        literal("lowercase", "first-last/step:difference, for mappings to one scalar.",
                lower_runs(lowered)),
    ])
    write("DecompositionData.swift", "DecompositionData",
          "Canonical decompositions and combining classes as the reference tokenizer has them.", [
        literal("classes", "Combining classes other than 0: first-last:class, all hexadecimal.",
                [f"{a:x}-{b:x}:{k:x}" for a, b, k in classed]),
        literal("decompositions", "Full canonical decompositions but for Hangul syllables: scalar:first.second…",
                [f"{v:x}:" + ".".join(f"{ord(x):x}" for x in d) for v, d in decomposed.items()]),
    ])


main()
