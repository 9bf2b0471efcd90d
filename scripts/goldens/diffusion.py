"""References for Tests/DiffusionTests: timesteps, sigmas and whole trajectories of diffusers' schedulers.

Written with torch 2.13.0 (CPU), diffusers 0.42.0, numpy 2.4.6:
    python scripts/goldens/diffusion.py

Latents are in the scheduler's own space and in PyTorch's layout (B, C, H, W).
"""
import json
from pathlib import Path

import numpy as np
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
)
from safetensors.torch import save_file

OUT = Path(__file__).resolve().parents[2] / "Tests/DiffusionTests/Goldens"
SDXL = dict(
    beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000, steps_offset=1,
    prediction_type="epsilon",
)
SHAPE = (2, 4, 2, 3)
CLASSES = {
    "ddim": (DDIMScheduler, dict(set_alpha_to_one=False, clip_sample=False)),
    "dpmpp_2m": (DPMSolverMultistepScheduler, dict(algorithm_type="dpmsolver++", solver_order=2)),
    "euler": (EulerDiscreteScheduler, {}),
    "euler_ancestral": (EulerAncestralDiscreteScheduler, {}),
}


def model(x, t):
    """Stands for the UNet: bounded, and different for each element and timestep."""
    return torch.tanh(0.7 * x + 0.001 * float(t) - 0.3)


def karras(scheduler, name, steps):
    """k-diffusion's sigmas and nearest timesteps, in place of the scheduler's own."""
    table = ((1 - scheduler.alphas_cumprod) / scheduler.alphas_cumprod) ** 0.5
    if name == "dpmpp_2m":
        # diffusers' own: it takes the whole table's ends. Timesteps are rounded, which is the nearest in log sigma.
        scheduler.set_timesteps(steps)
    else:
        scheduler.set_timesteps(steps)
        low, high = float(table[0]) ** (1 / 7), float(table[-1]) ** (1 / 7)
        sigmas = (high + np.linspace(0, 1, steps) * (low - high)) ** 7
        scheduler.sigmas = torch.tensor(np.append(sigmas, 0.0), dtype=torch.float32)
    distances = table.double().log()[:, None] - scheduler.sigmas[:-1].double().log()[None]
    nearest = distances.abs().argmin(dim=0)
    if name == "dpmpp_2m":
        assert torch.equal(nearest, scheduler.timesteps), (nearest, scheduler.timesteps)
    scheduler.timesteps = nearest.float() if name != "dpmpp_2m" else nearest


def make(name, spacing, steps, **changes):
    cls, extra = CLASSES[name]
    settings = {**SDXL, **extra, **changes}
    if spacing == "karras":
        if name == "dpmpp_2m":
            settings["use_karras_sigmas"] = True
        scheduler = cls(**settings)
        karras(scheduler, name, steps)
    else:
        scheduler = cls(**settings, timestep_spacing=spacing)
        scheduler.set_timesteps(steps)
    return scheduler


def run(scheduler, latent, generator, start=0):
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(start)
    trajectory = [latent]
    for t in scheduler.timesteps[start:]:
        noise = model(scheduler.scale_model_input(latent, t), t)
        extra = dict(generator=generator) if isinstance(scheduler, EulerAncestralDiscreteScheduler) else {}
        latent = scheduler.step(noise, t, latent, **extra).prev_sample
        trajectory.append(latent)
    return torch.stack(trajectory)


def sigmas_of(scheduler):
    if hasattr(scheduler, "sigmas"):
        return scheduler.sigmas
    alphas = scheduler.alphas_cumprod[scheduler.timesteps]
    return ((1 - alphas) / alphas) ** 0.5


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    tensors = {}
    base = DPMSolverMultistepScheduler(**SDXL)
    tensors["table"] = ((1 - base.alphas_cumprod) / base.alphas_cumprod) ** 0.5
    linear = DPMSolverMultistepScheduler(**{**SDXL, "beta_schedule": "linear", "num_train_timesteps": 50})
    tensors["table.linear50"] = ((1 - linear.alphas_cumprod) / linear.alphas_cumprod) ** 0.5

    for name in CLASSES:
        for spacing in ("leading", "trailing", "linspace", "karras"):
            if name == "ddim" and spacing == "karras":
                continue
            for steps in (1, 2, 4, 7, 25):
                scheduler = make(name, spacing, steps)
                key = f"{name}.{spacing}.{steps}"
                tensors[f"{key}.timesteps"] = scheduler.timesteps.float()
                tensors[f"{key}.sigmas"] = sigmas_of(scheduler).float()
                generator = torch.Generator("cpu").manual_seed(42)
                noise = torch.randn(SHAPE, generator=generator)
                scale = scheduler.init_noise_sigma
                if spacing == "karras":
                    # PuLID v1.1: noise * sigma_max, which DPM-Solver keeps at unit variance.
                    scale = scheduler.sigmas[0]
                    if name == "dpmpp_2m":
                        scale = scale / (scheduler.sigmas[0] ** 2 + 1) ** 0.5
                tensors[f"{key}.latents"] = run(scheduler, noise * scale, generator)
        # Velocity, and a start part-way: strength 0.6 of 7 steps is int(4.2) = 4 steps.
        scheduler = make(name, "trailing", 7, prediction_type="v_prediction")
        generator = torch.Generator("cpu").manual_seed(7)
        noise = torch.randn(SHAPE, generator=generator)
        tensors[f"{name}.velocity"] = run(scheduler, noise * scheduler.init_noise_sigma, generator)

        scheduler = make(name, "trailing", 7)
        generator = torch.Generator("cpu").manual_seed(9)
        image = torch.randn(SHAPE, generator=generator)
        noise = torch.randn(SHAPE, generator=generator)
        if hasattr(scheduler, "set_begin_index"):
            scheduler.set_begin_index(3)
        noisy = scheduler.add_noise(image, noise, scheduler.timesteps[3:4].repeat(SHAPE[0]))
        tensors[f"{name}.partway.image"] = image
        tensors[f"{name}.partway.latents"] = run(scheduler, noisy, generator, start=3)

    # Where numpy's arange gives diffusers one timestep too many, and halves that round to even.
    for steps in (16, 61, 1000):
        tensors[f"trailing.{steps}"] = make("dpmpp_2m", "trailing", steps).timesteps.float()
    tensors["euler.leading.1000"] = make("euler", "leading", 1000).timesteps.float()

    tensors = {k: v.detach().clone().contiguous() for k, v in tensors.items()}
    save_file(tensors, OUT / "samplers.safetensors")
    print(json.dumps({"tensors": len(tensors), "bytes": (OUT / "samplers.safetensors").stat().st_size}))


main()
