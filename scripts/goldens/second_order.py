"""References for Tests/DiffusionTests: whole trajectories of heun, as diffusers' scheduler runs it, and of dpmpp_2m_sde, as
k-diffusion's own function does over torchsde's Brownian tree.

Written with torch 2.13.0 (CPU), diffusers 0.42.1, k-diffusion 0.1.1.post1, torchsde 0.2.6 (`pip install --no-deps
k-diffusion==0.1.1.post1 torchdiffeq torchsde==0.2.6 trampoline==0.1.2`, and scipy):
    python scripts/goldens/second_order.py

Latents are as the samplers keep them, image + sigma noise, in PyTorch's layout (B, C, H, W).
"""
import importlib.util
import sys
import types
from pathlib import Path

import numpy as np
import torch
from diffusers import EulerDiscreteScheduler, HeunDiscreteScheduler
from safetensors.torch import save_file

OUT = Path(__file__).resolve().parents[2] / "Tests/DiffusionTests/Goldens/second_order.safetensors"
SDXL = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000, steps_offset=1)
SHAPE = (2, 4, 2, 3)


def sampling():
    """k_diffusion.sampling without the rest of the package, which needs much more."""
    package = types.ModuleType("k_diffusion")
    package.__path__ = list(importlib.util.find_spec("k_diffusion").submodule_search_locations)
    sys.modules["k_diffusion"] = package
    sys.modules["k_diffusion.utils"] = types.ModuleType("k_diffusion.utils")
    package.utils = sys.modules["k_diffusion.utils"]
    return importlib.import_module("k_diffusion.sampling")


def model(x, t):
    return torch.tanh(0.7 * x + 0.001 * float(t) - 0.3)


def heun(spacing, steps):
    scheduler = HeunDiscreteScheduler(**SDXL, timestep_spacing=spacing)
    scheduler.set_timesteps(steps)
    latent = torch.randn(SHAPE, generator=torch.Generator("cpu").manual_seed(42)) * scheduler.init_noise_sigma
    latents = [latent]
    for i, t in enumerate(scheduler.timesteps):
        latent = scheduler.step(model(scheduler.scale_model_input(latent, t), t), t, latent).prev_sample
        if i % 2 == 0 and i < len(scheduler.timesteps) - 1:
            continue  # half-way through a step
        latents.append(latent)
    return torch.stack(latents)


def dpmpp_2m_sde(k_diffusion, spacing, steps):
    euler = EulerDiscreteScheduler(**SDXL, timestep_spacing="trailing" if spacing == "karras" else spacing)
    euler.set_timesteps(steps)
    # The table's square root rounded correctly: the Brownian path is rough (see diffusion.py).
    alphas = euler.alphas_cumprod.numpy()
    table = np.sqrt((1 - alphas) / alphas)
    if spacing == "karras":
        low, high = float(table[0]) ** (1 / 7), float(table[-1]) ** (1 / 7)
        values = (high + np.linspace(0, 1, steps) * (low - high)) ** 7
    else:
        values = np.interp(euler.timesteps.numpy(), np.arange(len(table)), table)
    sigmas = torch.tensor(np.append(values, 0.0), dtype=torch.float32)
    logs = torch.tensor(table).double().log()
    told = {float(s): t for s, t in zip(sigmas, euler.timesteps)}
    if spacing == "karras":
        told = {float(s): (logs - s.double().log()).abs().argmin() for s in sigmas[:-1]}
    generator = torch.Generator("cpu").manual_seed(42)
    x = torch.randn(SHAPE, generator=generator) * (sigmas[0] if spacing == "karras" else euler.init_noise_sigma)
    seed = torch.randint(0, 2**63 - 1, [], generator=generator).item()
    tree = k_diffusion.BrownianTreeNoiseSampler(x, sigmas[-2], sigmas[0], seed=seed)
    latents = []

    def denoiser(x, sigma):
        s = sigma[0]
        return x - model(x / (s**2 + 1) ** 0.5, told[float(s)]) * s

    last = k_diffusion.sample_dpmpp_2m_sde(
        denoiser, x, sigmas, noise_sampler=tree, disable=True, callback=lambda state: latents.append(state["x"])
    )
    return torch.stack(latents + [last])


def main():
    k_diffusion = sampling()
    tensors = {}
    for spacing in ("leading", "trailing", "linspace"):
        for steps in (1, 2, 4, 7, 25):
            tensors[f"heun.{spacing}.{steps}"] = heun(spacing, steps)
    for spacing in ("leading", "trailing", "linspace", "karras"):
        for steps in (2, 4, 7, 25):  # k-diffusion's fails with one
            tensors[f"dpmpp_2m_sde.{spacing}.{steps}"] = dpmpp_2m_sde(k_diffusion, spacing, steps)
    save_file({key: value.float().contiguous() for key, value in tensors.items()}, OUT)
    print(len(tensors), OUT.stat().st_size)


if __name__ == "__main__":
    main()
