"""Writes Tests/ModelsTests/Goldens/unet.safetensors: UNet calls with and without identity, every ortho mode.

Made with torch 2.13.0, diffusers 0.42.1 and the official PuLID attention processors, in float32 from fp16 weights.

    python scripts/goldens/unet.py --pulid CHECKOUT_OF_PULID
"""

import argparse
import pathlib

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file

from sdxl_folder import SDXL, TESTS, identity_tokens, install_adapters, official_attention, set_ortho


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pulid", type=pathlib.Path, required=True)
    attention = official_attention(parser.parse_args().pulid)
    torch.manual_seed(0)
    unet = UNet2DConditionModel.from_pretrained(SDXL, subfolder="unet", torch_dtype=torch.float32)
    golden = {}
    inputs = {
        "even": (torch.randn(2, 4, 8, 12), torch.randn(2, 7, 72), torch.randn(2, 40)),
        "odd": (torch.randn(1, 4, 10, 6), torch.randn(1, 5, 72), torch.randn(1, 40)),
    }
    sizes = torch.tensor([[64.0, 96, 0, 0, 64, 96], [70, 40, 3, 5, 64, 96]])

    def call(name: str, timestep: float, **identity) -> torch.Tensor:
        sample, context, pooled = inputs[name]
        with torch.no_grad():
            return unet(sample, timestep, context,
                        added_cond_kwargs={"text_embeds": pooled, "time_ids": sizes[:len(sample)]},
                        cross_attention_kwargs=identity or None).sample

    for name, (sample, context, pooled) in inputs.items():
        golden |= {f"{name}.sample": sample, f"{name}.context": context, f"{name}.pooled": pooled}
        golden[f"{name}.noise"] = call(name, 999)
        golden[f"{name}.noise_at_17"] = call(name, 17)
    install_adapters(unet, attention)
    tokens = identity_tokens()
    for ortho in ("off", "v1", "v2"):
        for num_zero in (0, 8):
            set_ortho(attention, ortho, num_zero)
            golden[f"identity.{ortho}.{num_zero}"] = call("even", 499, id_embedding=tokens, id_scale=0.8)
    golden["time_ids"] = sizes
    save_file({key: value.contiguous() for key, value in golden.items()},
              TESTS / "ModelsTests/Goldens/unet.safetensors",
              metadata={"made_by": "scripts/goldens/unet.py", "versions": "torch 2.13.0, diffusers 0.42.1"})


if __name__ == "__main__":
    main()
