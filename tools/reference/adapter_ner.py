#!/usr/bin/env python3
"""Named entities in PyTorch, to compare with: deep prompts over a frozen encoder, or the whole encoder fine-tuned.

    python tools/reference/adapter_ner.py --train F --dev F --test F [--method deep|head|finetune] [--seed N] …

An independent implementation: BERT written out, rows without padding but inside attention, products in bfloat16
unless `--float32` (of fine-tuning under autocast, with weights, LayerNorm and softmax in float32).

    finetune  every weight of the encoder and a linear head; dropout 0.1 as BERT has it, rate 5e-5, weight decay 0.01,
              16 sentences a batch, 6% warm-up, linear decay, gradient norm at most 1
    deep      --rows keys and values a layer, N(0, --deviation), no reparameterization, positions unmoved; --shape adds
              a trained row for the look of each word, --mix reads a learned mix of all layers
    head      the head alone

The head reads the first wordpiece of each word. Prints, as JSON lines, loss and dev F1 of each epoch, and at the end
the F1 on dev and test of the epoch that is best on dev and of the last. Needs torch, tokenizers, safetensors, seqeval.
"""

import argparse
import json
import math
import pathlib
import sys
import time
import warnings

import torch
from safetensors.torch import load_file
from seqeval.metrics import f1_score
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional as F

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/benchmark"))
from sentences import read, wordpieces  # noqa: E402

CLS, SEP, UNK = 101, 102, 100
SHAPES = 10


def shape_of(word):
    """Which of SHAPES looks a word has (after the "caps" features of Collobert et al. 2011)."""
    letters = [c for c in word if c.isalpha()]
    digits = [c for c in word if c.isdigit()]
    if not letters and not digits:
        return 1
    if not letters:
        return 2
    upper = [c for c in letters if c.isupper()]
    if digits:
        return 4 if upper else 3
    if not upper:
        return 5
    if len(upper) == len(letters):
        return 6 if len(letters) > 1 else 7
    if word[0].isupper() and len(upper) == 1:
        return 8
    return 9


