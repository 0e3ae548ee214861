#!/usr/bin/env python3
"""P-tuning for named entities in PyTorch: an independent implementation to compare accuracy with.

    python tools/reference/ptuning_ner.py [--method lstm|mlp|none|head] [--seed N] [--epochs N] [--threads N]

The encoder (all-MiniLM-L6-v2) is frozen and in evaluation mode. 16 soft rows stand after [CLS]; they replace word
embeddings only, so position, segment and LayerNorm apply to them. The head is linear, on each word's first wordpiece,
with dropout 0.1 before it; decoding is argmax. AdamW without weight decay, rate 1e-3 for prompts and head, 6% linear
warm-up and linear decay to zero, 32 sentences a batch, gradient norm clipped at 1, 12 epochs. Soft rows start as
N(0, 0.05), through
    lstm   2-layer bidirectional LSTM, 384 a direction, then Linear(768, 768), ReLU, Linear(768, 384)
    mlp    Linear(384, 384), ReLU, Linear(384, 384), ReLU, Linear(384, 384)
    none   nothing
`head` has no soft rows, rate 5e-3 and 10 epochs. Trains on WNUT-17 (--corpus names its folder) and prints, as JSON
lines, loss and dev F1 of each epoch, and at the end F1 on dev and test of the last epoch, entity level, by seqeval.
Needs `torch`, `transformers`, `tokenizers` and `seqeval`.
"""

import argparse
import json
import math
import pathlib
import sys
import time
import warnings

import torch
import transformers
from seqeval.metrics import f1_score
from tokenizers import Tokenizer
from torch import nn
from transformers import BertModel, get_linear_schedule_with_warmup

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/benchmark"))
from sentences import read, wordpieces  # noqa: E402

CLS, SEP, PAD = 101, 102, 0
SOFT = 16


class SoftRows(nn.Module):
    def __init__(self, method, width):
        super().__init__()
        self.method = method
        self.embedding = nn.Parameter(0.05 * torch.randn(SOFT, width))
        if method == "lstm":
            self.lstm = nn.LSTM(width, width, num_layers=2, bidirectional=True, batch_first=True)
            self.mlp = nn.Sequential(
                nn.Linear(2 * width, 2 * width), nn.ReLU(), nn.Linear(2 * width, width)
            )
        elif method == "mlp":
            self.mlp = nn.Sequential(
                nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width)
            )

    def forward(self):
        if self.method == "none":
            return self.embedding
        return self.mlp(self.lstm(self.embedding[None])[0][0] if self.method == "lstm" else self.embedding)


class Tagger(nn.Module):
    def __init__(self, encoder, method, tags):
        super().__init__()
        self.encoder = encoder.requires_grad_(False)
        width = encoder.config.hidden_size
        self.soft = None if method == "head" else SoftRows(method, width)
        self.dropout = nn.Dropout(0.1)
        self.head = nn.Linear(width, tags)

    def train(self, mode=True):
        super().train(mode)
        self.encoder.eval()
        return self

    def forward(self, batch):
        """Logits of every word of the batch, sentence after sentence."""
        soft = 0 if self.soft is None else SOFT
        longest = max(len(s["ids"]) for s in batch) + 2 + soft
        ids = torch.full((len(batch), longest - soft), PAD)
        mask = torch.zeros((len(batch), longest), dtype=torch.long)
        rows = []
        for n, sentence in enumerate(batch):
            whole = [CLS, *sentence["ids"], SEP]
            ids[n, : len(whole)] = torch.tensor(whole)
            mask[n, : len(whole) + soft] = 1
            rows += [n * longest + 1 + soft + f for f in sentence["first"]]
        rows_in = self.encoder.get_input_embeddings()(ids)
        if soft:
            prompts = self.soft().expand(len(batch), -1, -1)
            rows_in = torch.cat([rows_in[:, :1], prompts, rows_in[:, 1:]], dim=1)
        hidden = self.encoder(inputs_embeds=rows_in, attention_mask=mask).last_hidden_state
        return self.head(self.dropout(hidden.reshape(-1, hidden.shape[-1])[torch.tensor(rows)]))


def load(path, tokenizer, window):
    out = []
    for sentence in read(path):
        words, tags = zip(*sentence)
        ids, first = wordpieces(tokenizer, words)
        if len(ids) > window:
            sys.exit(f"{path}: a sentence of {len(ids)} wordpieces; the window has room for {window}")
        out.append({"words": words, "tags": list(tags), "ids": ids, "first": first})
    return out


@torch.no_grad()
def score(model, sentences, tags):
    model.eval()
    order = sorted(range(len(sentences)), key=lambda i: len(sentences[i]["ids"]))
    predicted = [None] * len(sentences)
    for start in range(0, len(order), 64):
        chosen = order[start : start + 64]
        best = iter(model([sentences[i] for i in chosen]).argmax(-1).tolist())
        for i in chosen:
            predicted[i] = [tags[next(best)] for _ in sentences[i]["words"]]
    return 100 * f1_score([s["tags"] for s in sentences], predicted)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--method", choices=["lstm", "mlp", "none", "head"], default="lstm")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--steps", type=int, help="stop after this many steps, unscored: a smoke test")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--encoder", type=pathlib.Path, default=ROOT / "models/all-MiniLM-L6-v2")
    parser.add_argument("--corpus", type=pathlib.Path, default=ROOT.parent / "shared/corpora/wnut17")
    arguments = parser.parse_args()
    head_alone = arguments.method == "head"
    epochs = arguments.epochs or (10 if head_alone else 12)
    rate = 5e-3 if head_alone else 1e-3

    warnings.simplefilter("ignore")
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    tokenizer = Tokenizer.from_file(str(arguments.encoder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    encoder = BertModel.from_pretrained(arguments.encoder, dtype=torch.float32, add_pooling_layer=False)
    window = encoder.config.max_position_embeddings - 2 - SOFT
    train, dev, test = (
        load(arguments.corpus / name, tokenizer, window)
        for name in ["wnut17train.conll", "emerging.dev.conll", "emerging.test.annotated"]
    )
    tags = sorted({t for s in train for t in s["tags"]})
    index = {t: n for n, t in enumerate(tags)}

    model = Tagger(encoder, arguments.method, len(tags))
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=rate, weight_decay=0.0)
    total = epochs * math.ceil(len(train) / 32)
    schedule = get_linear_schedule_with_warmup(optimizer, round(0.06 * total), total)
    step, began = 0, time.perf_counter()
    for epoch in range(1, epochs + 1):
        model.train()
        order = torch.randperm(len(train)).tolist()
        losses = []
        for start in range(0, len(order), 32):
            batch = [train[i] for i in order[start : start + 32]]
            targets = torch.tensor([index[t] for s in batch for t in s["tags"]])
            loss = nn.functional.cross_entropy(model(batch), targets)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
            step += 1
            if step == arguments.steps:
                elapsed = time.perf_counter() - began
                print(json.dumps({"steps": step, "losses": losses, "seconds": elapsed}))
                return
        line = {"epoch": epoch, "loss": sum(losses) / len(losses), "dev_f1": score(model, dev, tags)}
        print(json.dumps(line), flush=True)
    result = {
        "method": arguments.method,
        "seed": arguments.seed,
        "epochs": epochs,
        "parameters": sum(p.numel() for p in trained),
        "dev_f1": score(model, dev, tags),
        "test_f1": score(model, test, tags),
        "seconds": time.perf_counter() - began,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
