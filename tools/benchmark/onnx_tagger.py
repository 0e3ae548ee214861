"""Ways to tag by ONNX Runtime, with the models that export_onnx.py wrote."""

import numpy
import onnxruntime

ENGINE = f"onnxruntime {onnxruntime.__version__}"
INPUTS = ["input_ids", "attention_mask", "token_type_ids"]


def variants(parsed, tag_count):
    """`fused`: the graph that ONNX Runtime's optimizer for BERT made (one node for attention, bias and
    GELU, residual and LayerNorm); `plain`: what torch.onnx.export wrote."""
    if parsed.precision == "bf16":
        raise SystemExit("onnx_tagger: onnxruntime has no bf16 on processors")
    onnxruntime.set_default_logger_severity(3)

    def maker(name):
        path = parsed.models / f"{name}-{parsed.precision}-{tag_count}.onnx"
        return lambda: tagger(path, parsed.threads)

    return {name: maker(name) for name in ["fused", "plain"]}


def tagger(path, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    wanted = {i.name: numpy.int32 if "int32" in i.type else numpy.int64 for i in session.get_inputs()}

    def prepare(batch):
        values = dict(zip(INPUTS, [batch.ids, batch.mask, numpy.zeros_like(batch.ids)]))
        return {name: values[name].astype(type) for name, type in wanted.items()}, batch.rows

    def work(prepared):
        inputs, rows = prepared
        (logits,) = session.run(["logits"], inputs)
        return logits.reshape(-1, logits.shape[-1])[rows].argmax(-1)

    return prepare, work
