"""EVA02-CLIP's tower under timm's names, with what timm makes of a picture, for Tests/ModelFilesTests.

Written with torch 2.13.0 (CPU), timm 1.0.31:
    python scripts/goldens/eva_names.py
"""
from pathlib import Path

import timm
import torch
from safetensors.torch import save_file

OUT = Path(__file__).resolve().parents[2] / "Tests/ModelFilesTests/Goldens"

torch.manual_seed(3)
tower = timm.create_model(
    "eva02_large_patch14_clip_336", pretrained=False, depth=1, embed_dim=128, num_heads=2, img_size=28, num_classes=6
).eval()
weights = {}
for name, value in tower.state_dict().items():
    value = value + 0.05 * torch.randn(value.shape)
    weights[name] = value.half()
tower.load_state_dict({name: value.float() for name, value in weights.items()})
picture = torch.randn(1, 3, 28, 28)
with torch.no_grad():
    head = tower(picture)
OUT.mkdir(parents=True, exist_ok=True)
save_file(weights, OUT / "eva_timm.safetensors")
save_file({"picture": picture, "head": head}, OUT / "eva_output.safetensors")
print(head)
