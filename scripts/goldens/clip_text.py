"""Writes Tests/ModelsTests/Goldens/clip_*.safetensors: CLIP's text encoders and SDXL's prompts.

Reference: torch 2.13.0, transformers 5.23.0, diffusers 0.42.1; prompts by StableDiffusionXLPipeline.encode_prompt on
Tests/Goldens/sdxl (make_sdxl_folder.py), in float32 from its fp16 weights.

    python scripts/goldens/clip_text.py
"""

import json
from pathlib import Path

import torch
from diffusers import StableDiffusionXLPipeline
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

tests = Path(__file__).parents[2] / "Tests"
goldens = tests / "ModelsTests/Goldens"
torch.use_deterministic_algorithms(True)


def randomise(model: torch.nn.Module, seed: int) -> torch.nn.Module:
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.ndim == 1:
                parameter.copy_((1 if "norm" in name and "weight" in name else 0) + 0.3 * noise)
            elif "embedding" in name:
                parameter.copy_(noise)
            else:
                parameter.copy_(2 * noise / parameter[0].numel() ** 0.5)
    return model.eval()


def encoders() -> None:
    generator = torch.Generator().manual_seed(5)
    sizes = dict(vocab_size=99, max_position_embeddings=13)
    # The first as SDXL's: quick GELU and the old eos_token_id; keys with the prefix that the Hub's files have. The
    # second: GELU, a projection to another width, an end token of its own.
    first = randomise(CLIPTextModel(CLIPTextConfig(
        hidden_size=24, intermediate_size=56, num_attention_heads=3, num_hidden_layers=3, hidden_act="quick_gelu",
        eos_token_id=2, layer_norm_eps=1e-5, **sizes)), 1)
    second = randomise(CLIPTextModelWithProjection(CLIPTextConfig(
        hidden_size=40, intermediate_size=72, num_attention_heads=2, num_hidden_layers=4, hidden_act="gelu",
        projection_dim=28, eos_token_id=97, layer_norm_eps=1e-3, **sizes)), 2)
    for name, model in (("clip_l", first), ("clip_g", second)):
        ids = torch.randint(0, 97, (3, 13), generator=generator)
        ids[0, 4], ids[1, 9], ids[1, 11], ids[2, 0] = 97, 97, 97, 98 if name == "clip_l" else 97
        with torch.no_grad():
            output = model(input_ids=ids, output_hidden_states=True)
        pooled = output.text_embeds if name == "clip_g" else output.pooler_output
        tensors = {"penultimate": output.hidden_states[-2], "last": output.last_hidden_state, "pooled": pooled}
        state = model.state_dict()
        if name == "clip_l":
            state = {f"text_model.{key}": value for key, value in state.items()}
            state["text_model.embeddings.position_ids"] = torch.arange(13).unsqueeze(0)
        tensors |= {f"model.{key}": value for key, value in state.items()}
        tensors["ids"] = ids
        save_file({key: value.contiguous() for key, value in tensors.items()}, goldens / f"{name}.safetensors",
                  metadata={"config": model.config.to_json_string(use_diff=False)})


def prompts() -> None:
    pipeline = StableDiffusionXLPipeline.from_pretrained(tests / "Goldens/sdxl", torch_dtype=torch.float32)
    texts = ["portrait of a person, watercolor painting!", "A café's NEON sign; 1999 <|endoftext|> pencil " * 12]
    negatives = ["blurry, low quality", ""]
    result = {}
    with torch.no_grad():
        for name, negative in (("none", None), ("given", negatives)):
            names = ("embeds", "negative_embeds", "pooled", "negative_pooled")
            tensors = pipeline.encode_prompt(texts, do_classifier_free_guidance=True, negative_prompt=negative)
            result |= {f"{name}.{key}": tensor.clone() for key, tensor in zip(names, tensors)}
        pipeline.register_to_config(force_zeros_for_empty_prompt=False)
        tensors = pipeline.encode_prompt(texts, do_classifier_free_guidance=True)
        result |= {f"encoded.{key}": tensor.clone() for key, tensor in zip(names, tensors) if "negative" in key}
    # What guidance with zeros takes in place of a missing prompt needs no file.
    assert all((result.pop(f"none.{key}") == 0).all() for key in ("negative_embeds", "negative_pooled"))
    for key in ("embeds", "pooled"):
        assert torch.equal(result[f"none.{key}"], result.pop(f"given.{key}"))
    save_file(result, goldens / "clip_prompt.safetensors",
              metadata={"texts": json.dumps(texts), "negatives": json.dumps(negatives)})


if __name__ == "__main__":
    encoders()
    prompts()
