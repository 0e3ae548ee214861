"""Ways to tag by PyTorch: `transformers` BertModel and a linear head, in inference mode."""

import contextlib

import torch
import transformers
from transformers import BertModel

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()

ENGINE = f"torch {torch.__version__.split('+')[0]}"


def variants(parsed, tag_count):
    """In float32 eager or SDPA attention; in bf16 the whole model in bfloat16 (`cast`) or the products
    alone (`autocast`), with either attention."""
    torch.set_num_threads(parsed.threads)
    torch.manual_seed(1)
    if parsed.precision == "int8":
        raise SystemExit("torch_tagger: int8 is measured by onnxruntime")
    ways = ["cast", "autocast"] if parsed.precision == "bf16" else [""]

    def maker(way, attention):
        return lambda: tagger(parsed.encoder, tag_count, way, attention)

    return {f"{way} {a}".strip(): maker(way, a) for way in ways for a in ["sdpa", "eager"]}


def tagger(folder, tag_count, way, attention):
    type = torch.bfloat16 if way == "cast" else torch.float32
    encoder = BertModel.from_pretrained(
        folder, attn_implementation=attention, dtype=type, add_pooling_layer=False
    ).eval()
    width = encoder.config.hidden_size
    head = torch.nn.Linear(width, tag_count, dtype=type)

    def prepare(batch):
        return [torch.from_numpy(x) for x in (batch.ids, batch.mask, batch.rows)]

    def work(prepared):
        ids, mask, rows = prepared
        products = torch.autocast("cpu", dtype=torch.bfloat16) if way == "autocast" else contextlib.nullcontext()
        with torch.inference_mode(), products:
            hidden = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
            return head(hidden.reshape(-1, width)[rows]).argmax(-1)

    return prepare, work
