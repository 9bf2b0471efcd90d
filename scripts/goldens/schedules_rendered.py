"""Writes Tests/NodesTests/Goldens/schedules_rendered.safetensors: a small render of the random SDXL folder by every sampler over
every schedule, with diffusers' UNet, its schedulers and k-diffusion's loops. Noise levels that are lists are computed here by
ComfyUI's formulas.

Made with torch 2.13.0 (CPU), diffusers 0.42.1, and k-diffusion 0.1.1.post1 and torchsde 0.2.6 as second_order.py takes them, after
render.py:
    python scripts/goldens/schedules_rendered.py
"""

import numpy as np
import scipy.stats
import torch
from diffusers import (DDIMScheduler, DPMSolverMultistepScheduler, EulerDiscreteScheduler, LCMScheduler, TCDScheduler,
                       UNet2DConditionModel, UniPCMultistepScheduler)
from safetensors.torch import load_file, save_file

import diffusion
import second_order
import unipc
from sdxl_folder import SDXL, TESTS

OUT = TESTS / "NodesTests/Goldens/schedules_rendered.safetensors"
NOISE = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000, steps_offset=0)
WIDTH, HEIGHT, STEPS, SEED, GUIDANCE = 32, 48, 4, 42, 1.2
SHAPE = (1, 4, HEIGHT // 8, WIDTH // 8)

unet = UNet2DConditionModel.from_pretrained(SDXL / "unet", torch_dtype=torch.float32)
prompts = load_file(TESTS / "NodesTests/Goldens/render.safetensors")
context = torch.cat([prompts["negative_embeds"], prompts["embeds"]])
added = {
    "text_embeds": torch.cat([prompts["negative_pooled"], prompts["pooled"]]),
    "time_ids": torch.tensor([[HEIGHT, WIDTH, 0, 0, HEIGHT, WIDTH]] * 2, dtype=torch.float32),
}


@torch.no_grad()
def noise_in(x, t):
    """What the UNet sees in x, a latent at unit variance."""
    found = unet(torch.cat([x, x]), t, encoder_hidden_states=context, added_cond_kwargs=added).sample
    return found[:1] + GUIDANCE * (found[1:] - found[:1])


# The table's square root rounded correctly: the Brownian path is rough (see diffusion.py).
alphas = EulerDiscreteScheduler(**NOISE).alphas_cumprod.numpy()
table = np.sqrt((1 - alphas) / alphas)
logs = np.log(table.astype(np.float64))
low, high = float(table[0]), float(table[-1])
ALIGNED = [14.6146412293, 6.3184485287, 3.7681790315, 2.1811480769, 1.3405244945, 0.8620721141, 0.5550693289, 0.3798540708,
           0.2332364134, 0.1114188177, 0.0291671582]


def between(timesteps):
    return np.exp(np.interp(timesteps, np.arange(1000), logs))


LISTS = {
    "karras": lambda n: (high ** (1 / 7) + np.linspace(0, 1, n) * (low ** (1 / 7) - high ** (1 / 7))) ** 7,
    "exponential": lambda n: np.exp(np.linspace(np.log(high), np.log(low), n)),
    "simple": lambda n: np.array([table[-(1 + int(i * 1000 / n))] for i in range(n)]),
    "normal": lambda n: between(np.linspace(999, 0, n)),
    "sgm_uniform": lambda n: between(np.linspace(999, 0, n + 1)[:-1]),
    "beta": lambda n: table[np.rint(scipy.stats.beta.ppf(1 - np.arange(n) / n, 0.6, 0.6) * 999).astype(int)],
    "align_your_steps": lambda n: np.exp(np.interp(np.linspace(0, 10, n + 1)[:-1], np.arange(11), np.log(ALIGNED))),
    "kl_optimal": lambda n: np.tan(np.linspace(0, 1, n) * np.arctan(low) + (1 - np.linspace(0, 1, n)) * np.arctan(high)),
}


def spaced(kind, spacing, **more):
    """The timesteps of a scheduler of diffusers; all have those of consistency models from LCM's."""
    scheduler = LCMScheduler(**NOISE) if spacing == "lcm" else kind(**NOISE, timestep_spacing=spacing, **more)
    scheduler.set_timesteps(STEPS)
    return scheduler.timesteps.numpy()


def steps(sampler, schedule):
    """Timesteps and noise levels."""
    if schedule in LISTS:
        sigmas = LISTS[schedule](STEPS).astype(np.float32)
        return np.array([np.abs(logs - np.log(np.float64(s))).argmin() for s in sigmas]), sigmas
    kind = DPMSolverMultistepScheduler if sampler == "dpmpp_2m" else EulerDiscreteScheduler
    timesteps = spaced(kind, schedule)
    return timesteps, np.interp(timesteps, np.arange(1000), table).astype(np.float32)


def by_k_diffusion(k_diffusion, sampler, schedule):
    timesteps, sigmas = steps(sampler, schedule)
    told = dict(zip(sigmas.tolist(), timesteps.tolist()))
    sigmas = torch.tensor(np.append(sigmas, np.float32(0)))
    generator = torch.Generator().manual_seed(SEED)
    # DPM-Solver, ComfyUI's schedules and Euler's leading start at unit variance.
    starts_at_sigma = schedule == "karras" or (schedule in ("trailing", "linspace", "lcm") and sampler != "dpmpp_2m")
    scale = sigmas[0] if starts_at_sigma else (sigmas[0].double() ** 2 + 1).sqrt().float()
    x = torch.randn(SHAPE, generator=generator) * scale

    def denoise(x, sigma):
        sigma = sigma[0]
        return x - noise_in(x / (sigma**2 + 1) ** 0.5, told[float(sigma)]) * sigma

    more = {}
    if sampler == "dpmpp_sde":
        diffusion.model = lambda x, t: noise_in(x, t)
        noise = diffusion.BrownianNoise(x, sigmas[-2], sigmas[0], diffusion.draw_tree_seed(generator))
        return diffusion.dpmpp_sde(x, sigmas, torch.tensor(timesteps), torch.tensor(table), noise)[-1]
    if sampler == "dpmpp_2m_sde":
        seed = diffusion.draw_tree_seed(generator)
        more["noise_sampler"] = k_diffusion.BrownianTreeNoiseSampler(x, sigmas[-2], sigmas[0], seed=seed)
    if sampler == "euler_ancestral":
        more["noise_sampler"] = lambda a, b: torch.randn(SHAPE, generator=generator)
    return getattr(k_diffusion, f"sample_{sampler}")(denoise, x, sigmas, disable=True, **more)


def by_diffusers(sampler, spacing):
    """Those that step between training timesteps."""
    kind = {"ddim": DDIMScheduler, "lcm": LCMScheduler, "tcd": TCDScheduler}[sampler]
    own = dict(clip_sample=False, set_alpha_to_one=False) if sampler == "ddim" else {}
    scheduler = kind(**NOISE, **own)
    scheduler.set_timesteps(STEPS)
    scheduler.timesteps = torch.tensor(spaced(DDIMScheduler, spacing))
    generator = torch.Generator().manual_seed(SEED)
    latent = torch.randn(SHAPE, generator=generator)
    extra = dict(eta=0.3) if sampler == "tcd" else {}
    for t in scheduler.timesteps:
        latent = scheduler.step(noise_in(latent, t), t, latent, **extra, generator=generator).prev_sample
    return latent


def by_unipc(sampler, schedule):
    kind = {"uni_pc": "bh1", "uni_pc_bh2": "bh2"}[sampler]
    scheduler = unipc.Scheduler(**NOISE, solver_order=3, solver_type=kind)
    scheduler.set_timesteps(STEPS)
    if schedule in LISTS:
        timesteps, sigmas = steps(sampler, schedule)
    else:
        timesteps = spaced(UniPCMultistepScheduler, schedule)
        sigmas = np.interp(timesteps, np.arange(1000), table).astype(np.float32)
    scheduler.timesteps, scheduler.sigmas = torch.tensor(timesteps), torch.tensor(np.append(sigmas, np.float32(0)))
    latent = torch.randn(SHAPE, generator=torch.Generator().manual_seed(SEED))
    if schedule == "karras":
        latent = latent * (float(sigmas[0]) / (float(sigmas[0]) ** 2 + 1) ** 0.5)
    scheduler.set_begin_index(0)
    for t in scheduler.timesteps:
        latent = scheduler.step(noise_in(latent, t), t, latent).prev_sample
    # With bh1 the last step divides by zero: see unipc.py.
    return scheduler.estimate if kind == "bh1" else latent


def main():
    k_diffusion = second_order.sampling()
    k_diffusion.utils.append_dims = lambda x, rank: x[(...,) + (None,) * (rank - x.ndim)]
    golden = {}
    for spacing in ("leading", "trailing", "linspace", "lcm"):
        for sampler in ("ddim", "lcm", "tcd"):
            golden[f"{sampler}.{spacing}"] = by_diffusers(sampler, spacing)
    for schedule in ("leading", "trailing", "linspace", "lcm", *LISTS):
        for sampler in ("dpmpp_2m", "dpmpp_2m_sde", "dpmpp_sde", "euler", "euler_ancestral", "heun"):
            golden[f"{sampler}.{schedule}"] = by_k_diffusion(k_diffusion, sampler, schedule)
        for sampler in ("uni_pc", "uni_pc_bh2"):
            golden[f"{sampler}.{schedule}"] = by_unipc(sampler, schedule)
    golden = {key: value.detach().float().clone().contiguous() for key, value in golden.items()}
    assert all(value.isfinite().all() for value in golden.values())
    save_file(golden, OUT, metadata={"made_by": "scripts/goldens/schedules_rendered.py"})
    print(len(golden), "renders,", OUT.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
