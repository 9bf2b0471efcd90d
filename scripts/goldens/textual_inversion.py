"""Writes Tests/ModelsTests/Goldens/textual_inversion.safetensors, and the textual inversion neg_xl.safetensors beside it: what
the random SDXL folder's encoders make of prompts with it.

Reference: diffusers 0.42.1 (load_textual_inversion, encode_prompt), transformers 5.24.0, torch 2.13.0, in float32. Where a text
ends, transformers takes the largest of its ids, which there is a learned word's: the pooled states are those at the text's end,
as ComfyUI has them. Weighted states are ComfyUI's, z + (w - 1) (z - those of the empty text).
"""

import pathlib

import torch
from diffusers import StableDiffusionXLPipeline
from safetensors.torch import save_file

TESTS = pathlib.Path(__file__).parents[2] / "Tests"
FOLDER = TESTS / "ModelsTests/Goldens"
pipe = StableDiffusionXLPipeline.from_pretrained(TESTS / "Goldens/sdxl", torch_dtype=torch.float32)
encoders, tokenizers = [pipe.text_encoder, pipe.text_encoder_2], [pipe.tokenizer, pipe.tokenizer_2]
generator = torch.Generator().manual_seed(5)
vectors = {
    "clip_l": (torch.randn(2, pipe.text_encoder.config.hidden_size, generator=generator) * 0.5).half(),
    "clip_g": (torch.randn(3, pipe.text_encoder_2.config.hidden_size, generator=generator) * 0.5).half()}
save_file(vectors, FOLDER / "neg_xl.safetensors")
ends = [t.eos_token_id for t in tokenizers]
for key, tokenizer, encoder in zip(vectors, tokenizers, encoders):
    pipe.load_textual_inversion({key: vectors[key].float()}, token="negxl", tokenizer=tokenizer, text_encoder=encoder)

result = {}


@torch.no_grad()
def encode(name, prompt, weights=None):
    """With weights, of the first encoder's and the second's places by their index."""
    states = []
    for i, (tokenizer, encoder) in enumerate(zip(tokenizers, encoders)):
        def run(text):
            text = pipe.maybe_convert_prompt(text, tokenizer)
            ids = tokenizer(text, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids
            return ids, encoder(ids, output_hidden_states=True)
        ids, output = run(prompt)
        z = output.hidden_states[-2]
        if weights:
            empty = run("")[1].hidden_states[-2]
            w = torch.ones(77)
            for place in weights[i]:
                w[place] = 1.3
            z = z + (w[None, :, None] - 1) * (z - empty)
        states.append(z)
        result[f"{name}.inputs.{i + 1}"] = output.hidden_states[0]
        end = ids[0].tolist().index(ends[i])
        if i == 1:
            last = getattr(encoder, "text_model", encoder).final_layer_norm(output.hidden_states[-1])
            result[f"{name}.pooled"] = encoder.text_projection(last[:, end])
            print(name, ids[0, :12].tolist(), end)
    result[f"{name}.embeds"] = torch.cat(states, dim=-1)
    if not weights:
        embeds, *_ = pipe.encode_prompt(prompt, device="cpu", do_classifier_free_guidance=False)
        assert torch.equal(embeds, result[f"{name}.embeds"])


encode("plain", "a portrait, negxl, photo")
encode("start", "negxl")
encode("twice", "negxl photo negxl")
words = len(pipe.tokenizer.tokenize("a portrait,")) + 1
encode("weighted", "a portrait, negxl", [range(words, words + 2), range(words, words + 3)])
save_file({k: v.contiguous() for k, v in result.items() if ".inputs" not in k or k.startswith("plain")},
          FOLDER / "textual_inversion.safetensors")
