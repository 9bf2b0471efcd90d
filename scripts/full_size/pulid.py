"""PuLID's adapters in both versions and EVA02-CLIP-L-14-336, built by the official code, in half precision."""

import contextlib
import importlib.util
import io
import json
import sys
import types
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from .filling import fill, random_tensor
from .sdxl import UNET, meta


def load(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def adapters(checkout: Path) -> nn.ModuleList:
    """pulid/pipeline.py::hack_unet_attn_layers, without numbers."""
    from diffusers import UNet2DConditionModel

    attention = load(checkout / "pulid/attention_processor.py")
    with meta():
        unet = UNet2DConditionModel(**UNET)
        processors = []
        for name in unet.attn_processors:
            module = unet.get_submodule(name.removesuffix(".processor"))
            processors.append(
                attention.IDAttnProcessor2_0(module.to_q.out_features, UNET["cross_attention_dim"])
                if name.endswith("attn2.processor") else attention.AttnProcessor2_0())
        return nn.ModuleList(processors)


def half(prefix: str, module: nn.Module, generator: torch.Generator) -> dict:
    return {f"{prefix}.{name}": random_tensor(name, value.shape, generator, torch.float16)
            for name, value in module.state_dict().items()}


def pulid(path: Path, checkout: Path, seed: int) -> None:
    """pulid_v1.bin (torch.save) or pulid_v1.1.safetensors, by the name."""
    generator = torch.Generator().manual_seed(seed)
    with meta():
        if path.suffix == ".bin":
            encoder = load(checkout / "pulid/encoders.py").IDEncoder()
        else:
            encoder = load(checkout / "pulid/encoders_transformer.py").IDFormer()
    state = half("id_adapter", encoder, generator) | half("id_adapter_attn_layers", adapters(checkout), generator)
    torch.save(state, path) if path.suffix == ".bin" else save_file(state, path)


def stub(name: str, **attributes) -> None:
    module = types.ModuleType(name)
    module.__dict__.update(attributes)
    sys.modules[name] = module


def import_eva_clip(checkout: Path):
    """eva_clip.model without the package's __init__, which would import its losses and downloads."""
    stub("timm")
    stub("timm.models")
    stub("timm.models.layers", drop_path=None, to_2tuple=lambda x: (x, x), trunc_normal_=nn.init.trunc_normal_)
    stub("torchvision.ops.misc", FrozenBatchNorm2d=nn.BatchNorm2d)
    stub("eva_clip", __path__=[str(checkout / "eva_clip")])
    stub("eva_clip.modified_resnet", ModifiedResNet=None)
    stub("eva_clip.timm_model", TimmModel=None)
    with contextlib.redirect_stdout(io.StringIO()):  # it asks for xformers and apex
        import eva_clip.model
    return eva_clip.model


def eva_clip(path: Path, checkout: Path, seed: int) -> None:
    config = json.loads((checkout / "eva_clip/model_configs/EVA02-CLIP-L-14-336.json").read_text())
    model = fill(import_eva_clip(checkout).CustomCLIP(**config), seed).half()
    torch.save(model.state_dict(), path)
