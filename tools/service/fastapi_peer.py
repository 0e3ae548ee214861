#!/usr/bin/env python3
"""What a team would write instead: FastAPI and ONNX Runtime, int8, one model, a request at a time on each worker.

    MODEL=fused-int8-13.onnx ENCODER=models/all-MiniLM-L6-v2 uvicorn fastapi_peer:app --workers 2

`POST /v1/tag` of `{"tokens": [...]}`, as the service has it; tags are numbers, since the model's head is not trained. Needs fastapi,
uvicorn, onnxruntime, numpy and tokenizers.
"""

import os

import numpy
import onnxruntime
from fastapi import FastAPI
from pydantic import BaseModel
from tokenizers import Tokenizer

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(os.environ.get("THREADS", 1))
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
session = onnxruntime.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
types = {i.name: numpy.int32 if "int32" in i.type else numpy.int64 for i in session.get_inputs()}
tokenizer = Tokenizer.from_file(os.path.join(os.environ["ENCODER"], "tokenizer.json"))
tokenizer.no_truncation()
tokenizer.no_padding()
app = FastAPI()


class TagRequest(BaseModel):
    tokens: list[str]
    adapter: str | None = None


@app.post("/v1/tag")
def tag(request: TagRequest):
    encoding = tokenizer.encode(request.tokens, is_pretokenized=True)
    values = {"input_ids": encoding.ids, "attention_mask": encoding.attention_mask, "token_type_ids": encoding.type_ids}
    inputs = {name: numpy.array([values[name]], dtype=kind) for name, kind in types.items()}
    (logits,) = session.run(["logits"], inputs)
    exponents = numpy.exp(logits[0] - logits[0].max(-1, keepdims=True))
    probabilities = exponents / exponents.sum(-1, keepdims=True)
    spans, words = [], encoding.word_ids
    for row, word in enumerate(words):
        if word is not None and word != words[row - 1]:
            best = int(probabilities[row].argmax())
            if best:
                spans.append({"start": word, "end": word + 1, "label": str(best), "confidence": float(probabilities[row, best])})
    return {"tokens": request.tokens, "spans": spans}
