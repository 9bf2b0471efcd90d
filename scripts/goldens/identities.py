"""Writes the references of several identities in one picture, with masks and windows.

    Tests/ModelsTests/Goldens/identities.safetensors     single calls of the UNet
    Tests/NodesTests/Goldens/identities.safetensors      whole renders by diffusers' SDXL pipeline
    Tests/DiffusionTests/Goldens/window.safetensors      noise levels by parts of the way, as ComfyUI counts them

Each identity's part is what PuLID's own attention processor gives with this identity less what it gives without: the
processor itself is not changed. Masks and windows are PuLID_ComfyUI's (cubiq/PuLID_ComfyUI 4e1fd40, pulid.py), with
torch.nn.functional.interpolate. Made with torch 2.13.0, diffusers 0.42.1, in float32 from fp16 weights. After render.py:

    python scripts/goldens/identities.py --pulid CHECKOUT_OF_PULID
"""

import argparse
import dataclasses
import math
import pathlib

import torch
from diffusers import DPMSolverMultistepScheduler, EulerDiscreteScheduler, StableDiffusionXLPipeline
from safetensors.torch import load_file, save_file

from sdxl_folder import ADAPTER, SDXL, TESTS, official_attention, set_ortho

WIDTH = 72
SIGMAS = None


@dataclasses.dataclass
class Person:
    tokens: torch.Tensor
    scale: float
    num_zero: int
    ortho: str
    mask: torch.Tensor | None = None
    window: tuple[float, float] = (0.0, 1.0)


def percent_to_sigma(percent: float) -> float:
    """As comfy/model_sampling.py::ModelSamplingDiscrete counts it."""
    if percent <= 0:
        return 999999999.9
    if percent >= 1:
        return 0.0
    t = torch.tensor((1 - percent) * 999.0).float()
    low, high, share = t.floor().long(), t.ceil().long(), t.frac()
    logs = SIGMAS.log()
    return ((1 - share) * logs[low] + share * logs[high]).exp().item()


class SeveralIdentities(torch.nn.Module):
    """Around an official processor of either flavour; `people` and `state` are arguments of the call."""

    def __init__(self, official, attention):
        super().__init__()
        self.official, self.attention = official, attention

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, temb=None,
                 people=(), state=None):
        base = self.official(attn, hidden_states, encoder_hidden_states)
        result = base
        for person in people:
            start, end = (percent_to_sigma(part) for part in person.window)
            if not end <= state["sigma"] <= start:
                continue
            set_ortho(self.attention, person.ortho, person.num_zero)
            tokens = person.tokens[-len(hidden_states):]
            part = self.official(attn, hidden_states, encoder_hidden_states, id_embedding=tokens,
                                 id_scale=person.scale) - base
            if person.mask is not None:
                height, width = next(g for g in state["grids"] if g[0] * g[1] == hidden_states.shape[1])
                weights = torch.nn.functional.interpolate(person.mask[None, None], size=(height, width), mode="bilinear")
                part = part * weights.reshape(1, -1, 1)
            result = result + part
        return result


class Ignoring(torch.nn.Module):
    """Self-attention that takes no notice of identities."""

    def __init__(self, official):
        super().__init__()
        self.official = official

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, temb=None,
                 people=(), state=None):
        return self.official(attn, hidden_states, encoder_hidden_states)


def install(unet, attention, flavour: str) -> None:
    """The official processors with the adapters' weights that unet.py made. `flavour`: "" or "2_0"."""
    processors = {}
    for name, module in unet.named_modules():
        if name.endswith("attn1"):
            processors[name + ".processor"] = getattr(attention, "AttnProcessor" + flavour)()
        elif name.endswith("attn2"):
            kind = getattr(attention, "IDAttnProcessor" + flavour)
            processors[name + ".processor"] = kind(module.to_q.weight.shape[0], unet.config.cross_attention_dim)
    ordered = {name: processors[name] for name in unet.attn_processors}
    state = {key.removeprefix("id_adapter_attn_layers."): value.float() for key, value in load_file(ADAPTER).items()}
    torch.nn.ModuleList(ordered.values()).load_state_dict(state)
    unet.set_attn_processor({
        name: SeveralIdentities(processor, attention) if hasattr(processor, "id_to_k") else Ignoring(processor)
        for name, processor in ordered.items()})


