"""Golden of EVAVisionTransformer: the eva_clip package of ToTheBeginning/PuLID (commit 1aa2fc7), torch 2.13.0 (CPU,
float32), einops 0.8.2.

    python scripts/goldens/eva_clip.py --pulid DIR

DIR is a checkout of PuLID. Of its package only the vision tower is imported; what that imports and never uses at this
point (timm, torchvision, apex) is stubbed. Writes Tests/ModelsTests/Goldens/eva_clip.safetensors.
"""

import argparse
import contextlib
import io
import json
import sys
import types
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

ROOT = Path(__file__).resolve().parents[2]


def stub(name, **attributes):
    module = types.ModuleType(name)
    module.__dict__.update(attributes)
    sys.modules[name] = module


def import_eva_clip(checkout):
    """eva_clip.model without the package's __init__, which would import its tokenizer, losses and downloads."""
    stub("timm")
    stub("timm.models")
    stub("timm.models.layers", drop_path=None, to_2tuple=lambda x: (x, x), trunc_normal_=nn.init.trunc_normal_)
    stub("torchvision")
    stub("torchvision.ops")
    stub("torchvision.ops.misc", FrozenBatchNorm2d=nn.BatchNorm2d)
    stub("eva_clip", __path__=[str(checkout / "eva_clip")])
    stub("eva_clip.modified_resnet", ModifiedResNet=None)
    stub("eva_clip.timm_model", TimmModel=None)
    with contextlib.redirect_stdout(io.StringIO()):  # it asks for xformers and apex
        import eva_clip.model
    return eva_clip.model


def build(eva, vision, embed_dim, seed):
    tower = eva._build_vision_tower(embed_dim, vision)
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in tower.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        if "norm" in name or "_ln." in name:
            parameter.data = 0.3 * noise + (1 if name.endswith("weight") else 0)
        elif parameter.ndim > 1 and ".weight" in name:
            parameter.data = 1.5 * noise * parameter[0].numel() ** -0.5
        else:
            parameter.data = 0.5 * noise
    return tower.eval()


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pulid", type=Path, required=True)
    checkout = parser.parse_args().pulid
    eva = import_eva_clip(checkout)
    torch.use_deterministic_algorithms(True)

    official = json.loads((checkout / "eva_clip/model_configs/EVA02-CLIP-L-14-336.json").read_text())["vision_cfg"]
    # Everything as the official configuration has it, but for the sizes. The grid (3) is not the one of pretraining
    # (16), a head has 8 numbers, and depth 10 has two hidden states by the official rule.
    vision = official | {"image_size": 18, "patch_size": 6, "width": 16, "layers": 10, "head_width": 8}
    tower = build(eva, vision, embed_dim=20, seed=1)
    image = torch.randn(2, 3, 18, 18, generator=torch.Generator().manual_seed(2))
    embedding, hidden = tower(image, return_hidden=True, shuffle=False)
    tensors = {"image": image, "embedding": embedding}
    tensors |= {f"hidden.{i}": state for i, state in enumerate(hidden)}
    # As a checkpoint has it, with the tables of every block, and something of its text side.
    tensors |= {f"visual.{name}": value.clone() for name, value in tower.state_dict().items()}
    tensors |= {"text.positional_embedding": torch.zeros(4, 4), "logit_scale": torch.tensor(1.0)}
    # And with tables rounded to 16 bits, as a checkpoint in that precision holds them.
    for table in [tower.rope.freqs_cos, tower.rope.freqs_sin]:
        table.copy_(table.half().float())
    tensors["rounded.embedding"] = tower(image)
    tensors["rounded.freqs_cos"] = tower.rope.freqs_cos
    tensors["rounded.freqs_sin"] = tower.rope.freqs_sin
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()},
              ROOT / "Tests/ModelsTests/Goldens/eva_clip.safetensors")


if __name__ == "__main__":
    main()
