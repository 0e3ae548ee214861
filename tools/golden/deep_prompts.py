#!/usr/bin/env python3
"""Golden values for deep prompts, from `transformers`: its BERT with `past_key_values`.

    python tools/golden/deep_prompts.py [--real FOLDER] [--output FOLDER]

needs `torch`, `transformers` (5 or later) and `safetensors`, reads the tiny encoders that
tools/golden/encoder.py wrote into Tests/EncodersTests/Fixtures, and writes there

    tiny-uncased-gelu.deep.golden.safetensors, tiny-cased-gelu-new.deep.golden.safetensors
    all-MiniLM-L6-v2.deep.golden.safetensors    only with --real, which names the folder of the real one

The prompts are what prefix tuning (P-tuning v2, PEFT) hands to `BertModel`: a `DynamicCache` of N keys and
values a layer, the same for every sequence, and an attention mask over prefix and text. Without
`is_decoder`, `transformers` 5 attends in both directions over cache and text, where the two-dimensional mask
is as long as both together. Without `position_ids` it counts positions from the length of the cache, so
words stand at N, N + 1, …, as in P-tuning v2 and PEFT ("shifted"); with `position_ids` words stay at 0, 1, …
("unmoved"). Sequences are padded and masked here; the fixture holds their rows end to end without padding.
Everything is computed in float64 and rounded to float32; a run in float32 must agree.

A golden file holds, all as F32, with L layers, N prompts a layer, H hidden size:

    keys, values            [L, N, H]    the heads side by side in the columns, as a key projection has them
    shapes                  [S, H]       row s - 1 is added to the input rows of shape s
    soft                    [P, H]       rows that stand in the place of word embeddings
    mix.weights, mix.scale  [L + 1], [1] scale * sum(softmax(weights)[i] * states[i]) (ELMo, Peters et al. 2018)

and for M from 0 while `caseM.ids` exists:

    caseM.lengths           [sequences]
    caseM.first             [1]          the first position: 0 (unmoved) or N (shifted)
    caseM.ids               [rows]       wordpiece ids; -1 - i is soft row i
    caseM.segments          [rows]       0 or 1
    caseM.shapes            [rows]       from 1; 0 is none
    caseM.rows              [chosen]     ascending row numbers that the tensors below speak of
    caseM.states            [L + 1, chosen, H]  the embedding's output and each layer's; with --real not stored
    caseM.hidden            [chosen, H]  the last hidden state; with --real alone, as the last of `states`
    caseM.mixed             [chosen, H]  the mix of the states, where the loss is of the mix
    caseM.upstream          [chosen, H]  G: the loss is sum(G * hidden), or sum(G * mixed) where there is a mix
    caseM.gradient          [chosen, H]  of the loss by the input rows (word or soft, shape, position and segment
                                         summed, before the LayerNorm)
    caseM.gradient.keys, .values         [L, N, H]
    caseM.gradient.shapes   [S, H]       where a row has a shape
    caseM.gradient.soft     [P, H]       where a row is soft
    caseM.gradient.weights, .scale       [L + 1], [1]; where there is a mix

`upstream` and the gradients are there together or not at all.
"""

import argparse
import pathlib

import torch
from safetensors.torch import save_file
from transformers import BertModel, DynamicCache

from encoder import METADATA, ROOT, draw_ids

SHAPES = 3
SOFT = 2


def load(folder):
    return BertModel.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32, add_pooling_layer=False
    ).eval()


def draw_prompts(config, count, deviation, generator):
    """What all cases of a file share; deviation of keys and values such that prompts get much attention."""
    layers, width = config.num_hidden_layers, config.hidden_size
    return {
        "keys": deviation * torch.randn((layers, count, width), generator=generator),
        "values": deviation * torch.randn((layers, count, width), generator=generator),
        "shapes": 0.3 * torch.randn((SHAPES, width), generator=generator),
        "soft": 0.3 * torch.randn((SOFT, width), generator=generator),
        "mix.weights": torch.randn((layers + 1,), generator=generator),
        "mix.scale": torch.tensor([1.3]),
    }


