"""Writes Tests/ModelsTests/Goldens/unet.gguf, the UNet of Tests/Goldens/sdxl with its authors' names as city96's converter lays it
out, in every type that the gguf package quantises to; and unet_gguf.safetensors, what diffusers makes of its values.

Reference: ComfyUI-GGUF 795e451 (tools/convert.py), gguf 0.19, diffusers 0.42.1 with its
scripts/convert_diffusers_to_original_sdxl.py, torch 2.13.0.

    python scripts/goldens/gguf_unet.py CHECKOUT_OF_DIFFUSERS CHECKOUT_OF_COMFYUI_GGUF
"""

import importlib.util
import itertools
import pathlib
import sys

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from gguf import GGMLQuantizationType as T, GGUFWriter, quants
from safetensors.torch import load_file, save_file

TESTS = pathlib.Path(__file__).parents[2] / "Tests"
GOLDENS = TESTS / "ModelsTests/Goldens"
# What the converter's companion, llama-quantize, leaves as it is.
KEPT = ["time_embed.", "label_emb.", "input_blocks.0.0.weight", "out.2.weight"]


def module(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


class Quantizer:
    """Takes what the converter writes, and quantises matrices in one type after the other."""

    def __init__(self, path):
        self.writer = GGUFWriter(path, "sdxl")
        self.types = itertools.cycle([T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q8_0])
        self.shapes, self.values = {}, {}

    def add_array(self, key, shape):
        self.writer.add_array(key, shape)
        self.shapes[key.removeprefix("comfy.gguf.orig_shape.")] = shape

    def add_tensor(self, name, data, raw_dtype):
        value = quants.dequantize(data, raw_dtype)
        if value.ndim == 2 and value.shape[1] % 32 == 0 and not any(kept in name for kept in KEPT):
            raw_dtype = next(self.types)
            data = quants.quantize(value, raw_dtype)
            value = quants.dequantize(data, raw_dtype)
        self.writer.add_tensor(name, data, raw_dtype=raw_dtype)
        shape = self.shapes.get(name, value.shape)
        self.values[name] = torch.from_numpy(np.ascontiguousarray(value).reshape(shape).astype(np.float32))


official = module(pathlib.Path(sys.argv[1]) / "scripts/convert_diffusers_to_original_sdxl.py")
city96 = module(pathlib.Path(sys.argv[2]) / "tools/convert.py")
unet = UNet2DConditionModel.from_pretrained(TESTS / "Goldens/sdxl/unet")
state = official.convert_unet_state_dict(dict(unet.half().state_dict()))
quantizer = Quantizer(GOLDENS / "unet.gguf")
city96.handle_tensors(quantizer, state, city96.detect_arch(state))
quantizer.writer.write_header_to_file()
quantizer.writer.write_kv_data_to_file()
quantizer.writer.write_tensors_to_file()
quantizer.writer.close()

# Back to diffusers' names through the official map, by names in place of values.
names = official.convert_unet_state_dict({name: name for name in unet.state_dict()})
unet.float().load_state_dict({names[original]: value for original, value in quantizer.values.items()})
inputs = load_file(GOLDENS / "unet.safetensors")
with torch.no_grad():
    noise = unet(inputs["even.sample"], 999, inputs["even.context"],
                 added_cond_kwargs={"text_embeds": inputs["even.pooled"], "time_ids": inputs["time_ids"]}).sample
save_file({"noise": noise.contiguous()}, GOLDENS / "unet_gguf.safetensors",
          metadata={"made_by": "scripts/goldens/gguf_unet.py", "versions": "torch 2.13.0, diffusers 0.42.1, gguf 0.19"})
