#!/bin/sh
# One step of k-diffusion's sample_dpmpp_2m_sde and sample_dpmpp_3m_sde.
#
# A good guess: one step, from the first noise level straight to zero, gives the model's estimate of the clean image, as one step of
# sample_dpmpp_2m, sample_dpmpp_sde and sample_euler does, and as the last of several steps of these two samplers does. Really:
# both end in UnboundLocalError: a step to zero sets no h, and what remembers it for the step after reads it all the same. With
# several steps it reads the h of the step before.
#
# Version: k-diffusion 0.1.1.post1, torch 2.13.0 (CPU; from pip's index or PyTorch's). Who meets it: whoever samples with these two
# from the last noise level alone: one step of a distilled model, or an image-to-image strength so low that one step is left.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q 'torch==2.13.0+cpu' 'numpy<3' 'scipy==1.17.1' 'tqdm==4.67.1'
"$folder/venv/bin/pip" install -q --no-deps \
    'k-diffusion==0.1.1.post1' 'torchdiffeq==0.2.5' 'torchsde==0.2.6' 'trampoline==0.1.2'
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.util
import sys
import types

import torch

# The package's __init__ and utils want all that training needs; its samplers are a module by themselves, with one of utils' functions.
package = types.ModuleType("k_diffusion")
package.__path__ = list(importlib.util.find_spec("k_diffusion").submodule_search_locations)
package.utils = sys.modules["k_diffusion.utils"] = types.ModuleType("k_diffusion.utils")
package.utils.append_dims = lambda x, count: x[(...,) + (None,) * (count - x.ndim)]
sys.modules["k_diffusion"] = package
from k_diffusion import sampling

x = torch.randn(1, 4, 2, 2, generator=torch.Generator().manual_seed(0)) * 14.6


def ends(sample, sigmas):
    try:
        return round(float(sample(lambda x, sigma: torch.full_like(x, 0.5), x, torch.tensor(sigmas), disable=True).mean()), 4)
    except UnboundLocalError as error:
        return type(error).__name__


for name in ("sample_euler", "sample_dpmpp_2m", "sample_dpmpp_sde", "sample_dpmpp_2m_sde", "sample_dpmpp_3m_sde"):
    sample = getattr(sampling, name)
    one, two = ends(sample, [14.6, 0.0]), ends(sample, [14.6, 1.0, 0.0])
    print(name, "one step:", one, "two steps:", two, "for a model that always sees 0.5")
    assert two == 0.5
    assert one == ("UnboundLocalError" if name in ("sample_dpmpp_2m_sde", "sample_dpmpp_3m_sde") else 0.5)
PYTHON
