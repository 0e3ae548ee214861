#!/usr/bin/env python3
"""PyTorch's side of the tagging benchmark: `transformers` BertModel and a linear head, float32.

    python peer_tagging.py --sentences FILE [--threads N] [--batch 32] [--repetitions 3]

It is given every advantage: sentences sorted by length so that little is padding, tensors made before the clock
starts, inference mode, and the faster of eager and SDPA attention. Timed are encoder, head on the words' first
wordpieces, and argmax.
"""

import torch
from transformers import BertModel

import peers


def main():
    parsed, sentences = peers.arguments(__doc__.split("\n")[0])
    items = peers.batches(sentences, parsed.batch, by_length=True)

    def make(attention):
        encoder = BertModel.from_pretrained(
            parsed.encoder, attn_implementation=attention, dtype=torch.float32, add_pooling_layer=False
        ).eval()
        width = encoder.config.hidden_size
        head = torch.nn.Linear(width, len(peers.labels(sentences)))

        def work(batch):
            hidden = encoder(input_ids=batch.ids, attention_mask=batch.mask).last_hidden_state
            return head(hidden.reshape(-1, width)[batch.rows]).argmax(-1)

        return work

    with torch.inference_mode():
        peers.measure("tagging", make, items, parsed, sentences)


if __name__ == "__main__":
    main()
