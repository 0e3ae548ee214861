#!/usr/bin/env python3
"""Writes the golden output of the `tokenizers` library that Tests/TokenizationTests compare with.

    python3 -m venv tools/.venv && tools/.venv/bin/pip install tokenizers==0.23.3
    tools/.venv/bin/python tools/golden/tokenizer.py [--corpora ../shared/corpora]

Needs models/all-MiniLM-L6-v2. Written under Tests/TokenizationTests/Fixtures:
- three small tokenizers of our own (`cased`, `stripping`, `lowering`);
- tokenizer-hostile.json: ids and offsets of hostile lines, in full;
- tokenizer-sweep.json: checksums over Unicode scalars, each in several contexts (all but the unassigned
  planes 3 to 13; planes 0 and 1 only for `cased` and `lowering`), and over random strings;
- tokenizer-corpora.json: checksums over lines of corpora that may not be copied into the project.

A checksum is FNV-1a, 64 bits, taking in 32-bit numbers rather than bytes: for every text the scalars of
the normalised text, then id, start and end of every wordpiece, then 0xFFFFFFFF.
"""

import argparse
import json
from pathlib import Path

import tokenizers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests/TokenizationTests/Fixtures"
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def vocabulary(prefix):
    """Some 700 tokens: letters of several scripts alone and in runs, so that few words are unknown."""
    singles = [chr(c) for c in range(0x21, 0x7F)]
    singles += [chr(c) for c in [*range(0xC0, 0x100), *range(0x391, 0x3CA), *range(0x410, 0x450)]]
    singles += [chr(c) for c in [*range(0x300, 0x30C), 0x323, 0x327, 0x345, 0x3099, 0x93E, 0x9BE, 0x9D7]]
    singles += [chr(c) for c in [0x131, 0x130, 0x1E9E, 0x2019, 0x201C, 0x4E2D, 0x6587, 0xFB01, 0x212B]]
    singles += [chr(c) for c in [*range(0x1100, 0x1113), *range(0x1161, 0x1176), *range(0x11A8, 0x11C3)]]
    singles += ["\U0001F600", "\u200d", "\ufe0f", "\U0001D15E", "\U0001D165", "\u8c48", "한"]
    singles = list(dict.fromkeys(singles))
    words = ["the", "The", "Merkel", "Porto", "e\u0301", "été", "straße", "STRASSE", "İstanbul", "한국",
             "ΣΑΣ", "σας", "U", "New", "york", "ångström", "\u212bngstr", "don", "10", "2024"]
    parts = ["ing", "ed", "er", "est", "e\u0301", "ère", "\u0301\u0323", "kel", "к", "ов", "aa", "aaaa", "国",
             "ς", "00", "24"]
    tokens = SPECIALS + singles + words
    tokens += [prefix + t for t in singles if not t.isascii() or t.isalnum()] + [prefix + p for p in parts]
    return list(dict.fromkeys(tokens))


def make(name, prefix="##", longest=100, **options):
    """A small tokenizer, saved as a fixture folder."""
    folder = FIXTURES / name
    folder.mkdir(parents=True, exist_ok=True)
    tokens = vocabulary(prefix)
    vocab = {token: index for index, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.WordPiece(
        vocab, unk_token="[UNK]", continuing_subword_prefix=prefix, max_input_chars_per_word=longest))
    tokenizer.normalizer = normalizers.BertNormalizer(**options)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(SPECIALS)
    if name == "cased":
        (folder / "vocab.txt").write_text("".join(token + "\n" for token in tokens), "utf-8")
        (folder / "tokenizer_config.json").write_text(
            json.dumps({"do_lower_case": False, "strip_accents": None, "tokenize_chinese_chars": True,
                        "cls_token": {"content": "[CLS]"}, "model_max_length": 512}) + "\n")
    else:
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    return tokenizer


