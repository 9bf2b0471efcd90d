"""What the scripts for the UNet and for whole renders share: the random SDXL folder and PuLID's adapters for it."""

import importlib.util
import pathlib

import torch
from safetensors.torch import load_file, save_file

TESTS = pathlib.Path(__file__).parents[2] / "Tests"
SDXL = TESTS / "Goldens/sdxl"
ADAPTER = TESTS / "Goldens/pulid_attention.safetensors"
TOKENS = TESTS / "Goldens/identity.safetensors"


def official_attention(checkout: pathlib.Path):
    """The module pulid/attention_processor.py of a checkout of ToTheBeginning/PuLID (commit 1aa2fc7)."""
    spec = importlib.util.spec_from_file_location("pulid_attention", checkout / "pulid/attention_processor.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def set_ortho(attention, ortho: str, num_zero: int) -> None:
    attention.NUM_ZERO, attention.ORTHO, attention.ORTHO_v2 = num_zero, ortho == "v1", ortho == "v2"


def install_adapters(unet, attention) -> None:
    """Puts the official processors into the UNet, with random weights, and keeps these as a file."""
    processors = {}
    for name, module in unet.named_modules():
        if not name.endswith(("attn1", "attn2")):
            continue
        cross = name.endswith("attn2")
        width = module.to_q.weight.shape[0]
        processors[name + ".processor"] = (
            attention.IDAttnProcessor2_0(width, unet.config.cross_attention_dim) if cross
            else attention.AttnProcessor2_0())
    unet.set_attn_processor({name: processors[name] for name in unet.attn_processors})
    layers = torch.nn.ModuleList(unet.attn_processors.values())
    generator = torch.Generator().manual_seed(11)
    with torch.no_grad():
        for parameter in layers.parameters():
            noise = torch.randn(parameter.shape, generator=generator) / parameter.shape[1] ** 0.5
            parameter.copy_(noise.half().float())
    state = {f"id_adapter_attn_layers.{name}": value.half() for name, value in layers.state_dict().items()}
    save_file(state, ADAPTER)


def identity_tokens() -> torch.Tensor:
    """(2, 10, width): the unconditional identity, then the person; also kept as a file."""
    generator = torch.Generator().manual_seed(12)
    tokens = torch.randn((2, 10, 72), generator=generator)
    save_file({"uncond": tokens[:1].clone(), "id": tokens[1:].clone()}, TOKENS)
    return tokens
