#!/usr/bin/env python3
"""Golden values for prompt reparameterizations and for the optimiser, from PyTorch and `peft`.

    python tools/golden/prompts.py [--output FILE]

needs `torch`, `transformers`, `peft` and `safetensors`, and writes
Tests/PTuningTests/Fixtures/prompts-golden.safetensors. Everything is computed in float64 from float32
inputs and stored as F32. Linear weights are [out, in]; LSTM gates stand in PyTorch's order i, f, g, o.

Reparameterizations, C being one of
    lstm      PEFT's: 5 rows of 6; LSTM 6 -> 4 a direction, 2 layers, bidirectional;
              Linear(8, 8), ReLU, Linear(8, 6)
    lstm-few  P-tuning's few-shot variant: 5 rows of 6; LSTM 6 -> 6 a direction;
              Linear(12, 6), ReLU, Linear(6, 6)
    lstm-one  as lstm, one row only
    mlp       PEFT's: 5 rows of 6; Linear(6, 7), ReLU, Linear(7, 7), ReLU, Linear(7, 6)
    mlp-few   P-tuning's few-shot variant: 5 rows of 6; Linear(6, 6), ReLU, Linear(6, 6)
    C.parameter.NAME   a parameter; NAME is PEFT's: embedding.weight [rows, 6];
                       lstm_head.weight_ih_l0 [4h, in], .weight_hh_l0 [4h, h], .bias_ih_l0 [4h], .bias_hh_l0 [4h],
                       the same with _reverse, and with _l1 (whose input is [forward, reverse], 2h wide);
                       mlp_head.0.weight, .0.bias, .2.weight, .2.bias, for mlp .4.weight, .4.bias
    C.output           [rows, 6]
    C.upstream         [rows, 6]   G: the loss is sum(G * output)
    C.gradient.NAME    d loss / d parameter, shaped as the parameter

AdamW (`torch.optim.AdamW`), N = 0 (no weight decay), 1 (all settings differ, rates vary), 2 (eps matters)
    adamwN.settings    [4]         beta1, beta2, epsilon, weight decay
    adamwN.rates       [5]         learning rate of each step
    adamwN.initial     [3, 4]
    adamwN.gradients   [5, 3, 4]   of each step
    adamwN.values      [5, 3, 4]   the parameter after each step

Linear warm-up and decay (`get_linear_schedule_with_warmup`), N = 0 to 3
    scheduleN.warmup, scheduleN.total   [1]   steps
    scheduleN.factors  [total]     by which the rate of step i (from 0) is multiplied

Clipping (`clip_grad_norm_`, one norm over both), N = 0 (clipped), 1 (short enough already), 2 (all zero)
    clipN.maximum, clipN.norm      [1]
    clipN.gradient.a [3, 4], clipN.gradient.b [5]; clipN.clipped.a, clipN.clipped.b
"""

import argparse
import pathlib

import peft
import torch
import transformers
from peft import PromptEncoder, PromptEncoderConfig
from safetensors.torch import save_file
from torch import nn

ROOT = pathlib.Path(__file__).resolve().parents[2]


class FewShotEncoder(nn.Module):
    """P-tuning's few-shot prompt encoder, with PEFT's names."""

    def __init__(self, rows, width, lstm):
        super().__init__()
        self.embedding = nn.Embedding(rows, width)
        if lstm:
            self.lstm_head = nn.LSTM(width, width, num_layers=2, bidirectional=True, batch_first=True)
        self.mlp_head = nn.Sequential(
            nn.Linear(2 * width if lstm else width, width), nn.ReLU(), nn.Linear(width, width)
        )

    def forward(self, indices):
        rows = self.embedding(indices)
        return self.mlp_head(self.lstm_head(rows)[0] if hasattr(self, "lstm_head") else rows)


def from_peft(kind, rows, hidden):
    return PromptEncoder(
        PromptEncoderConfig(
            task_type="TOKEN_CLS", num_virtual_tokens=rows, token_dim=6,
            num_transformer_submodules=1, num_attention_heads=1, num_layers=1,
            encoder_reparameterization_type=kind, encoder_hidden_size=hidden,
            encoder_num_layers=2, encoder_dropout=0.0,
        )
    )  # fmt: skip


