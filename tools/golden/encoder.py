#!/usr/bin/env python3
"""Golden values for the frozen encoder, from `transformers`.

    python tools/golden/encoder.py [--real FOLDER] [--output FOLDER]

needs `torch`, `transformers` (5 or later) and `safetensors`, and writes into Tests/EncodersTests/Fixtures:

    tiny-uncased-gelu/      a random BERT folder: 2 layers, hidden 32, 4 heads, `gelu`, tensor names
                            without prefix, `LayerNorm.weight`, an I64 `embeddings.position_ids`
    tiny-cased-gelu-new/    a random BERT folder: 3 layers, hidden 24, 3 heads, `gelu_new`, names with
                            the `bert.` prefix, `LayerNorm.gamma` and `.beta`, epsilon 1e-5, and a
                            `cls.predictions.bias` that an encoder has no use for
    tiny-uncased-gelu.golden.safetensors, tiny-cased-gelu-new.golden.safetensors
    all-MiniLM-L6-v2.golden.safetensors     only with --real, which names the folder of the real one

A golden file holds, all as F32, for N from 0 while `caseN.ids` exists:

    caseN.ids        [rows]              wordpiece ids; the first is [CLS], the last [SEP]
    caseN.segments   [rows]              0 or 1; all 0 where there is no second segment
    caseN.rows       [chosen]            ascending row numbers that the tensors below speak of
                                         (every row in the tiny files)
    caseN.hidden     [chosen, hidden]    last hidden state of those rows, computed in float32
    caseN.upstream   [chosen, hidden]    G: the loss is sum(G * hidden) over those rows, 0 elsewhere
    caseN.gradient   [chosen, hidden]    d loss / d word-embedding row (`inputs_embeds`) of those
                                         rows, computed in float64, then rounded

`upstream` and `gradient` are there together or not at all. Positions count from 0. Attention is
eager, dropout off. The metadata says which versions computed it.
"""

import argparse
import json
import pathlib

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertModel

ROOT = pathlib.Path(__file__).resolve().parents[2]
# One key only: safetensors writes several in no fixed order, and the files would differ from run to run.
METADATA = {"made with": f"torch {torch.__version__.split('+')[0]}, transformers {transformers.__version__}"}
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LOWER = [chr(c) for c in range(ord("a"), ord("z") + 1)]
UPPER = [c.upper() for c in LOWER]
UNCASED = SPECIALS + LOWER + ["##" + c for c in LOWER] + [".", ",", "'"]
CASED = SPECIALS + LOWER + UPPER + ["##" + c for c in LOWER] + [".", ",", "'", "-"]


def random_model(config, seed):
    """A BERT whose every parameter is far from its usual initial value, so that any slip shows."""
    generator = torch.Generator().manual_seed(seed)
    model = BertModel(config, add_pooling_layer=True).eval()
    with torch.no_grad():
        for name, value in sorted(model.named_parameters()):
            noise = torch.randn(value.shape, generator=generator)
            if name.endswith("LayerNorm.weight"):
                value.copy_(1 + 0.3 * noise)
            else:
                value.copy_(0.2 * noise)
    return model


def write_folder(folder, model, vocabulary, lower_case, rename, extra):
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {rename(k): v.detach().clone() for k, v in model.named_parameters()}
    save_file(tensors | extra, folder / "model.safetensors", metadata={"format": "pt"})
    c = model.config
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_act": c.hidden_act,
        "hidden_size": c.hidden_size,
        "intermediate_size": c.intermediate_size,
        "layer_norm_eps": c.layer_norm_eps,
        "max_position_embeddings": c.max_position_embeddings,
        "num_attention_heads": c.num_attention_heads,
        "num_hidden_layers": c.num_hidden_layers,
        "pad_token_id": 0,
        "position_embedding_type": "absolute",
        "type_vocab_size": c.type_vocab_size,
        "vocab_size": c.vocab_size,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (folder / "vocab.txt").write_text("".join(v + "\n" for v in vocabulary))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"do_lower_case": lower_case, "tokenizer_class": "BertTokenizer"}, indent=2) + "\n"
    )


def case(model, ids, segments, chosen, generator, with_gradient):
    """The tensors of one case, without their `caseN.` prefix."""
    ids, segments, chosen = torch.tensor(ids), torch.tensor(segments), torch.tensor(chosen)
    with torch.no_grad():
        hidden = model(input_ids=ids[None], token_type_ids=segments[None]).last_hidden_state[0]
    out = {
        "ids": ids.float(),
        "segments": segments.float(),
        "rows": chosen.float(),
        "hidden": hidden[chosen].contiguous(),
    }
    if with_gradient:
        upstream = torch.randn((len(chosen), model.config.hidden_size), generator=generator)
        double = BertModel(model.config, add_pooling_layer=False).double().eval()
        double.load_state_dict(
            {k: v.double() for k, v in model.state_dict().items() if not k.startswith("pooler.")},
        )
        rows = double.get_input_embeddings()(ids[None]).detach().requires_grad_()
        exact = double(inputs_embeds=rows, token_type_ids=segments[None]).last_hidden_state[0]
        assert (exact.detach() - hidden.double()).abs().max() < 1e-4
        (upstream.double() * exact[chosen]).sum().backward()
        out["upstream"] = upstream
        out["gradient"] = rows.grad[0][chosen].float().contiguous()
    return out