def draw_batch(lengths, specials, high, generator):
    """ids and segments of sequences, end to end; those of more than 3 rows have a second segment."""
    cls, sep, low = specials
    ids, segments = [], []
    for length in lengths:
        i, s = draw_ids(length, cls, sep, low, high, length > 3, generator)
        ids += i
        segments += s
    return ids, segments


def forward(model, prompts, lengths, ids, segments, shapes, shifted):
    """States of every layer, [L + 1, rows, H], and the embedded input rows, whose gradient is kept."""
    config = model.config
    dtype = prompts["keys"].dtype
    words = model.get_input_embeddings().weight
    embedded = torch.stack([words[i] if i >= 0 else prompts["soft"][-1 - i] for i in ids])
    none = torch.zeros((1, config.hidden_size), dtype=dtype)
    embedded = embedded + torch.cat([none, prompts["shapes"]])[torch.tensor(shapes)]
    if embedded.requires_grad:
        embedded.retain_grad()
    count, longest = len(lengths), max(lengths)
    real = torch.zeros((count, longest), dtype=torch.bool)
    for n, length in enumerate(lengths):
        real[n, :length] = True
    padded = torch.zeros((count, longest, config.hidden_size), dtype=dtype)
    padded[real] = embedded
    token_types = torch.zeros((count, longest), dtype=torch.long)
    token_types[real] = torch.tensor(segments)

    prefix = prompts["keys"].shape[1]
    cache = DynamicCache(config=config)
    for layer in range(config.num_hidden_layers):
        split = (1, prefix, config.num_attention_heads, -1)
        keys, values = (
            prompts[name][layer].view(split).transpose(1, 2).expand(count, -1, -1, -1)
            for name in ["keys", "values"]
        )
        cache.update(keys, values, layer)
    mask = torch.cat([torch.ones((count, prefix), dtype=torch.long), real.long()], 1)
    # Padding gets positions, as it must; nothing sees it.
    positions = None if shifted else torch.arange(longest)[None].expand(count, -1)
    out = model(
        inputs_embeds=padded, token_type_ids=token_types, attention_mask=mask, position_ids=positions,
        past_key_values=cache, output_hidden_states=True,
    )  # fmt: skip
    assert (out.hidden_states[-1] == out.last_hidden_state).all()
    return torch.stack([state[real] for state in out.hidden_states]), embedded


def case(models, prompts, batch, shifted, generator, shapes=None, mixed=False, chosen=None, gradients=True):
    """The tensors of one case, without their `caseM.` prefix; `chosen` rows, or all with their states."""
    single, double = models
    lengths, ids, segments = batch
    shapes = shapes or [0] * len(ids)
    exact = {name: value.double().requires_grad_(gradients) for name, value in prompts.items()}
    if gradients:
        double.requires_grad_(True)
    states, embedded = forward(double, exact, lengths, ids, segments, shapes, shifted)
    with torch.no_grad():
        rough, _ = forward(single, prompts, lengths, ids, segments, shapes, shifted)
    assert (rough.double() - states.detach()).abs().max() < 1e-4, "float32 and float64 differ"

    rows = list(range(len(ids))) if chosen is None else chosen
    out = {
        "lengths": torch.tensor(lengths),
        "first": torch.tensor([prompts["keys"].shape[1] if shifted else 0]),
        "ids": torch.tensor(ids),
        "segments": torch.tensor(segments),
        "shapes": torch.tensor(shapes),
        "rows": torch.tensor(rows),
    }
    loss_of = states[-1]
    if mixed:
        weights = torch.softmax(exact["mix.weights"], 0)
        loss_of = exact["mix.scale"] * torch.einsum("l,lrh->rh", weights, states)
        out["mixed"] = loss_of[rows]
    if chosen is None:
        out["states"] = states
    else:
        out["hidden"] = states[-1][rows]
    if gradients:
        upstream = torch.randn((len(rows), loss_of.shape[1]), generator=generator)
        (upstream.double() * loss_of[rows]).sum().backward()
        out["upstream"] = upstream
        out["gradient"] = embedded.grad[rows]
        out["gradient.keys"] = exact["keys"].grad
        out["gradient.values"] = exact["values"].grad
        if any(shapes):
            out["gradient.shapes"] = exact["shapes"].grad
        if min(ids) < 0:
            out["gradient.soft"] = exact["soft"].grad
        if mixed:
            out["gradient.weights"] = exact["mix.weights"].grad
            out["gradient.scale"] = exact["mix.scale"].grad
    double.zero_grad()
    return {name: value.detach().float().contiguous() for name, value in out.items()}


