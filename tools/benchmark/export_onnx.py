#!/usr/bin/env python3
"""Writes the encoder with a head for tags as the ONNX models that tools/bench measures.

    python export_onnx.py --encoder FOLDER --tags N --output FOLDER

Four files: plain-float32-N.onnx as torch.onnx.export writes it, fused-float32-N.onnx after ONNX Runtime's optimizer
for BERT, and both with weights quantised to 8 bits per channel and activations as they come (`quantize_dynamic`).
Nothing is done where they are there and were made by the same versions of the libraries. Needs torch, transformers,
onnx and onnxruntime.
"""

import argparse
import json
import logging
import pathlib
import warnings

INPUTS = ["input_ids", "attention_mask", "token_type_ids"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--encoder", type=pathlib.Path, required=True)
    parser.add_argument("--tags", type=int, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parsed = parser.parse_args()

    import onnx
    import onnxruntime
    import torch
    import transformers

    made_by = {m.__name__: m.__version__ for m in [onnx, onnxruntime, torch, transformers]}
    names = ["plain-float32", "fused-float32", "plain-int8", "fused-int8"]
    paths = {name: parsed.output / f"{name}-{parsed.tags}.onnx" for name in names}
    stamp = parsed.output / f"made-by-{parsed.tags}.json"
    if stamp.exists() and json.loads(stamp.read_text()) == made_by and all(p.exists() for p in paths.values()):
        return
    parsed.output.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()

    torch.manual_seed(1)
    # The optimizer knows the graph that eager attention makes.
    model = transformers.AutoModelForTokenClassification.from_pretrained(
        parsed.encoder, num_labels=parsed.tags, attn_implementation="eager", dtype=torch.float32
    ).eval()
    ids = torch.randint(1000, 2000, (2, 9))
    axes = {0: "batch", 1: "sequence"}
    torch.onnx.export(
        model,
        (ids, torch.ones_like(ids), torch.zeros_like(ids)),
        str(paths["plain-float32"]),
        input_names=INPUTS,
        output_names=["logits"],
        dynamic_axes={name: axes for name in [*INPUTS, "logits"]},
        opset_version=17,
        dynamo=False,
    )

    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers import optimizer

    fused = optimizer.optimize_model(
        str(paths["plain-float32"]),
        model_type="bert",
        num_heads=model.config.num_attention_heads,
        hidden_size=model.config.hidden_size,
        opt_level=0,
    )
    fused.save_model_to_file(str(paths["fused-float32"]))
    for way in ["plain", "fused"]:
        quantize_dynamic(
            str(paths[f"{way}-float32"]),
            str(paths[f"{way}-int8"]),
            per_channel=True,
            weight_type=QuantType.QInt8,
            # The type of what a fused node gives is not inferred.
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
    stamp.write_text(json.dumps(made_by))


if __name__ == "__main__":
    main()
