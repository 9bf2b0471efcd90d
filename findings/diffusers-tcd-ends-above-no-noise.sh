#!/bin/sh
# What the last step of diffusers' TCDScheduler returns.
#
# A good guess: with set_alpha_to_one, its default, and eta 0 the last step ends at the clean image, as the last steps of DDIM and
# LCM do. Really: it ends at training timestep 0, whose noise is still there (3 % at SDXL's betas), for set_alpha_to_one speaks of
# a timestep before 0, to which TCD's steps never go. A model that sees the truth thus ends at
# sqrt(a0) image + sqrt(1 - a0) noise; LCM's ends at the image.
#
# Version: diffusers 0.42.1, torch 2.13.0 (CPU; from pip's index or PyTorch's). Who meets it: whoever compares TCD with another implementation, or a Hyper-SD render
# with LCM's, and finds a rest that no setting removes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q \
    'torch==2.13.0+cpu' 'diffusers==0.42.1' 'transformers==5.24.0' 'numpy<3'
"$folder/venv/bin/python" - <<'PYTHON'
import torch
from diffusers import LCMScheduler, TCDScheduler

image, noise = torch.full((1, 4, 2, 2), 0.5), torch.ones(1, 4, 2, 2)
for kind, extra in ((LCMScheduler, {}), (TCDScheduler, {"eta": 0.0})):
    scheduler = kind()
    assert scheduler.config.set_alpha_to_one
    for steps in (1, 4):
        scheduler.set_timesteps(steps)
        t = scheduler.timesteps[-1]
        scheduler._step_index = steps - 1
        a = scheduler.alphas_cumprod[t]
        latent = a.sqrt() * image + (1 - a).sqrt() * noise
        found = float(scheduler.step(noise, t, latent, **extra).prev_sample.mean())
        a0 = scheduler.alphas_cumprod[0]
        rest = float(a0.sqrt() * 0.5 + (1 - a0).sqrt())
        expected = rest if kind is TCDScheduler else 0.5
        print(kind.__name__, steps, "steps end at", round(found, 4), "for an image of 0.5")
        assert abs(found - expected) < 1e-3, (found, expected)
PYTHON
