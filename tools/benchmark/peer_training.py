#!/usr/bin/env python3
"""PyTorch's side of the training benchmark: P-tuning by `peft`, float32.

    python peer_training.py --sentences FILE [--threads N] [--batch 32] [--repetitions 3]

16 virtual tokens from an LSTM of the encoder's width (2 layers, bidirectional), a linear head on the words' first
wordpieces, AdamW, gradient norm clipped at 1. Timed are forward, backward and step, batches in the file's order.
The encoder's own dropout is off, as on our side, and tensors are made before the clock starts. With
--group-by-length, batches hold sentences of like length, so that little is padding.
"""

import torch
from peft import PromptEncoderConfig, get_peft_model
from torch import nn
from transformers import AutoModelForTokenClassification

import peers

VIRTUAL = 16


def main():
    parsed, sentences = peers.arguments(__doc__.split("\n")[0])
    items = peers.batches(sentences, parsed.batch, by_length=parsed.group_by_length, shift=VIRTUAL)
    count = len(peers.labels(sentences))

    def make(attention):
        base = AutoModelForTokenClassification.from_pretrained(
            parsed.encoder, num_labels=count, attn_implementation=attention, dtype=torch.float32
        )
        model = get_peft_model(
            base,
            PromptEncoderConfig(
                task_type="TOKEN_CLS",
                num_virtual_tokens=VIRTUAL,
                encoder_reparameterization_type="LSTM",
                encoder_hidden_size=base.config.hidden_size,
                encoder_num_layers=2,
            ),
        )
        model.train()
        base.bert.eval()
        trained = [p for p in model.parameters() if p.requires_grad]
        assert not any(p.requires_grad for p in base.bert.parameters())
        optimizer = torch.optim.AdamW(trained, lr=1e-3, weight_decay=0.0)

        def work(batch):
            logits = model(input_ids=batch.ids, attention_mask=batch.mask).logits
            loss = nn.functional.cross_entropy(logits.reshape(-1, count)[batch.rows], batch.targets)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()

        return work

    peers.measure("training", make, items, parsed, sentences)


if __name__ == "__main__":
    main()