class Encoder(nn.Module):
    """BERT; weights are buffers where frozen, parameters where fine-tuned."""

    def __init__(self, folder, trained, bf16):
        super().__init__()
        config = json.loads((folder / "config.json").read_text())
        self.layers = config["num_hidden_layers"]
        self.heads = config["num_attention_heads"]
        self.width = config["hidden_size"]
        self.epsilon = config["layer_norm_eps"]
        self.positions = config["max_position_embeddings"]
        self.trained, self.bf16 = trained, bf16
        self.table = nn.ParameterDict() if trained else {}
        for name, value in load_file(folder / "model.safetensors").items():
            name = name.removeprefix("bert.")
            if "pooler" in name or "position_ids" in name:
                continue
            value = value.float()
            if trained:
                self.table[name.replace(".", "/")] = nn.Parameter(value)
            else:
                is_product = name.endswith("weight") and "LayerNorm" not in name and "embeddings" not in name
                self.table[name.replace(".", "/")] = value.bfloat16() if is_product and bf16 else value

    def weight(self, name):
        return self.table[name.replace(".", "/")]

    def linear(self, x, name, delta=None):
        bias = self.weight(f"{name}.bias")
        if delta is not None:
            bias = bias + delta
        if self.trained or not self.bf16:
            return F.linear(x, self.weight(f"{name}.weight"), bias)
        return F.linear(x.bfloat16(), self.weight(f"{name}.weight")).float() + bias

    def norm(self, x, name):
        return F.layer_norm(
            x.float(), (self.width,), self.weight(f"{name}.weight"), self.weight(f"{name}.bias"), self.epsilon
        )

    def forward(self, ids, position, places, mask, extra, prompts, drop, adapters=None):
        """Hidden rows of every layer. ids [R]; places [R] index into the padded [S, L]; mask [S, 1, 1, L]."""
        sequences, longest = mask.shape[0], mask.shape[-1]
        x = (
            F.embedding(ids, self.weight("embeddings.word_embeddings.weight"))
            + F.embedding(position, self.weight("embeddings.position_embeddings.weight"))
            + self.weight("embeddings.token_type_embeddings.weight")[0]
        )
        if extra is not None:
            x = x + extra
        x = F.dropout(self.norm(x, "embeddings.LayerNorm"), drop)
        states = [x]

        def heads(rows):
            flat = rows.new_zeros(sequences * longest, self.width).index_copy(0, places, rows)
            return flat.view(sequences, longest, self.heads, -1).transpose(1, 2)

        for n in range(self.layers):
            at = f"encoder.layer.{n}"
            own = adapters[n] if adapters is not None else {}
            q, k, v = (
                heads(self.linear(x, f"{at}.attention.self.{part}", own.get(part)))
                for part in ["query", "key", "value"]
            )
            m = mask
            if prompts is not None and prompts[n] is not None:
                pk, pv = prompts[n]
                rows = pk.shape[0]
                k = torch.cat([pk.view(1, rows, self.heads, -1).transpose(1, 2).expand(sequences, -1, -1, -1).to(k), k], 2)
                v = torch.cat([pv.view(1, rows, self.heads, -1).transpose(1, 2).expand(sequences, -1, -1, -1).to(v), v], 2)
                m = torch.cat([mask.new_ones(sequences, 1, 1, rows), mask], -1)
            a = F.scaled_dot_product_attention(q, k, v, attn_mask=m, dropout_p=drop)
            a = a.transpose(1, 2).reshape(sequences * longest, self.width)[places]
            a = self.linear(a, f"{at}.attention.output.dense", own.get("attention"))
            x = self.norm(x + F.dropout(a, drop), f"{at}.attention.output.LayerNorm")
            f = F.gelu(self.linear(x, f"{at}.intermediate.dense", own.get("intermediate")))
            f = self.linear(f, f"{at}.output.dense", own.get("output"))
            x = self.norm(x + F.dropout(f, drop), f"{at}.output.LayerNorm")
            states.append(x)
        return states


class Tagger(nn.Module):
    def __init__(self, options, tags):
        super().__init__()
        self.options = options
        self.encoder = Encoder(options.encoder, options.method == "finetune", not options.float32)
        width, layers = self.encoder.width, self.encoder.layers
        deep = options.method == "deep"
        self.prompts = self.shape = self.mix = self.deltas = None
        if deep and options.rows:
            self.prompts = nn.Parameter(options.deviation * torch.randn(layers, 2, options.rows, width))
        if options.shape:
            self.shape = nn.Parameter(torch.zeros(SHAPES, width))
        if options.mix:
            self.mix = nn.Parameter(torch.zeros(layers + 1))
            self.scale = nn.Parameter(torch.ones(()))
        if options.biases:
            sizes = {p: width for p in ["query", "key", "value", "attention", "output"]}
            sizes["intermediate"] = 4 * width
            self.deltas = nn.ModuleList(
                nn.ParameterDict({p: nn.Parameter(torch.zeros(s)) for p, s in sizes.items()}) for _ in range(layers)
            )
        self.head = nn.Linear(width, tags)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, batch):
        o = self.options
        ids, position, places, shapes, rows = [], [], [], [], []
        longest = max(len(s["ids"]) for s in batch) + 2
        for n, s in enumerate(batch):
            base = len(ids)
            ids += [CLS, *s["ids"], SEP]
            length = len(s["ids"]) + 2
            position += range(length)
            places += range(n * longest, n * longest + length)
            shapes += [0, *s["shapes"], 0]
            rows += [base + 1 + f for f in s["first"][s["from"] : s["to"]]]
        ids = torch.tensor(ids)
        shapes = torch.tensor(shapes)
        if self.training and o.word_dropout:
            gone = (torch.rand(len(ids)) < o.word_dropout) & (ids != CLS) & (ids != SEP)
            ids = torch.where(gone, UNK, ids)
        mask = torch.zeros(len(batch) * longest, dtype=torch.bool)
        mask[places] = True
        mask = mask.view(len(batch), 1, 1, longest)
        extra = None
        if self.shape is not None:
            extra = F.embedding(shapes, self.shape)
        prompts = None
        if self.prompts is not None:
            p = F.dropout(self.prompts, o.prompt_dropout, self.training)
            prompts = [(p[n, 0], p[n, 1]) if n >= o.from_layer else None for n in range(self.encoder.layers)]
        drop = (o.encoder_dropout if o.method != "finetune" else 0.1) if self.training else 0.0
        states = self.encoder(
            ids, torch.tensor(position), torch.tensor(places), mask, extra, prompts, drop, self.deltas
        )
        if self.mix is not None:
            weights = torch.softmax(self.mix, 0)
            hidden = self.scale * sum(w * s[rows] for w, s in zip(weights, states))
        else:
            hidden = states[-1][rows]
        return self.head(F.dropout(hidden.float(), o.head_dropout, self.training))


