"""References for Tests/DiffusionTests: timesteps, sigmas and whole trajectories of diffusers' schedulers, and those of
dpmpp_sde by k-diffusion's formulas over torchsde's Brownian tree.

Written with torch 2.13.0 (CPU), diffusers 0.42.0, numpy 2.4.6, torchsde 0.2.6 (`pip install --no-deps torchsde==0.2.6
trampoline==0.1.2`); DIR is a checkout of PuLID, whose own copy of k-diffusion's loop has to agree:
    python scripts/goldens/diffusion.py --pulid DIR

Latents are in the scheduler's own space and in PyTorch's layout (B, C, H, W).
"""
import argparse
import importlib.machinery
import importlib.util
import json
import math
import sys
import types
from pathlib import Path

import numpy as np
import torch
import torchsde
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


class BrownianNoise:
    """k-diffusion: sampling.py::BrownianTreeNoiseSampler with one tree for the whole batch."""

    def __init__(self, x, low, high, seed):
        self.tree = torchsde.BrownianTree(low, torch.zeros_like(x), high, entropy=seed)

    def __call__(self, sigma, following):
        return self.tree(following, sigma) * -1 / (following - sigma).abs().sqrt()


def log(x):
    """Rounded correctly, which MKL's is not for a few numbers in a hundred: see `rounded_sigmas`."""
    return torch.tensor(math.log(float(x)), dtype=torch.float32)


def exp(x):
    return torch.tensor(math.exp(float(x)), dtype=torch.float32)


def dpmpp_sde(x, sigmas, timesteps, table, noise, start=0, velocity=False):
    """Every latent of k-diffusion's sample_dpmpp_sde, whose model is told the nearest timestep between the steps."""
    def nearest(sigma):
        return (table.double().log() - sigma.double().log()).abs().argmin().float()

    def denoise(x, sigma, t):
        alpha = 1 / (sigma**2 + 1) ** 0.5
        output = model(x * alpha, t)
        if velocity:
            output = output * alpha + x * alpha * (sigma * alpha)
        return x - output * sigma

    def ancestral(a, b):
        up = min(b, (b**2 * (a**2 - b**2) / a**2) ** 0.5)
        return (b**2 - up**2) ** 0.5, up

    trajectory = [x]
    for i in range(start, len(sigmas) - 1):
        denoised = denoise(x, sigmas[i], timesteps[i])
        if sigmas[i + 1] == 0:
            x = x + (x - denoised) / sigmas[i] * (sigmas[i + 1] - sigmas[i])
        else:
            t, t_next = -log(sigmas[i]), -log(sigmas[i + 1])
            s = t + (t_next - t) * (1 / 2)
            a, b, c = exp(-t), exp(-s), exp(-t_next)
            down, up = ancestral(a, b)
            s_down = -log(down)
            x_2 = (exp(-s_down) / a) * x - (t - s_down).expm1() * denoised + noise(a, b) * up
            denoised_2 = denoise(x_2, b, nearest(b))
            down, up = ancestral(a, c)
            t_down = -log(down)
            x = (exp(-t_down) / a) * x - (t - t_down).expm1() * denoised_2 + noise(a, c) * up
        trajectory.append(x)
    return torch.stack(trajectory)


def rounded_sigmas(euler, spacing, steps):
    """The scheduler's noise levels with the table's square root rounded correctly, as NumPy does it and MKL does not
    always: the Brownian path is rough, a last bit of sigma moves its increments by 1e-4."""
    alphas = euler.alphas_cumprod.numpy()
    table = np.sqrt((1 - alphas) / alphas)
    if spacing == "karras":
        low, high = float(table[0]) ** (1 / 7), float(table[-1]) ** (1 / 7)
        sigmas = (high + np.linspace(0, 1, steps) * (low - high)) ** 7
    else:
        sigmas = np.interp(euler.timesteps.numpy(), np.arange(len(table)), table)
    sigmas = torch.tensor(np.append(sigmas, 0.0), dtype=torch.float32)
    assert torch.allclose(sigmas, euler.sigmas.float(), rtol=3e-7, atol=0)
    return sigmas, torch.tensor(table)


def draw_tree_seed(generator):
    return torch.randint(0, 2**63 - 1, [], generator=generator).item()


