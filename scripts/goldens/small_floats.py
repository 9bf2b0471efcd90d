"""Writes Tests/CheckpointsTests/Goldens/small_floats.safetensors: every 8-bit float beside its value, and layers with ComfyUI's
scales under both of their spellings.

Reference: torch 2.13's own widening, safetensors 0.8.0. A scaled weight is float32(weight) * scale.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

goldens = Path(__file__).parents[2] / "Tests/CheckpointsTests/Goldens"
torch.manual_seed(0)

tensors = {}
for name, dtype in [("e4m3", torch.float8_e4m3fn), ("e5m2", torch.float8_e5m2)]:
    codes = torch.arange(256, dtype=torch.uint8).view(dtype).reshape(8, 32)
    tensors[f"{name}.codes"] = codes
    tensors[f"{name}.values"] = codes.float()
    weight = torch.randn(48, 64).to(dtype)
    scale = torch.tensor(0.0137)
    for layer, spelling in [("old", ("scale_weight", "scale_input")), ("new", ("weight_scale", "input_scale"))]:
        tensors[f"{name}.{layer}.weight"] = weight.clone()
        tensors[f"{name}.{layer}.{spelling[0]}"] = scale.clone()
        tensors[f"{name}.{layer}.{spelling[1]}"] = torch.tensor(3.0)
    tensors[f"{name}.new.comfy_quant"] = torch.tensor(list(b'{"format": "float8_e4m3fn"}'), dtype=torch.uint8)
    tensors[f"{name}.scaled"] = weight.float() * scale
tensors["model.scaled_fp8"] = torch.empty(2, dtype=torch.float8_e4m3fn)
tensors["scaled_fp8"] = torch.empty(0, dtype=torch.float8_e4m3fn)
tensors["learned.scale_weight"] = torch.ones(1)  # no weight beside it: a tensor as any

wide = torch.tensor([0.1, -1 / 3, 1e300, -1e-50, 1 + 2**-24, 1 + 3 * 2**-24, float("nan")], dtype=torch.float64)
tensors["wide"] = wide
tensors["wide.rounded"] = wide.float()
save_file(tensors, goldens / "small_floats.safetensors")