HOSTILE = [
    "", " ", "Angela Merkel visited Porto.", "don't U.S. 3.14 1,000.50 (e.g.) a/b c_d $5 50% #tag @who",
    "[CLS] typed [SEP] by [MASK] a [UNK] user [PAD]", "## ##ing a##ing [unused1]",
    "e\u0301te\u0301 \u00e9t\u00e9 E\u0301 \u1ec7 e\u0323\u0302 e\u0302\u0323 a\u0327\u0301\u0323\u0345b",
    "\u0301leading mark", "\u0344\u0323x \u1e69 s\u0323\u0307 s\u0307\u0323", "q\u0307\u0323\u0307\u0323q",
    "中文 text中文字abc 漢字かな交じり文 カタカナ ﾊﾝｶｸ が が", "\uf900\u8c48\U0002f800\U00020000\U0002b820\U0002ceb0\u3007",
    "한국어 한국 \u1112\u1161\u11ab 각 가 힣 ᄀ각", "👍🏽 👨‍👩‍👧‍👦 ❤️ 🇫🇷🇩🇪 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣ 😀😀x",
    "zero\u200bwidth\u200cjoin\u200der\u2060word\ufeffbom\u00adshy", "\ufeffstart", "\u200b", "\ufe0f", "\u200d\ufe0f",
    "a\x00b\x01c\x07d\x1be\x7ff\x80g\x85h\x9fi\ufffdj", "\x00", "line\r\nline\rline\nline\ttab\x0bvt\x0cff",
    "nbsp\u00a0x\u2007y\u202fz\u3000w\u1680v\u2028ls\u2029ps\u205fm\u180en\u2003o\u2000p",
    "\ue000private\uf8ff\U000f0000use\U0010fffd \ue000", "\u0378unassigned\U000e0080 \U0003ffff x\uffffy\ufdd0",
    "שָׁלוֹם עולם مَرْحَبًا \u202bRTL\u202c \u200fmark\u200e \ufb2a \ufb4f", "ﬁﬂﬀ ﬆ ŉ ǆ ǅ Ǆ ǰ", "İstanbul ISPARTA ıi İ\u0307 I\u0307 i\u0307",
    "straße STRASSE ẞ ß", "ΣΑΣ σας ΟΔΥΣΣΕΥΣ Ά ά ΐ ᾳ ᾼ \u1f80 \u03d2\u0301 \u0340\u0341\u0343\u0387\u037e\u1fef`",
    "0123456789 ٠١٢٣ ০১ ² ½ Ⅷ ⅷ ① １２", "𝐇𝐞𝐥𝐥𝐨 𝔘𝔫𝔦 ℌ ℕ 𝟘𝟙 Ａｂｃ Ω\u2126 K\u212a Å\u212b",
    "tag\U000e0041\U000e0042\U000e007fs \U000e0001", "vs\ufe00\ufe0f\U000e0100x", "naïve façade Ångström smörgåsbord Đorđe Łódź Øre Þór",
    "“quotes” ‘single’ «guillemets» „low“ … — – ‐ ‑ · • † ‡ § ¶ ° ± × ÷ ¿ ¡ ‰ ′ ″ ※ 、。「」『』【】〜！？",
    "$¢£¤¥€ ₿ +<=>^`|~ ¬ ¦ ¨ ¯ ´ ¸ ∞ → ★ ♥ № ™ © ®", "हिन्दी বাংলা தமிழ் ไทย ລາວ ខ្មែរ မြန်မာ \u0958 \u09cb\u09c7\u09be \u0bca \u0dde བོད\u0f73\u0f75\u0f81",
    "\U0001d15e\U0001d160\U0001d1bb \U0001d165\U0001d16d \U0001d16d\U0001d165 \u302e\u302f \u302f\u0323a",
    "\u1a55\u1dfa\u0300\u0323 \u0897\U00016123 \U0001e944\U0001e945 \u2d7f\u1bf2\u1039\u103a a\u0315\u031b\u0321",
    "\u1ddf\u20d0\u20e3 \u0483\u0488 \ua66f Й й Ё ё Ї \u0419\u0306", "ⓐⒶ Ⅰⅰ Ꭰꭰ Ა ა Ꙋ ꙋ Ⴀ ⴀ 𐐀 𐐨 Ɐ ⱥ Ⱥ",
    "new case pairs \u1c89\ua7cb\ua7dc\U00010d50\U00016ea0", "a" * 99 + " " + "a" * 100 + " " + "a" * 101 + " " + "a" * 11,
    "é" * 100 + " " + "é" * 101 + " " + "e\u0301" * 100, "x\u200b" * 101, "word \u200b word \u0301 word", "a\u3000。b！c？d・e",
    "http://example.org/a?b=c&d=%20#e mailto:a.b@c.de @user_name #日本 C++ C# .NET 3:45pm 50,000 1/2 O’Brien",
    "MiXeD CaSe ÀÉÎÕÜ àéîõü ÇŞĞ çşğ ĲĳŒœÆæ", "the Thetheing Merkeled Merkel's Newyork 202400aaaaaa",
    "\U0001f600\u200d\U0001f600\ufe0f a\ufe0fb\u200dc", "ﷺ ﷲ ﻻ ㍿ ㎏ ㏂ ㈱ ㊙", "\u0e33\u0eb3 \u0f77 \u01d5\u01d7 \u1fe7", "ᾷ\u0323 ᾷ\u0345\u0301",
    "\u0d4a\u0dcf \u1b3b\u1b35 \u11931 \U00011938 \U000114bb \U0001112e \U0001134b \U00011383 \U00016121",
]
REPEATED = [("a", 10000), ("é", 10000), ("中", 10000), (".", 10000), ("\u0301", 10000), ("😀", 10000), ("ing ", 2500)]


class Checksum:
    def __init__(self):
        self.value = 0xCBF29CE484222325

    def add(self, numbers):
        value = self.value
        for number in numbers:
            value = (value ^ number) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
        self.value = value

    def __str__(self):
        return f"{self.value:016x}"


def add_texts(checksum, tokenizer, texts):
    normalize = tokenizer.normalizer.normalize_str
    for text, encoding in zip(texts, tokenizer.encode_batch(texts, add_special_tokens=False)):
        checksum.add(map(ord, normalize(text)))
        for number, (start, end) in zip(encoding.ids, encoding.offsets):
            checksum.add((number, start, end))
        checksum.add((0xFFFFFFFF,))