def stochastic(tensors, checkout):
    name = "dpmpp_sde"
    for spacing in ("leading", "trailing", "linspace", "karras"):
        for steps in (1, 2, 4, 7, 25):
            euler = make("euler", spacing, steps)
            sigmas, table = rounded_sigmas(euler, spacing, steps)
            timesteps = euler.timesteps.float()
            key = f"{name}.{spacing}.{steps}"
            tensors[f"{key}.timesteps"], tensors[f"{key}.sigmas"] = timesteps, sigmas
            generator = torch.Generator("cpu").manual_seed(42)
            scale = sigmas[0] if spacing == "karras" else euler.init_noise_sigma
            x = torch.randn(SHAPE, generator=generator) * scale
            noise = BrownianNoise(x, sigmas[-2], sigmas[0], draw_tree_seed(generator)) if steps > 1 else None
            tensors[f"{key}.latents"] = dpmpp_sde(x, sigmas, timesteps, table, noise)
            if (spacing, steps) == ("karras", 25):
                expected = tensors[f"{key}.latents"][-1]
                tensors["dpmpp_2m.pulid.25"] = check_against_pulid(checkout, x, sigmas, table, expected)
    euler = make("euler", "trailing", 7)
    sigmas, table = rounded_sigmas(euler, "trailing", 7)
    timesteps = euler.timesteps.float()
    generator = torch.Generator("cpu").manual_seed(7)
    x = torch.randn(SHAPE, generator=generator) * euler.init_noise_sigma
    noise = BrownianNoise(x, sigmas[-2], sigmas[0], draw_tree_seed(generator))
    tensors[f"{name}.velocity"] = dpmpp_sde(x, sigmas, timesteps, table, noise, velocity=True)
    generator = torch.Generator("cpu").manual_seed(9)
    image = torch.randn(SHAPE, generator=generator)
    x = image + torch.randn(SHAPE, generator=generator) * sigmas[3]
    noise = BrownianNoise(x, sigmas[-2], sigmas[0], draw_tree_seed(generator))
    tensors[f"{name}.partway.image"] = image
    tensors[f"{name}.partway.latents"] = dpmpp_sde(x, sigmas, timesteps, table, noise, start=3)
    # A tree by itself: increments of nested, neighbouring and single-digit intervals.
    ends = torch.tensor([[0.5, 2.25], [0.03, 14.6], [1.0, 1.000001], [3.3333333, 3.3333433], [0.029, 15.0], [7.0, 9.5]])
    path = torchsde.BrownianTree(torch.tensor(0.03), torch.zeros(SHAPE), torch.tensor(14.6), entropy=2**62 + 12345)
    tensors["tree.ends"] = ends
    tensors["tree.increments"] = torch.stack([path(a, b) for a, b in ends])


def check_against_pulid(checkout, x, sigmas, table, expected):
    """The official loops give the same result. What else the module imports is not needed."""
    for name in ("torchvision", "torchvision.utils"):
        stand_in = types.ModuleType(name)
        stand_in.make_grid, stand_in.__spec__ = None, importlib.machinery.ModuleSpec(name, None)
        sys.modules.setdefault(name, stand_in)
    spec = importlib.util.spec_from_file_location("pulid_utils", checkout / "pulid/utils.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    generator = torch.Generator("cpu").manual_seed(42)
    torch.randn(SHAPE, generator=generator)
    noise = module.BrownianTreeNoiseSampler(x, sigmas[-2], sigmas[0], seed=draw_tree_seed(generator), cpu=True)

    def denoiser(x, sigma):
        t = (table.double().log() - sigma[0].double().log()).abs().argmin().float()
        return x - model(x / (sigma[0] ** 2 + 1) ** 0.5, t) * sigma[0]

    found = module.sample_dpmpp_sde(denoiser, x, sigmas, {}, noise_sampler=noise, disable=True)
    assert torch.allclose(found, expected, rtol=1e-6, atol=1e-6), (found - expected).abs().max()
    found = module.sample_dpmpp_2m(denoiser, x, sigmas, disable=True)
    print("pulid/utils.py agrees; largest", float(expected.abs().max()))
    return found


def sigmas_of(scheduler):
    if hasattr(scheduler, "sigmas"):
        return scheduler.sigmas
    alphas = scheduler.alphas_cumprod[scheduler.timesteps]
    return ((1 - alphas) / alphas) ** 0.5


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pulid", type=Path, required=True)
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

    stochastic(tensors, parser.parse_args().pulid)

    # Where numpy's arange gives diffusers one timestep too many, and halves that round to even.
    for steps in (16, 61, 1000):
        tensors[f"trailing.{steps}"] = make("dpmpp_2m", "trailing", steps).timesteps.float()
    tensors["euler.leading.1000"] = make("euler", "leading", 1000).timesteps.float()

    tensors = {k: v.detach().clone().contiguous() for k, v in tensors.items()}
    save_file(tensors, OUT / "samplers.safetensors")
    print(json.dumps({"tensors": len(tensors), "bytes": (OUT / "samplers.safetensors").stat().st_size}))


if __name__ == "__main__":
    main()
