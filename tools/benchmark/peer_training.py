#!/usr/bin/env python3
"""PyTorch's side of the training benchmark: P-tuning or prefix tuning by `peft`.

    python peer_training.py --sentences FILE --method soft|deep [--precision float32|bf16] [options]

soft: 16 virtual tokens from an LSTM of the encoder's width (2 layers, bidirectional). deep: prefix tuning, 16 keys and
values a layer, trained themselves. On top a linear head on the words' first wordpieces, AdamW, gradient norm
clipped at 1. Timed are forward, backward and step, batches in the file's order. The encoder's own dropout is off, as on
our side, and tensors are made before the clock starts. With --group-by-length, batches hold sentences of like length,
so that little is padding. bf16 is the frozen model in bfloat16 (`cast`) or autocast over a float32 one (`autocast`).
"""

import contextlib

import peft
import torch
import transformers
from peft import PrefixTuningConfig, PromptEncoderConfig, get_peft_model
from torch import nn
from transformers import AutoModelForTokenClassification

import peers

VIRTUAL = 16


def main():
    parser = peers.parser(__doc__)
    parser.add_argument("--sentences", required=True, help="from sentences.py")
    parser.add_argument("--method", choices=["soft", "deep"], default="soft")
    parser.add_argument("--group-by-length", action="store_true", help="sort the sentences first")
    parsed = parser.parse_args()
    if parsed.precision == "int8":
        raise SystemExit("peer_training: peft trains in float32 or bf16")
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(parsed.threads)
    torch.manual_seed(1)
    sentences = peers.read(parsed.sentences)
    shift = VIRTUAL if parsed.method == "soft" else 0
    items = peers.batches(sentences, parsed.batch, by_length=parsed.group_by_length, shift=shift)
    tag_count = len(peers.labels(sentences))
    ways = ["cast", "autocast"] if parsed.precision == "bf16" else [""]

    def maker(way, attention):
        return lambda: trainer(parsed.encoder, parsed.method, tag_count, way, attention)

    variants = {f"{way} {a}".strip(): maker(way, a) for way in ways for a in ["sdpa", "eager"]}
    if parsed.choose:
        return peers.choose(variants, items)
    name, (prepare, work) = peers.pick(variants, parsed.variant)
    engine = f"torch {torch.__version__.split('+')[0]}, peft {peft.__version__}"
    prepared = [prepare(item) for item in items]
    result = {"task": "training", "engine": engine, "variant": name}
    result |= peers.speed(sentences, peers.pass_times(work, prepared, parsed.repetitions))
    peers.show(result | {"peak_megabytes": peers.peak_megabytes()})


def trainer(folder, method, tag_count, way, attention):
    type = torch.bfloat16 if way == "cast" else torch.float32
    base = AutoModelForTokenClassification.from_pretrained(
        folder, num_labels=tag_count, attn_implementation=attention, dtype=type
    )
    common = {"task_type": "TOKEN_CLS", "num_virtual_tokens": VIRTUAL}
    if method == "soft":
        configuration = PromptEncoderConfig(
            encoder_reparameterization_type="LSTM",
            encoder_hidden_size=base.config.hidden_size,
            encoder_num_layers=2,
            **common,
        )
    else:
        configuration = PrefixTuningConfig(**common)
    model = get_peft_model(base, configuration)
    model.train()
    base.bert.eval()
    trained = [p for p in model.parameters() if p.requires_grad]
    assert not any(p.requires_grad for p in base.bert.parameters())
    optimizer = torch.optim.AdamW(trained, lr=1e-3, weight_decay=0.0)

    def prepare(batch):
        return [torch.from_numpy(x) for x in (batch.ids, batch.mask, batch.rows, batch.targets)]

    def work(prepared):
        ids, mask, rows, targets = prepared
        products = torch.autocast("cpu", dtype=torch.bfloat16) if way == "autocast" else contextlib.nullcontext()
        with products:
            logits = model(input_ids=ids, attention_mask=mask).logits
        loss = nn.functional.cross_entropy(logits.reshape(-1, tag_count)[rows].float(), targets)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()

    return prepare, work


if __name__ == "__main__":
    main()