def draw_ids(length, cls, sep, low, high, second, generator):
    """Random wordpieces between [CLS] and [SEP]; with a second segment, a [SEP] where it starts."""
    ids = torch.randint(low, high, (length,), generator=generator).tolist()
    ids[0], ids[-1] = cls, sep
    segments = [0] * length
    if second:
        split = max(1, (length * 2) // 5)
        if 1 < split < length - 1:
            ids[split - 1] = sep
        segments[split:] = [1] * (length - split)
    return ids, segments


def spread(length, count):
    """`count` rows, the first and last among them, evenly spread."""
    if length <= count:
        return list(range(length))
    return sorted({round(i * (length - 1) / (count - 1)) for i in range(count)})


def write_golden(path, cases):
    tensors = {f"case{n}.{k}": v for n, c in enumerate(cases) for k, v in c.items()}
    save_file(tensors, path, metadata=METADATA)
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


def tiny(output, name, config, vocabulary, lower_case, rename, extra, seed):
    model = random_model(config, seed)
    write_folder(output / name, model, vocabulary, lower_case, rename, extra(model))
    generator = torch.Generator().manual_seed(seed + 1)
    cases = []
    for length, second in [
        (2, False), (2, True), (5, False), (9, True), (17, False), (31, True), (64, False), (64, True)
    ]:  # fmt: skip
        ids, segments = draw_ids(length, 2, 3, 5, len(vocabulary), second, generator)
        cases.append(case(model, ids, segments, list(range(length)), generator, True))
    write_golden(output / f"{name}.golden.safetensors", cases)


def real(output, folder):
    model = BertModel.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32, add_pooling_layer=False
    ).eval()
    generator = torch.Generator().manual_seed(20)
    cases = []
    for length in [2, 3, 17, 64, 128, 333, 511, 512]:
        for second in [False, True]:
            ids, segments = draw_ids(length, 101, 102, 1000, model.config.vocab_size, second, generator)
            with_gradient = (length, second) in [(3, False), (64, True), (333, False), (512, True)]
            cases.append(case(model, ids, segments, spread(length, 6), generator, with_gradient))
    write_golden(output / f"{folder.name}.golden.safetensors", cases)


def check_folder(folder, golden):
    """What was written is read back by `transformers` itself, and gives what was recorded."""
    model = BertModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    expected = load_file(golden)
    with torch.no_grad():
        hidden = model(
            input_ids=expected["case3.ids"].long()[None],
            token_type_ids=expected["case3.segments"].long()[None],
        ).last_hidden_state[0]
    difference = (hidden - expected["case3.hidden"]).abs().max().item()
    assert difference < 1e-5, f"{folder.name}: differs by {difference}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--real", type=pathlib.Path, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "Tests/EncodersTests/Fixtures")
    arguments = parser.parse_args()
    torch.set_num_threads(1)

    def old_names(name):
        name = name.replace("LayerNorm.weight", "LayerNorm.gamma")
        return "bert." + name.replace("LayerNorm.bias", "LayerNorm.beta")

    tiny(
        arguments.output,
        "tiny-uncased-gelu",
        BertConfig(
            vocab_size=len(UNCASED), hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
            intermediate_size=64, max_position_embeddings=64, hidden_act="gelu",
            attn_implementation="eager",
        ),
        UNCASED, True, lambda name: name,
        lambda model: {"embeddings.position_ids": torch.arange(64)[None]},
        seed=1,
    )  # fmt: skip
    tiny(
        arguments.output,
        "tiny-cased-gelu-new",
        BertConfig(
            vocab_size=len(CASED), hidden_size=24, num_hidden_layers=3, num_attention_heads=3,
            intermediate_size=48, max_position_embeddings=64, hidden_act="gelu_new",
            layer_norm_eps=1e-5, attn_implementation="eager",
        ),
        CASED, False, old_names,
        lambda model: {"cls.predictions.bias": torch.ones(len(CASED))},
        seed=3,
    )  # fmt: skip
    for name in ["tiny-uncased-gelu", "tiny-cased-gelu-new"]:
        check_folder(arguments.output / name, arguments.output / f"{name}.golden.safetensors")
    if arguments.real:
        real(arguments.output, arguments.real)


if __name__ == "__main__":
    main()
