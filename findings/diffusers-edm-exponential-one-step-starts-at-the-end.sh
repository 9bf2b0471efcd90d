#!/bin/sh
# One step of diffusers' EDM schedulers with sigma_schedule "exponential".
#
# A good guess: one step starts at sigma_max, as it does with "karras" and with every other scheduler: there is nothing but noise
# to start from. Really: the levels are spaced between the logarithms of sigma_min and sigma_max and then turned around, and of
# one level that leaves sigma_min: the render starts at 0.002 instead of 80. The initial noise is still scaled for 80, so that the
# model is handed numbers of about 160 where it was trained on 1. Two steps are as expected.
#
# Version: diffusers 0.42.1, torch 2.13.0 (CPU; from pip's index or PyTorch's). Who meets it: whoever tries one-step models, or a step count of 1 in a test, with
# Playground 2.5's or CosXL's schedulers.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q \
    'torch==2.13.0+cpu' 'diffusers==0.42.1' 'transformers==5.24.0' 'numpy<3'
"$folder/venv/bin/python" - <<'PYTHON'
from diffusers import EDMEulerScheduler, EDMDPMSolverMultistepScheduler

for kind in (EDMEulerScheduler, EDMDPMSolverMultistepScheduler):
    for schedule, expected in (("karras", [80.0, 0.0]), ("exponential", [0.002, 0.0])):
        scheduler = kind(sigma_schedule=schedule)
        scheduler.set_timesteps(1)
        found = [round(float(s), 3) for s in scheduler.sigmas]
        print(kind.__name__, schedule, found, "first noise times", round(float(scheduler.init_noise_sigma), 3))
        assert found == expected, found
    scheduler.set_timesteps(2)
    assert [round(float(s), 3) for s in scheduler.sigmas] == [80.0, 0.002, 0.0]
PYTHON
