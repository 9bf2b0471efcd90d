#!/bin/sh
# One step of k-diffusion's multistep SDE samplers.
#
# A good guess: with the noise levels [sigma_max, 0] every sampler calls the model once and returns its estimate, as
# sample_dpmpp_2m does. Really: sample_dpmpp_2m_sde and sample_dpmpp_3m_sde raise UnboundLocalError. A step to no noise sets no h,
# and h_last = h follows all the same; with two steps or more it is the h of the step before.
#
# Versions: k-diffusion 0.1.1.post1, torch 2.13.0 (CPU; from pip's index or PyTorch's). Who meets it: whoever offers these samplers
# for distilled models of one step, or compares another implementation with them at every step count.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'torch==2.13.0+cpu' 'numpy<3' scipy tqdm
"$folder/venv/bin/pip" install -q --no-deps \
    'k-diffusion==0.1.1.post1' 'torchdiffeq==0.2.5' 'torchsde==0.2.6' 'trampoline==0.1.2'
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.util
import sys
import types

import torch

# The package's other modules need a dozen packages more; its samplers do not.
package = types.ModuleType("k_diffusion")
package.__path__ = list(importlib.util.find_spec("k_diffusion").submodule_search_locations)
sys.modules["k_diffusion"] = package
sys.modules["k_diffusion.utils"] = package.utils = types.ModuleType("k_diffusion.utils")
sampling = importlib.import_module("k_diffusion.sampling")

noise = torch.randn(1, 4, 2, 2) * 14.6


def one_step(name):
    return getattr(sampling, name)(lambda x, sigma: x * 0 + 0.5, noise, torch.tensor([14.6, 0.0]), disable=True)


assert (one_step("sample_dpmpp_2m") == 0.5).all()
print("sample_dpmpp_2m: the model's estimate")
for name in ("sample_dpmpp_2m_sde", "sample_dpmpp_3m_sde"):
    try:
        one_step(name)
    except UnboundLocalError as error:
        print(f"{name}: {type(error).__name__}: {error}")
    else:
        raise SystemExit(f"{name} makes one step now")
PYTHON
