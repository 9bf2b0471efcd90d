"""Writes Tests/NodesTests/Goldens/render.safetensors: whole renders by diffusers' SDXL pipeline, from the seed alone.

Every sampler without an identity, then every ortho mode with one, through the official PuLID attention processors.
Made with torch 2.13.0, diffusers 0.42.1, transformers 5.23.0, in float32 from fp16 weights.

    python scripts/goldens/render.py --pulid CHECKOUT_OF_PULID
"""

import argparse
import pathlib

import torch
from diffusers import (DDIMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler,
                       EulerDiscreteScheduler, StableDiffusionXLPipeline)
from safetensors.torch import load_file, save_file

from sdxl_folder import SDXL, TESTS, TOKENS, install_adapters, official_attention, set_ortho

PROMPT, NEGATIVE = "portrait of a woman in a garden, watercolor painting", "blurry, low quality"
SCHEDULERS = {
    "dpmpp_2m": (DPMSolverMultistepScheduler, {}),
    "euler": (EulerDiscreteScheduler, {}),
    "euler_ancestral": (EulerAncestralDiscreteScheduler, {}),
    "ddim": (DDIMScheduler, {"clip_sample": False, "set_alpha_to_one": False}),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pulid", type=pathlib.Path, required=True)
    attention = official_attention(parser.parse_args().pulid)
    pipeline = StableDiffusionXLPipeline.from_pretrained(SDXL, torch_dtype=torch.float32, add_watermarker=False)
    pipeline.set_progress_bar_config(disable=True)
    settings = pipeline.scheduler.config
    golden = {}

    def render(sampler: str, spacing: str, seed: int, guidance: float, steps: int, **identity) -> torch.Tensor:
        kind, more = SCHEDULERS[sampler]
        pipeline.scheduler = kind.from_config(settings, timestep_spacing=spacing, **more)
        return pipeline(
            PROMPT, negative_prompt=NEGATIVE, width=64, height=96, num_inference_steps=steps,
            guidance_scale=guidance, generator=torch.Generator().manual_seed(seed), output_type="latent",
            cross_attention_kwargs=identity or None).images

    for sampler in SCHEDULERS:
        for spacing in ("trailing", "leading"):
            golden[f"{sampler}.{spacing}"] = render(sampler, spacing, seed=42, guidance=1.2, steps=4)
    golden["no_guidance"] = render("euler", "trailing", seed=2**63 + 5, guidance=1.0, steps=4)
    golden["many_steps"] = render("dpmpp_2m", "trailing", seed=7, guidance=7.0, steps=12)

    embeds, negative, pooled, negative_pooled = pipeline.encode_prompt(PROMPT, negative_prompt=NEGATIVE)
    golden |= {"embeds": embeds, "negative_embeds": negative, "pooled": pooled, "negative_pooled": negative_pooled}
    with torch.no_grad():
        image = pipeline.vae.decode(golden["dpmpp_2m.trailing"] / pipeline.vae.config.scaling_factor).sample
        golden["image"] = image.clamp(-1, 1)
        golden["encoded"] = pipeline.vae.encode(golden["image"]).latent_dist.mode() * pipeline.vae.config.scaling_factor

    install_adapters(pipeline.unet, attention)
    tokens = load_file(TOKENS)
    both = torch.cat([tokens["uncond"], tokens["id"]])
    for ortho in ("off", "v1", "v2"):
        set_ortho(attention, ortho, 8)
        golden[f"identity.{ortho}"] = render(
            "dpmpp_2m", "trailing", seed=42, guidance=1.2, steps=4, id_embedding=both, id_scale=1.0)
    save_file({key: value.contiguous() for key, value in golden.items()},
              TESTS / "NodesTests/Goldens/render.safetensors",
              metadata={"made_by": "scripts/goldens/render.py", "prompt": PROMPT, "negative": NEGATIVE,
                        "versions": "torch 2.13.0, diffusers 0.42.1, transformers 5.23.0"})


if __name__ == "__main__":
    main()
