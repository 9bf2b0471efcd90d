"""Writes Tests/CheckpointsTests/Goldens/blocks.gguf, a file with every type that is read, and blocks.safetensors, its values;
layouts.gguf as city96's converter lays tensors out; and whole.gguf and converted.gguf, as
stable-diffusion.cpp does.

Reference: gguf 0.19 (GGUFWriter, quants.dequantize). Blocks are random bytes, so that every code of every field occurs.
"""

from pathlib import Path

import numpy as np
import torch
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType as T, GGUFWriter, quants
from safetensors.torch import save_file

goldens = Path(__file__).parents[2] / "Tests/CheckpointsTests/Goldens"
rng = np.random.default_rng(0)
expected = {}


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def note(name, value):
    expected[name] = torch.from_numpy(np.ascontiguousarray(value, dtype=np.float32))


writer = GGUFWriter(goldens / "blocks.gguf", "sdxl")
writer.add_quantization_version(2)
writer.add_string("note", "ü")
writer.add_uint8("u8", 255), writer.add_int8("i8", -3), writer.add_uint16("u16", 65535), writer.add_int16("i16", -300)
writer.add_int32("i32", -70000), writer.add_float32("f32", 0.25), writer.add_bool("yes", True)
writer.add_uint64("u64", 2**63), writer.add_int64("i64", -(2**40)), writer.add_float64("f64", 0.1)
writer.add_array("words", ["a", "bc", ""]), writer.add_array("numbers", [1, 2, 3]), writer.add_array("reals", [0.5, 1.5])
for kind in [T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q8_0, T.Q4_K, T.Q5_K, T.Q6_K]:
    count, size = GGML_QUANT_SIZES[kind]
    blocks = rng.integers(0, 256, (6, 1024 // count * size), dtype=np.uint8)
    # Scales that are infinite or no numbers, in one row alone.
    for at in [size - 2] if kind == T.Q6_K else [0, 2] if kind not in (T.Q4_0, T.Q5_0, T.Q8_0) else [0]:
        blocks[1:].reshape(-1, size)[:, at + 1] &= 0xBB
    writer.add_tensor(kind.name, blocks, raw_dtype=kind)
    note(kind.name, quants.dequantize(blocks, kind))
halves = rng.standard_normal((3, 4)).astype(np.float16)
writer.add_tensor("F16", halves)
note("F16", halves.astype(np.float32))
bfloats = torch.from_numpy(rng.standard_normal((3, 4))).bfloat16()
writer.add_tensor("BF16", bfloats.view(torch.uint8).numpy(), raw_dtype=T.BF16)
note("BF16", bfloats.float().numpy())
floats = rng.standard_normal(5).astype(np.float32)
writer.add_tensor("F32", floats)
note("F32", floats)
writer.add_tensor("F64", floats.astype(np.float64) / 3)
note("F64", (floats.astype(np.float64) / 3).astype(np.float32))
writer.add_tensor("I32", np.arange(-3, 4, dtype=np.int32))
finish(writer)

writer = GGUFWriter(goldens / "layouts.gguf", "sdxl")
weights = {
    "conv.weight": (rng.standard_normal((16, 16, 3, 3)), T.Q8_0),
    "narrow.weight": (rng.standard_normal((8, 320)), T.Q5_0),
    "wide.weight": (rng.standard_normal((8, 512)), T.Q4_0),
}
for name, (weight, kind) in weights.items():
    shape = weight.shape
    flat = weight.astype(np.float32)
    if shape[-1] % 256:
        flat = flat.reshape(-1, 256)
        writer.add_array(f"comfy.gguf.orig_shape.{name}", [int(size) for size in shape])
    blocks = quants.quantize(flat, kind)
    writer.add_tensor(name, blocks, raw_dtype=kind)
    note(f"layouts.{name}", quants.dequantize(blocks, kind).reshape(shape))
finish(writer)


# stable-diffusion.cpp names no architecture, and its matrices before and after attention are 1x1 convolutions.
class Bare(GGUFWriter):
    def add_architecture(self):
        pass


writer = Bare(goldens / "whole.gguf", "")
square = rng.standard_normal((4, 4, 1, 1)).astype(np.float16)
for name in ["model.diffusion_model.input_blocks.4.1.proj_in.weight", "first_stage_model.encoder.mid.attn_1.q.weight"]:
    writer.add_tensor(name, square)
note("whole.square", square.astype(np.float32))
finish(writer)
# And where it converts names, text encoders have transformers'; query, key and value are joined or not.
writer = Bare(goldens / "converted.gguf", "")
second = "cond_stage_model.1.transformer.text_model."
for name in [
    "model.diffusion_model.out.0.weight", "vae.decoder.conv_in.weight",
    "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight",
    f"{second}embeddings.token_embedding.weight", f"{second}embeddings.position_embedding.weight",
    f"{second}final_layer_norm.bias", f"{second}text_projection",
    f"{second}encoder.layers.31.self_attn.in_proj.weight", f"{second}encoder.layers.0.self_attn.q_proj.bias",
    f"{second}encoder.layers.0.self_attn.out_proj.weight", f"{second}encoder.layers.0.layer_norm1.weight",
    f"{second}encoder.layers.0.mlp.fc2.bias",
]:
    writer.add_tensor(name, np.zeros(3, dtype=np.float32))
finish(writer)
save_file(expected, goldens / "blocks.safetensors")