def load(path, tokenizer, room):
    """Sentences; those longer than the window in windows that overlap by half."""
    out = []
    for index, sentence in enumerate(read(path)):
        words, tags = zip(*sentence)
        ids, first = wordpieces(tokenizer, words)
        edges = [*first, len(ids)]
        shapes = []
        for n, word in enumerate(words):
            shapes += [shape_of(word)] * (edges[n + 1] - edges[n])
        start = 0
        while True:
            end = start
            while end < len(words) and edges[end + 1] - edges[start] <= room:
                end += 1
            if end == start:
                sys.exit(f"{path}: a word of more wordpieces than the window has room for")
            part = dict(
                sentence=index,
                tags=list(tags[start:end]),
                ids=ids[edges[start] : edges[end]],
                shapes=shapes[edges[start] : edges[end]],
                first=[f - edges[start] for f in first[start:end]],
            )
            part["from"], part["to"] = 0, end - start
            out.append(part)
            if end == len(words):
                break
            start = end
    return out


@torch.no_grad()
def score(model, windows, tags):
    model.eval()
    order = sorted(range(len(windows)), key=lambda i: len(windows[i]["ids"]))
    predicted = [None] * len(windows)
    for start in range(0, len(order), 32):
        chosen = order[start : start + 32]
        best = iter(model([windows[i] for i in chosen]).argmax(-1).tolist())
        for i in chosen:
            predicted[i] = [tags[next(best)] for _ in windows[i]["tags"]]
    gold, found = {}, {}
    for window, tagged in zip(windows, predicted):
        gold.setdefault(window["sentence"], []).extend(window["tags"])
        found.setdefault(window["sentence"], []).extend(tagged)
    return 100 * f1_score(list(gold.values()), list(found.values()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ["train", "dev", "test"]:
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    parser.add_argument("--method", choices=["deep", "head", "finetune"], default="deep")
    parser.add_argument("--rows", type=int, default=32, help="deep prompts a layer")
    parser.add_argument("--from-layer", type=int, default=0)
    parser.add_argument("--shape", action="store_true")
    parser.add_argument("--mix", action="store_true")
    parser.add_argument("--biases", action="store_true", help="also train an addition to every bias")
    parser.add_argument("--deviation", type=float, default=0.02)
    parser.add_argument("--prompt-dropout", type=float, default=0.0)
    parser.add_argument("--head-dropout", type=float, default=0.1)
    parser.add_argument("--encoder-dropout", type=float, default=0.0)
    parser.add_argument("--word-dropout", type=float, default=0.0)
    parser.add_argument("--label-smoothing", type=float, default=0.0)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--head-rate", type=float)
    parser.add_argument("--decay", type=float)
    parser.add_argument("--average", type=float, default=0.0, help="decay of an exponential average of the weights")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--sentences", type=int, help="train on so many alone")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--float32", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--encoder", type=pathlib.Path, default=ROOT / "models/all-MiniLM-L6-v2")
    o = parser.parse_args()
    finetune = o.method == "finetune"
    o.epochs = o.epochs or (3 if finetune else 14)
    o.rate = o.rate or (5e-5 if finetune else 1e-2)
    o.head_rate = o.head_rate or (o.rate if finetune else 3e-3)
    o.decay = (0.01 if finetune else 0.0) if o.decay is None else o.decay

    warnings.simplefilter("ignore")
    torch.set_num_threads(o.threads)
    torch.manual_seed(o.seed)
    tokenizer = Tokenizer.from_file(str(o.encoder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    train, dev, test = (load(p, tokenizer, 510) for p in [o.train, o.dev, o.test])
    train = train[: o.sentences]
    tags = sorted({t for s in train for t in s["tags"]})
    index = {t: n for n, t in enumerate(tags)}

    model = Tagger(o, len(tags))
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    bare = lambda n: "LayerNorm" in n or n.endswith("bias")
    groups = [
        dict(params=[p for n, p in named if n.startswith("head")], lr=o.head_rate),
        dict(params=[p for n, p in named if not n.startswith("head") and not bare(n)], lr=o.rate),
        dict(params=[p for n, p in named if not n.startswith("head") and bare(n)], lr=o.rate, weight_decay=0.0),
    ]
    trained = [p for _, p in named]
    optimizer = torch.optim.AdamW([g for g in groups if g["params"]], weight_decay=o.decay, fused=True)
    steps = math.ceil(len(train) / o.batch)
    total, warm = o.epochs * steps, round(0.06 * o.epochs * steps)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: s / max(1, warm) if s < warm else max(0.0, (total - s) / max(1, total - warm))
    )
    averages = [p.detach().clone() for p in trained] if o.average else None

    def evaluated(*corpora):
        if averages:
            kept = [p.detach().clone() for p in trained]
            for p, a in zip(trained, averages):
                p.data.copy_(a)
        with torch.autocast("cpu", torch.bfloat16, enabled=finetune and not o.float32):
            scores = [score(model, c, tags) for c in corpora]
        if averages:
            for p, k in zip(trained, kept):
                p.data.copy_(k)
        return scores

    best, began = None, time.perf_counter()
    for epoch in range(1, o.epochs + 1):
        model.train()
        order = torch.randperm(len(train)).tolist()
        total_loss = words = 0
        at = time.perf_counter()
        for start in range(0, len(order), o.batch):
            batch = [train[i] for i in order[start : start + o.batch]]
            targets = torch.tensor([index[t] for s in batch for t in s["tags"]])
            with torch.autocast("cpu", torch.bfloat16, enabled=finetune and not o.float32):
                logits = model(batch)
            loss = F.cross_entropy(logits.float(), targets, label_smoothing=o.label_smoothing)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            schedule.step()
            if averages:
                torch._foreach_lerp_(averages, trained, 1 - o.average)
            total_loss += loss.item() * len(targets)
            words += len(targets)
        seconds = time.perf_counter() - at
        dev_f1, test_f1 = evaluated(dev, test) if epoch == o.epochs else (evaluated(dev)[0], None)
        if best is None or dev_f1 >= best["dev_f1"]:
            best = {"epoch": epoch, "dev_f1": dev_f1, "test_f1": test_f1 or evaluated(test)[0]}
        print(
            json.dumps({"epoch": epoch, "loss": total_loss / words, "dev_f1": dev_f1, "words_per_second": words / seconds}),
            flush=True,
        )
    parameters = sum(p.numel() for p in trained)
    print(
        json.dumps(
            {
                "method": o.method, "seed": o.seed, "parameters": parameters, "best": best,
                "last": {"dev_f1": dev_f1, "test_f1": test_f1}, "seconds": time.perf_counter() - began,
                "options": {k: str(v) if isinstance(v, pathlib.Path) else v for k, v in vars(o).items()},
            }
        )
    )


if __name__ == "__main__":
    main()
