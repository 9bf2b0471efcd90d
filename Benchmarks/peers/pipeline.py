"""A whole render by diffusers. The identity's tokens are random, so what makes them from a photo is left out here."""

from pathlib import Path

import torch
from diffusers import DPMSolverMultistepScheduler, StableDiffusionXLPipeline
from identity import add_identity
from networks import number_type


def render(task):
    def run():
        # From the start: a user's process loads the weights, too.
        halves = any(Path(task["model"]).glob("unet/*.fp16.*"))
        pipeline = StableDiffusionXLPipeline.from_pretrained(
            task["model"], torch_dtype=number_type(task), variant="fp16" if halves else None
        )
        pipeline.set_progress_bar_config(disable=True)
        pipeline.scheduler = DPMSolverMultistepScheduler.from_config(
            pipeline.scheduler.config, timestep_spacing="trailing"
        )
        unet = pipeline.unet
        if number_type(task) == torch.bfloat16:
            for network in (unet, pipeline.vae):
                network.to(memory_format=torch.channels_last)
        width = unet.config.cross_attention_dim
        weights = {}
        for number, (name, processor) in enumerate(unet.attn_processors.items()):
            if "attn2" in name:
                channels = unet.get_submodule(name.removesuffix(".processor")).to_q.out_features
                for x in "kv":
                    weights[f"id_adapter_attn_layers.{number}.id_to_{x}.weight"] = (torch.rand(channels, width) * 0.02).to(unet.dtype)
        add_identity(unet, weights, (torch.rand(1, 10, width) * 4 - 2).to(unet.dtype))
        pipeline(
            "portrait",
            negative_prompt="blurry",
            num_inference_steps=task["steps"],
            guidance_scale=1.2,
            width=task["pixels"],
            height=task["pixels"],
        )

    return run
