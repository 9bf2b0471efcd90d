"""Writes Tests/ModelsTests/Goldens/unet_guidance.safetensors: calls of a UNet that is told the guidance, as LCM-SDXL's is.

Made with torch 2.13.0, diffusers 0.42.1, in float32, on the weights of Tests/Goldens/sdxl/unet (unet.py) and one matrix more,
which the file holds:

    python scripts/goldens/unet_guidance.py
"""

import torch
from diffusers import StableDiffusionXLPipeline, UNet2DConditionModel
from safetensors.torch import save_file

from sdxl_folder import SDXL, TESTS

WIDTH = 13


def main() -> None:
    torch.manual_seed(1)
    plain = UNet2DConditionModel.from_pretrained(SDXL, subfolder="unet", torch_dtype=torch.float32)
    unet = UNet2DConditionModel.from_config({**plain.config, "time_cond_proj_dim": WIDTH})
    matrix = torch.randn(unet.time_embedding.cond_proj.weight.shape) * 0.3
    unet.load_state_dict({**plain.state_dict(), "time_embedding.cond_proj.weight": matrix})
    sample, context, pooled = torch.randn(1, 4, 8, 6), torch.randn(1, 5, 72), torch.randn(1, 40)
    sizes = torch.tensor([[64.0, 48, 0, 0, 64, 48]])
    golden = {"sample": sample, "context": context, "pooled": pooled, "time_ids": sizes,
              "time_embedding.cond_proj.weight": matrix}
    for guidance in (1.0, 4.5, 8.0):
        # The pipeline tells the scale less one.
        embedding = StableDiffusionXLPipeline.get_guidance_scale_embedding(
            None, torch.tensor([guidance - 1]), embedding_dim=WIDTH)
        golden[f"embedding.{guidance}"] = embedding
        with torch.no_grad():
            golden[f"noise.{guidance}"] = unet(
                sample, 499, context, timestep_cond=embedding,
                added_cond_kwargs={"text_embeds": pooled, "time_ids": sizes}).sample
    save_file({key: value.contiguous() for key, value in golden.items()},
              TESTS / "ModelsTests/Goldens/unet_guidance.safetensors",
              metadata={"made_by": "scripts/goldens/unet_guidance.py", "versions": "torch 2.13.0, diffusers 0.42.1"})


if __name__ == "__main__":
    main()
