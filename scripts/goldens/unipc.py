"""References for Tests/DiffusionTests: whole trajectories of uni_pc and uni_pc_bh2, as diffusers' UniPCMultistepScheduler of third
order runs them.

Written with torch 2.13.0 (CPU), diffusers 0.42.1:
    python scripts/goldens/unipc.py

Latents are as the scheduler keeps them, at unit variance, in PyTorch's layout (B, C, H, W). With bh1 its last step, to no noise at
all, divides by zero and is NaN throughout; a step of first order goes to the estimate of the clean latent, which is written here.
"""
from pathlib import Path

import torch
from diffusers import UniPCMultistepScheduler
from safetensors.torch import save_file

OUT = Path(__file__).resolve().parents[2] / "Tests/DiffusionTests/Goldens/unipc.safetensors"
SDXL = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000, steps_offset=1)
SHAPE = (2, 4, 2, 3)


def model(x, t):
    return torch.tanh(0.7 * x + 0.001 * float(t) - 0.3)


class Scheduler(UniPCMultistepScheduler):
    """Remembers the last estimate of the clean latent."""

    def convert_model_output(self, *args, **kwargs):
        self.estimate = super().convert_model_output(*args, **kwargs)
        return self.estimate


def unipc(kind, spacing, steps, start=0, prediction="epsilon"):
    spaced = {"use_karras_sigmas": True} if spacing == "karras" else {"timestep_spacing": spacing}
    scheduler = Scheduler(**SDXL, **spaced, solver_order=3, solver_type=kind, prediction_type=prediction)
    scheduler.set_timesteps(steps)
    scheduler.set_begin_index(start)
    generator = torch.Generator("cpu").manual_seed(42)
    noise = torch.randn(SHAPE, generator=generator)
    if start > 0:
        latent = scheduler.add_noise(torch.randn(SHAPE, generator=generator), noise, scheduler.timesteps[start:start + 1])
    elif spacing == "karras":  # from sigma_max, as our other samplers do there
        sigma = scheduler.sigmas[0].double()
        latent = noise * (sigma / (sigma**2 + 1).sqrt()).float()
    else:
        latent = noise * scheduler.init_noise_sigma
    latents = [latent]
    for t in scheduler.timesteps[start:]:
        latent = scheduler.step(model(latent, t), t, latent).prev_sample
        latents.append(latent)
    if kind == "bh1":
        assert latents[-1].isnan().all()
        latents[-1] = scheduler.estimate
    return torch.stack(latents)


def main():
    tensors = {}
    for kind, name in (("bh1", "uni_pc"), ("bh2", "uni_pc_bh2")):
        for spacing in ("leading", "trailing", "linspace", "karras"):
            for steps in (1, 2, 4, 7, 25):
                tensors[f"{name}.{spacing}.{steps}"] = unipc(kind, spacing, steps)
        tensors[f"{name}.velocity"] = unipc(kind, "trailing", 7, prediction="v_prediction")
        tensors[f"{name}.partway"] = unipc(kind, "trailing", 7, start=3)
    save_file({key: value.float().contiguous() for key, value in tensors.items()}, OUT)
    print(len(tensors), OUT.stat().st_size)


if __name__ == "__main__":
    main()
