#!/usr/bin/env python3
"""The work of Benchmarks in PyTorch and diffusers: reads a task a line as JSON, does it once, answers with a line.
A task's precision "bf16" is weights and numbers in bfloat16, feature maps with channels last; it is fastest so.

An answer is {"seconds": ..., "peak": bytes}, or {"error": ...} for a task that is not known here. A task that equals the
one before is not prepared anew. Weights come from the files that the Swift side wrote, widened to 32 bits.
"""

import gc
import json
import os
import sys
import time
from pathlib import Path

ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what libraries print is no answer

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

from networks import number_type, training_step, unet_call, vae_decode  # noqa: E402
from pipeline import render  # noqa: E402


def linear(task):
    layer = torch.nn.Linear(task["in"], task["out"]).to(number_type(task))
    x = (torch.rand(1, task["rows"], task["in"]) * 4 - 2).to(number_type(task))
    return lambda: layer(x)


def conv(task):
    layer = torch.nn.Conv2d(task["in"], task["out"], 3, padding=1)
    x = torch.rand(1, task["in"], task["side"], task["side"]) * 4 - 2
    if number_type(task) == torch.bfloat16:
        layer, x = [y.to(torch.bfloat16).to(memory_format=torch.channels_last) for y in (layer, x)]
    return lambda: layer(x)


def attention(task):
    heads, channels = task["heads"], task["channels"]

    def split(length):
        x = (torch.rand(1, length, channels) * 4 - 2).to(number_type(task))
        return x.view(1, length, heads, channels // heads).transpose(1, 2)

    q, k, v = split(task["queries"]), split(task["keys"]), split(task["keys"])
    return lambda: F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(1, -1, channels)


def elementwise(task):
    shape = [task[f"size{i}"] for i in range(4) if f"size{i}" in task]
    x = (torch.rand(shape) * 4 - 2).to(number_type(task))
    if len(shape) == 4:  # feature maps are channels first there
        x = x.permute(0, 3, 1, 2).contiguous()
    weight, bias = torch.ones(x.shape[1]).to(x.dtype), torch.zeros(x.shape[1]).to(x.dtype)
    row = torch.ones(x.shape[-1]).to(x.dtype), torch.zeros(x.shape[-1]).to(x.dtype)

    def geglu():
        h, gate = x.chunk(2, dim=-1)
        return h * F.gelu(gate)

    return {
        "group norm": lambda: F.group_norm(x, task["groups"], weight, bias),
        "group norm + SiLU": lambda: F.silu(F.group_norm(x, task["groups"], weight, bias)),
        "layer norm": lambda: F.layer_norm(x, x.shape[-1:], *row),
        "GEGLU": geglu,
        "SiLU": lambda: F.silu(x),
        "GELU": lambda: F.gelu(x),
        "add": lambda: x + x,
        "softmax": lambda: torch.softmax(x, dim=-1),
        "concatenate channels": lambda: torch.cat([x, x], dim=1),
        "upsample 2x": lambda: F.interpolate(x, scale_factor=2.0, mode="nearest"),
    }.get(task["kind"])


KINDS = {
    "linear": linear,
    "conv": conv,
    "attention": attention,
    "unet": unet_call,
    "vae": vae_decode,
    "training": training_step,
    "render": render,
}


def memory_peak() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def seconds(run, task) -> float:
    """Of one call: from as many as take `least_ms` together."""
    least = task["least_ms"] / 1000
    wall = task["clock"] == "wall"
    clock = time.perf_counter if wall else lambda: time.process_time() / task["threads"]
    start, calls = clock(), 0
    while True:
        run()
        calls += 1
        elapsed = clock() - start
        if elapsed >= least:
            return elapsed / calls


def main() -> None:
    def answer(**fields):
        ANSWERS.write(json.dumps(fields) + "\n")
        ANSWERS.flush()

    answer(name="PyTorch")
    prepared, run = None, None
    for line in sys.stdin:
        task = json.loads(line)
        try:
            with torch.inference_mode(task["kind"] != "training"):
                torch.set_num_threads(task["threads"])
                if task != prepared:
                    run = None
                    gc.collect()
                    Path("/proc/self/clear_refs").write_text("5")
                    run, prepared = KINDS.get(task["kind"], elementwise)(task), task
                    if run is not None and task["kind"] != "render":
                        run()
                if run is None:
                    answer(error=f"{task['kind']} is not known here")
                    continue
                answer(seconds=seconds(run, task), peak=memory_peak())
        except Exception as error:  # the other side goes on with the next task
            prepared = None
            answer(error=f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    torch.manual_seed(0)
    main()
