#!/usr/bin/env python3
"""UNet and VAE of stable-diffusion.cpp (97d2990), by what its program reports while it makes a picture.

    python sdcpp_peer.py PROGRAM [OPTION ...]      such as --type f16 --diffusion-fa

Answers as torch_peer.py does, for the tasks "unet" (one step without guidance, no identity) and "vae" at full size. One
call of the program serves both: each task takes the next figure that has not been told.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

STEPS = 2
PATTERNS = {"unet": r"sampling completed, taking ([\d.]+)s", "vae": r"latent 1 decoded, taking ([\d.]+)s"}


def picture(program, options, task):
    """Seconds by kind of task, and the most memory in bytes."""
    pixels = str(8 * task["side"])
    with tempfile.TemporaryDirectory() as folder:
        # The same model in one file, which the program reads however its parts are named.
        model = Path(task["model"]).with_name("sd_xl_base_1.0.safetensors")
        command = [program, "-m", str(model), "-p", "portrait", "--steps", str(STEPS), "--cfg-scale", "1"]
        command += ["-W", pixels, "-H", pixels, "-t", str(task["threads"]), "-o", f"{folder}/picture.png", *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
    found = {kind: re.search(pattern, text) for kind, pattern in PATTERNS.items()}
    if status != 0 or None in found.values():
        raise RuntimeError(f"{' '.join(command)} failed: {text[-500:]}")
    return {
        "unet": float(found["unet"][1]) / STEPS,
        "vae": float(found["vae"][1]),
        "peak": usage.ru_maxrss * 1024,
    }


def main(program, *options):
    def answer(**fields):
        print(json.dumps(fields), flush=True)

    answer(name=" ".join(["stable-diffusion.cpp", *options]))
    untold = []
    for line in sys.stdin:
        task = json.loads(line)
        kind, side = task["kind"], task.get("side")
        if kind not in PATTERNS or "model" not in task or task["clock"] != "wall":
            answer(error=f"{kind} is not known here")
            continue
        try:
            known = next((t for t in untold if t["side"] == side and kind in t), None)
            if known is None:
                known = {**picture(program, options, task), "side": side}
                untold.append(known)
            answer(seconds=known.pop(kind), peak=known["peak"])
        except Exception as error:  # the other side goes on with the next task
            answer(error=str(error))


if __name__ == "__main__":
    main(*sys.argv[1:])