def sweep_text(scalar):
    c = chr(scalar)
    return f"{c} a{c}b e\u0301{c}\u0323x"


class Mixer:
    """A generator that is easy to have in Swift too: splitmix64."""

    def __init__(self, seed):
        self.state = seed

    def next(self, bound):
        self.state = (self.state + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        z = self.state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
        z = (z ^ z >> 27) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
        return (z ^ z >> 31) % bound


POOLS = [(0x20, 0x7F), (0x61, 0x7B), (0xA0, 0x250), (0x300, 0x370), (0x591, 0x5C8), (0x900, 0xE00), (0xF00, 0xFC0),
         (0x1AB0, 0x1B00), (0x1DC0, 0x1E00), (0x1E00, 0x2000), (0x2000, 0x2070), (0x3000, 0x30A0), (0xAC00, 0xD7A4),
         (0xF900, 0xFB50), (0xFE00, 0xFE30), (0x10A00, 0x11A00), (0x1D150, 0x1D1C0), (0x1F300, 0x1F700), (0, 0x110000)]


def random_text(mixer):
    scalars = []
    for _ in range(mixer.next(16)):
        low, high = POOLS[mixer.next(len(POOLS))]
        value = low + mixer.next(high - low)
        scalars.append(value if not 0xD800 <= value < 0xE000 else 0x20)
    return "".join(map(chr, scalars))


def write(name, value):
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    (FIXTURES / name).write_text(text.replace('},{"text"', '},\n{"text"') + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpora", type=Path, default=ROOT.parent / "shared/corpora")
    corpora = parser.parse_args().corpora
    uncased = Tokenizer.from_file(str(ROOT / "models/all-MiniLM-L6-v2/tokenizer.json"))
    uncased.no_truncation()
    uncased.no_padding()
    tokenizers_by_name = {
        "uncased": uncased,
        "cased": make("cased", clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=False),
        "stripping": make("stripping", prefix="@@", longest=10, clean_text=False, handle_chinese_chars=False,
                          strip_accents=True, lowercase=False),
        "lowering": make("lowering", clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=True),
    }
    for tokenizer in tokenizers_by_name.values():
        tokenizer.encode_special_tokens = True  # what users type is text

    lines = []
    for text, times in [(text, 1) for text in HOSTILE] + REPEATED:
        entry = {"text": text, "times": times}
        for name, tokenizer in tokenizers_by_name.items():
            encoding = tokenizer.encode(text * times, add_special_tokens=False)
            pieces = [[number, *span] for number, span in zip(encoding.ids, encoding.offsets)]
            if times == 1:
                entry[name] = [number for piece in pieces for number in piece]
            else:
                checksum = Checksum()
                checksum.add(number for piece in pieces for number in piece)
                entry[name + "Checksum"] = str(checksum)
        lines.append(entry)
    write("tokenizer-hostile.json", {"version": tokenizers.__version__, "lines": lines})

    sweep = {"blockSize": 4096, "seed": 20240229, "randomBlockSize": 1000, "scalars": {}, "random": {}}
    for name, tokenizer in tokenizers_by_name.items():
        sums = []
        for block in range(0, 0x110000, 4096):
            checksum = Checksum()
            if 0x30000 <= block < 0xE0000 or name not in ("uncased", "stripping") and block >= 0x20000:
                continue
            add_texts(checksum, tokenizer,
                      [sweep_text(s) for s in range(block, block + 4096) if not 0xD800 <= s < 0xE000])
            sums.append(f"{block:x}:{checksum}")
        sweep["scalars"][name] = sums
        mixer = Mixer(sweep["seed"])
        sums = []
        for _ in range(20):
            checksum = Checksum()
            add_texts(checksum, tokenizer, [random_text(mixer) for _ in range(1000)])
            sums.append(str(checksum))
        sweep["random"][name] = sums
    write("tokenizer-sweep.json", sweep)

    files = sorted(corpora.glob("wnut17/*.conll")) + sorted(corpora.glob("wnut17/*.annotated"))
    files += sorted(corpora.glob("europeana/*.bio")) + sorted(corpora.glob("tei-schnitzler/*.xml"))
    if not files:
        print("no corpora: tokenizer-corpora.json is left as it is")
        return
    golden = []
    for file in files:
        content = file.read_bytes().decode("utf-8").split("\n")[:20000]
        for name in ("uncased", "cased"):
            sums = []
            for start in range(0, len(content), 1000):
                block = content[start:start + 1000]
                checksum = Checksum()
                add_texts(checksum, tokenizers_by_name[name], block + ["\n".join(block)])
                sums.append(str(checksum))
            golden.append({"file": str(file.relative_to(corpora)), "tokenizer": name, "blocks": sums})
    write("tokenizer-corpora.json", {"blockSize": 1000, "maximumLines": 20000, "files": golden})


main()