def check_written_out(model, prompts, batch):
    """Prefixes of one sequence without padding are no more than a longer softmax: the first layer by hand."""
    lengths, ids, segments = batch
    states, _ = forward(model, prompts, lengths, ids, segments, [0] * len(ids), False)
    layer, config = model.encoder.layer[0], model.config
    x = states[0]
    own = layer.attention.self
    keys = torch.cat([prompts["keys"][0], own.key(x)])
    values = torch.cat([prompts["values"][0], own.value(x)])
    size = config.hidden_size // config.num_attention_heads
    context = torch.cat(
        [
            torch.softmax(own.query(x)[:, c] @ keys[:, c].T / size**0.5, -1) @ values[:, c]
            for c in (slice(h * size, (h + 1) * size) for h in range(config.num_attention_heads))
        ],
        -1,
    )
    attended = layer.attention.output(context, x)
    expected = layer.output(layer.intermediate(attended), attended)
    assert (expected - states[1]).abs().max() < 1e-5, "transformers does not attend to the whole prefix"


def write(path, prompts, cases):
    tensors = dict(prompts) | {f"case{n}.{k}": v for n, c in enumerate(cases) for k, v in c.items()}
    save_file(tensors, path, metadata=METADATA)
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


def both(folder):
    """The model in float32 and in float64."""
    single = load(folder)
    double = BertModel(single.config, add_pooling_layer=False).double().eval()
    double.load_state_dict({name: value.double() for name, value in single.state_dict().items()})
    return single, double


def tiny(output, name, seed):
    models = both(output / name)
    config = models[0].config
    generator = torch.Generator().manual_seed(seed)
    prompts = draw_prompts(config, 5, 1.0, generator)

    def batch(lengths):
        return (lengths, *draw_batch(lengths, (2, 3, 5), config.vocab_size, generator))

    with torch.no_grad():
        check_written_out(models[0], prompts, batch([9]))
    cases = [
        case(models, prompts, batch([1, 4, 9, 20]), False, generator),
        case(models, prompts, batch([6, 1, 8]), True, generator),
        case(models, prompts, batch([1]), False, generator),
        case(models, prompts, batch([1]), True, generator),
    ]
    # All at once: soft rows (one of them twice), shapes, deep prompts and the mix.
    for shifted in [False, True]:
        lengths, ids, segments = batch([7, 3, 1])
        ids[1], ids[2], ids[8], ids[10] = -1, -2, -1, -2
        shapes = [0, 0, 0, 3, 1, 1, 0, 0, 2, 0, 3]
        cases.append(case(models, prompts, (lengths, ids, segments), shifted, generator, shapes, True))
    write(output / f"{name}.deep.golden.safetensors", prompts, cases)


def real(output, folder):
    models = both(folder)
    generator = torch.Generator().manual_seed(40)
    prompts = draw_prompts(models[0].config, 2, 0.5, generator)
    lengths = [13, 1, 6]
    batch = (lengths, *draw_batch(lengths, (101, 102, 1000), models[0].config.vocab_size, generator))
    with torch.no_grad():
        one = ([13], batch[1][:13], batch[2][:13])
        check_written_out(models[0], prompts, one)
    chosen = [0, 6, 12, 13, 19]
    cases = [
        case(models, prompts, batch, False, generator, chosen=chosen),
        case(models, prompts, batch, True, generator, chosen=chosen, gradients=False),
    ]
    keep = {name: prompts[name] for name in ["keys", "values"]}
    write(output / f"{folder.name}.deep.golden.safetensors", keep, cases)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--real", type=pathlib.Path, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "Tests/EncodersTests/Fixtures")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tiny(arguments.output, "tiny-uncased-gelu", seed=11)
    tiny(arguments.output, "tiny-cased-gelu-new", seed=13)
    if arguments.real:
        real(arguments.output, arguments.real)


if __name__ == "__main__":
    main()