def reparameterization(name, module, generator):
    module = module.double()
    with torch.no_grad():
        for key, value in sorted(module.named_parameters()):
            scale = 0.2 if "bias" in key else 0.7
            value.copy_(scale * torch.randn(value.shape, generator=generator))
    rows = module.embedding.num_embeddings
    output = module(torch.arange(rows)[None])[0]
    upstream = torch.randn(output.shape, generator=generator)
    (upstream.double() * output).sum().backward()
    out = {f"{name}.output": output.detach(), f"{name}.upstream": upstream}
    for key, value in module.named_parameters():
        assert rows == 1 or value.grad.abs().max() > 0, f"{name}: {key} has no gradient"
        out[f"{name}.parameter.{key}"] = value.detach()
        out[f"{name}.gradient.{key}"] = value.grad
    return out


def adamw(name, settings, rates, scale, generator):
    beta1, beta2, epsilon, decay = settings
    initial = torch.randn((3, 4), generator=generator)
    gradients = scale * torch.randn((len(rates), 3, 4), generator=generator)
    parameter = nn.Parameter(initial.double())
    optimizer = torch.optim.AdamW(
        [parameter], lr=rates[0], betas=(beta1, beta2), eps=epsilon, weight_decay=decay
    )
    values = []
    for rate, gradient in zip(rates, gradients):
        optimizer.param_groups[0]["lr"] = rate
        parameter.grad = gradient.double()
        optimizer.step()
        values.append(parameter.detach().clone())
    return {
        f"{name}.settings": torch.tensor(settings, dtype=torch.float64),
        f"{name}.rates": torch.tensor(rates, dtype=torch.float64),
        f"{name}.initial": initial,
        f"{name}.gradients": gradients,
        f"{name}.values": torch.stack(values),
    }


def schedule(name, warmup, total):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = transformers.get_linear_schedule_with_warmup(optimizer, warmup, total)
    factors = []
    for _ in range(total):
        factors.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return {
        f"{name}.warmup": torch.tensor([float(warmup)]),
        f"{name}.total": torch.tensor([float(total)]),
        f"{name}.factors": torch.tensor(factors, dtype=torch.float64),
    }


def clip(name, scale, maximum, generator):
    shapes = {"a": (3, 4), "b": (5,)}
    gradients = {k: scale * torch.randn(s, generator=generator) for k, s in shapes.items()}
    parameters = {k: nn.Parameter(torch.zeros_like(v).double()) for k, v in gradients.items()}
    for key, parameter in parameters.items():
        parameter.grad = gradients[key].double()
    norm = nn.utils.clip_grad_norm_(parameters.values(), maximum)
    out = {f"{name}.maximum": torch.tensor([maximum]), f"{name}.norm": norm.reshape(1)}
    for key, parameter in parameters.items():
        out[f"{name}.gradient.{key}"] = gradients[key]
        out[f"{name}.clipped.{key}"] = parameter.grad
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--output",
        type=pathlib.Path,
        default=ROOT / "Tests/PTuningTests/Fixtures/prompts-golden.safetensors",
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(13)
    tensors = {}
    for name, module in {
        "lstm": from_peft("LSTM", 5, 4),
        "lstm-few": FewShotEncoder(5, 6, lstm=True),
        "lstm-one": from_peft("LSTM", 1, 4),
        "mlp": from_peft("MLP", 5, 7),
        "mlp-few": FewShotEncoder(5, 6, lstm=False),
    }.items():
        tensors |= reparameterization(name, module, generator)
    tensors |= adamw("adamw0", [0.9, 0.999, 1e-8, 0.0], [1e-3] * 5, 1, generator)
    tensors |= adamw("adamw1", [0.8, 0.95, 1e-6, 0.1], [0.01, 0.05, 0.04, 0.02, 0.0], 1, generator)
    tensors |= adamw("adamw2", [0.9, 0.999, 1e-3, 0.01], [0.1] * 5, 1e-3, generator)
    for n, (warmup, total) in enumerate([(6, 100), (0, 10), (3, 7), (1, 1)]):
        tensors |= schedule(f"schedule{n}", warmup, total)
    tensors |= clip("clip0", 2.0, 1.0, generator)
    tensors |= clip("clip1", 0.01, 1.0, generator)
    tensors |= clip("clip2", 0.0, 1.0, generator)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    save_file(
        {k: v.detach().float().contiguous() for k, v in tensors.items()},
        arguments.output,
        metadata={
            # One key only: safetensors writes several in no fixed order.
            "made with": f"torch {torch.__version__.split('+')[0]}, peft {peft.__version__}, "
            f"transformers {transformers.__version__}"
        },
    )
    print(f"{arguments.output.name}: {len(tensors)} tensors, {arguments.output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
