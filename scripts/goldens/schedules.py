"""References for Tests/DiffusionTests: noise levels beyond SDXL's (zero terminal SNR, EDM, other betas) and the samplers of
distilled models, as diffusers' schedulers run them.

Written with torch 2.13.0 (CPU), diffusers 0.42.1:
    python scripts/goldens/schedules.py

Latents are in the scheduler's own space and in PyTorch's layout (B, C, H, W).
"""
from pathlib import Path

import torch
from diffusers import (
    DDIMScheduler,
    DDPMScheduler,
    DPMSolverMultistepScheduler,
    EDMDPMSolverMultistepScheduler,
    EDMEulerScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    LCMScheduler,
    TCDScheduler,
)
from safetensors.torch import save_file

OUT = Path(__file__).resolve().parents[2] / "Tests/DiffusionTests/Goldens/schedules.safetensors"
SDXL = dict(
    beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000, steps_offset=1
)
SHAPE = (2, 4, 2, 3)
SEED = 42


def model(x, t):
    return torch.tanh(0.7 * x + 0.001 * t - 0.3)


def run(scheduler, **extra):
    generator = torch.Generator("cpu").manual_seed(SEED)
    latent = torch.randn(SHAPE, generator=generator) * scheduler.init_noise_sigma
    takes_noise = isinstance(scheduler, (EulerAncestralDiscreteScheduler, LCMScheduler, TCDScheduler))
    trajectory = [latent]
    for t in scheduler.timesteps:
        output = model(scheduler.scale_model_input(latent, t), t)
        if takes_noise:
            extra["generator"] = generator
        latent = scheduler.step(output, t, latent, **extra).prev_sample
        trajectory.append(latent)
    return torch.stack(trajectory)


def main():
    tensors = {}

    def keep(key, scheduler, **extra):
        tensors[f"{key}.timesteps"] = scheduler.timesteps.float()
        if hasattr(scheduler, "sigmas"):
            tensors[f"{key}.sigmas"] = scheduler.sigmas.float()
        tensors[f"{key}.latents"] = run(scheduler, **extra)

    zero = dict(**SDXL, rescale_betas_zero_snr=True, timestep_spacing="trailing", prediction_type="v_prediction")
    for name, cls, more in (
        ("euler", EulerDiscreteScheduler, {}),
        ("euler_ancestral", EulerAncestralDiscreteScheduler, {}),
        ("dpmpp_2m", DPMSolverMultistepScheduler, {}),
        ("ddim", DDIMScheduler, dict(clip_sample=False, set_alpha_to_one=True)),
    ):
        if name != "ddim":
            tensors["zero.table"] = ((1 - cls(**zero).alphas_cumprod) / cls(**zero).alphas_cumprod) ** 0.5
        for steps in (1, 4, 20):
            settings = {k: v for k, v in zero.items() if name in ("euler", "dpmpp_2m", "ddim", "euler_ancestral")}
            scheduler = cls(**settings, **more)
            scheduler.set_timesteps(steps)
            keep(f"zero.{name}.{steps}", scheduler)

    cosine = DDPMScheduler(beta_schedule="squaredcos_cap_v2")
    tensors["cosine.table"] = ((1 - cosine.alphas_cumprod) / cosine.alphas_cumprod) ** 0.5

    for name, more in (("playground", {}), ("cosxl", dict(sigma_max=120.0, sigma_data=1.0, prediction_type="v_prediction"))):
        for schedule in ("karras", "exponential"):
            for steps in (1, 4, 20):
                for sampler, cls in (("euler", EDMEulerScheduler), ("dpmpp_2m", EDMDPMSolverMultistepScheduler)):
                    scheduler = cls(sigma_schedule=schedule, **more)
                    scheduler.set_timesteps(steps)
                    keep(f"{name}.{sampler}.{schedule}.{steps}", scheduler)

    for steps in (1, 2, 3, 4, 8, 50):
        scheduler = LCMScheduler(**{k: v for k, v in SDXL.items() if k != "steps_offset"})
        scheduler.set_timesteps(steps)
        keep(f"lcm.{steps}", scheduler)
    for eta in (0.0, 0.3, 1.0):
        for steps in (1, 2, 4, 8):
            scheduler = TCDScheduler(**{k: v for k, v in SDXL.items() if k != "steps_offset"})
            scheduler.set_timesteps(steps)
            keep(f"tcd.{eta}.{steps}", scheduler, eta=eta)
    # What model cards name.
    for name, timesteps in (("dmd2", [999, 749, 499, 249]), ("hyper", [800])):
        scheduler = LCMScheduler(**{k: v for k, v in SDXL.items() if k != "steps_offset"})
        scheduler.set_timesteps(timesteps=timesteps)
        keep(f"{name}.lcm", scheduler)
        scheduler = EulerDiscreteScheduler(**SDXL)
        scheduler.set_timesteps(timesteps=timesteps)
        keep(f"{name}.euler", scheduler)
    # One-step SDXL-Lightning, whose output is the image; Turbo's steps; DDIM that ends without noise.
    scheduler = EulerDiscreteScheduler(**SDXL, prediction_type="sample", timestep_spacing="trailing")
    scheduler.set_timesteps(1)
    keep("image.euler.1", scheduler)
    scheduler = EulerAncestralDiscreteScheduler(**SDXL, timestep_spacing="trailing")
    scheduler.set_timesteps(2)
    keep("turbo.euler_ancestral.2", scheduler)
    scheduler = DDIMScheduler(**SDXL, clip_sample=False, set_alpha_to_one=True, timestep_spacing="trailing")
    scheduler.set_timesteps(4)
    keep("one.ddim.4", scheduler)

    tensors = {k: v.detach().clone().contiguous() for k, v in tensors.items()}
    save_file(tensors, OUT)
    print(len(tensors), "tensors,", OUT.stat().st_size, "bytes")


main()