def grids(height: int, width: int) -> list[tuple[int, int]]:
    result = [(height, width)]
    for _ in range(2):
        result.append(((result[-1][0] + 1) // 2, (result[-1][1] + 1) // 2))
    return result


def mask_picture(height: int, width: int, generator) -> torch.Tensor:
    """(3, H, W) in 0...1: soft coloured blobs, white and black places among them."""
    coarse = torch.rand((1, 3, 5, 4), generator=generator) * 2 - 0.5
    return torch.nn.functional.interpolate(coarse, size=(height, width), mode="bicubic")[0].clamp(0, 1)


def grey(picture: torch.Tensor) -> torch.Tensor:
    return 0.299 * picture[0] + 0.587 * picture[1] + 0.114 * picture[2]


def save(tensors: dict, target: str, name: str) -> None:
    save_file({key: value.detach().contiguous() for key, value in tensors.items()}, TESTS / target / "Goldens" / name,
              metadata={"made_by": "scripts/goldens/identities.py", "versions": "torch 2.13.0, diffusers 0.42.1"})


def unet_calls(unet, attention) -> dict:
    """v1's ten tokens and v1.1's 32, each in its place; the odd latent's grids are halved with rounding up."""
    inputs = load_file(TESTS / "ModelsTests/Goldens/unet.safetensors")
    generator = torch.Generator().manual_seed(21)
    tokens = [torch.randn((2, count, WIDTH), generator=generator) for count in (10, 32)]
    masks = [grey(mask_picture(*size, generator)) for size in ((50, 40), (9, 30))]
    golden = {f"person.{i}": value for i, value in enumerate(tokens)}
    golden |= {f"mask.{i}": value[None, None] for i, value in enumerate(masks)}

    def call(name: str, people: list[Person]) -> torch.Tensor:
        sample = inputs[f"{name}.sample"]
        state = {"sigma": 1.0, "grids": grids(*sample.shape[2:])}
        with torch.no_grad():
            return unet(sample, 499, inputs[f"{name}.context"],
                        added_cond_kwargs={"text_embeds": inputs[f"{name}.pooled"],
                                           "time_ids": inputs["time_ids"][:len(sample)]},
                        cross_attention_kwargs={"people": people, "state": state}).sample

    def both(ortho: str, masked: bool) -> list[Person]:
        return [Person(tokens[0], 0.8, 8, ortho, masks[0] if masked else None),
                Person(tokens[1], 1.2, 20, ortho, masks[1] if masked else None)]

    install(unet, attention, "2_0")
    for ortho in ("off", "v1", "v2"):
        for latent in ("even", "odd"):
            golden[f"{ortho}.{latent}.masked"] = call(latent, both(ortho, True))
        golden[f"{ortho}.even.everywhere"] = call("even", both(ortho, False))
    # The flavour for PyTorch 1 has no v2.
    install(unet, attention, "")
    for ortho in ("off", "v1"):
        golden[f"{ortho}.even.masked.torch1"] = call("even", both(ortho, True))
    return golden


def renders(pipeline, attention) -> dict:
    prompts = load_file(TESTS / "NodesTests/Goldens/render.safetensors")
    generator = torch.Generator().manual_seed(22)
    tokens = [torch.randn((2, count, WIDTH), generator=generator) for count in (10, 32)]
    pictures = [mask_picture(*size, generator) for size in ((48, 32), (21, 37))]
    golden = {f"uncond.{i}": value[:1] for i, value in enumerate(tokens)}
    golden |= {f"id.{i}": value[1:] for i, value in enumerate(tokens)}
    golden |= {f"mask.{i}": value[None] * 2 - 1 for i, value in enumerate(pictures)}
    masks = [grey(picture) for picture in pictures]
    state = {"grids": grids(12, 8)}
    forward = pipeline.unet.forward

    def at_noise_level(sample, timestep, *args, **kwargs):
        state["sigma"] = SIGMAS[int(timestep)].item()
        return forward(sample, timestep, *args, **kwargs)

    pipeline.unet.forward = at_noise_level

    def render(people: list[Person], guidance: float, steps: int, kind) -> torch.Tensor:
        pipeline.scheduler = kind.from_config(pipeline.scheduler.config, timestep_spacing="trailing")
        return pipeline(
            prompt_embeds=prompts["embeds"], negative_prompt_embeds=prompts["negative_embeds"],
            pooled_prompt_embeds=prompts["pooled"], negative_pooled_prompt_embeds=prompts["negative_pooled"],
            width=64, height=96, num_inference_steps=steps, guidance_scale=guidance,
            generator=torch.Generator().manual_seed(42), output_type="latent",
            cross_attention_kwargs={"people": people, "state": state}).images

    install(pipeline.unet, attention, "2_0")
    golden["each_in_place"] = render(
        [Person(tokens[0], 0.8, 8, "v2", masks[0]), Person(tokens[1], 1.5, 16, "v1", masks[1], (0.25, 0.8))],
        1.2, 4, DPMSolverMultistepScheduler)
    golden["one_after_the_other"] = render(
        [Person(tokens[0], 1.0, 0, "off", None, (0.0, 0.5)), Person(tokens[1], 1.0, 0, "off", None, (0.5, 1.0))],
        1.0, 6, EulerDiscreteScheduler)
    golden["v1_1"] = render([Person(tokens[1], 0.8, 20, "v2")], 7.0, 4, DPMSolverMultistepScheduler)
    return golden


def main() -> None:
    global SIGMAS
    parser = argparse.ArgumentParser()
    parser.add_argument("--pulid", type=pathlib.Path, required=True)
    attention = official_attention(parser.parse_args().pulid)
    pipeline = StableDiffusionXLPipeline.from_pretrained(SDXL, torch_dtype=torch.float32, add_watermarker=False)
    pipeline.set_progress_bar_config(disable=True)
    alphas = pipeline.scheduler.alphas_cumprod
    SIGMAS = ((1 - alphas) / alphas) ** 0.5

    parts = [i / 16 for i in range(1, 16)] + [0.001, 0.8, 0.999, math.pi / 4]
    save({"parts": torch.tensor(parts, dtype=torch.float64).float(),
          "sigmas": torch.tensor([percent_to_sigma(float(torch.tensor(part).float())) for part in parts])},
         "DiffusionTests", "window.safetensors")
    save(unet_calls(pipeline.unet, attention), "ModelsTests", "identities.safetensors")
    save(renders(pipeline, attention), "NodesTests", "identities.safetensors")


if __name__ == "__main__":
    main()
