"""Writes Tests/NodesTests/Goldens/single_file: one tiny SDXL as a checkpoint in one file, in the layout of its authors,
and in the layout of diffusers; and the names and shapes of the full size.

Reference: diffusers' scripts/convert_diffusers_to_original_sdxl.py makes the one file, and diffusers'
loaders/single_file_utils.py, which `from_single_file` uses, confirms that it reads back as the same model.
Made with torch 2.13.0, diffusers 0.42.1, transformers 5.23.0.

    python scripts/goldens/single_file.py CHECKOUT_OF_DIFFUSERS
"""

import importlib.util
import json
import pathlib
import sys

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from diffusers.loaders.single_file_utils import (convert_ldm_unet_checkpoint, convert_ldm_vae_checkpoint,
                                                 convert_open_clip_checkpoint)
from make_sdxl_folder import randomise
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

TESTS = pathlib.Path(__file__).parents[2] / "Tests"
FOLDER = TESTS / "NodesTests/Goldens/single_file"
script = pathlib.Path(sys.argv[1]) / "scripts/convert_diffusers_to_original_sdxl.py"
spec = importlib.util.spec_from_file_location("to_original", script)
official = importlib.util.module_from_spec(spec)
spec.loader.exec_module(official)


def networks(unet: dict, vae: dict, first: dict, second: dict):
    blocks = dict(down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
                  up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
                  addition_embed_type="text_time", use_linear_projection=True, layers_per_block=2)
    coder = dict(down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
                 layers_per_block=2, latent_channels=4, scaling_factor=0.13025)
    return (UNet2DConditionModel(**blocks, **unet), AutoencoderKL(**coder, **vae),
            CLIPTextModel(CLIPTextConfig(hidden_act="quick_gelu", bos_token_id=0, eos_token_id=2, **first)),
            CLIPTextModelWithProjection(CLIPTextConfig(hidden_act="gelu", bos_token_id=0, eos_token_id=2, **second)))


def text_state(model) -> dict:
    """transformers 5 leaves out the prefix that the Hub's files have."""
    return {k if k.startswith("text_") else f"text_model.{k}": v for k, v in model.state_dict().items()}


def single_file(unet, vae, first, second) -> dict:
    state = {f"model.diffusion_model.{k}": v for k, v in official.convert_unet_state_dict(unet.state_dict()).items()}
    state |= {f"first_stage_model.{k}": v for k, v in official.convert_vae_state_dict(vae.state_dict()).items()}
    state |= {f"conditioner.embedders.0.transformer.{k}": v for k, v in text_state(first).items()}
    text = official.convert_openclip_text_enc_state_dict(text_state(second))
    text["text_projection"] = text.pop("text_projection.weight").T.contiguous()
    return state | {f"conditioner.embedders.1.model.{k}": v for k, v in text.items()}


size = len(json.loads((TESTS / "Goldens/sdxl/tokenizer/vocab.json").read_text()))
text = dict(vocab_size=size, num_attention_heads=2, num_hidden_layers=2, max_position_embeddings=77)
models = networks(
    dict(sample_size=8, block_out_channels=(4, 8, 8), transformer_layers_per_block=(1, 1, 2),
         attention_head_dim=(1, 2, 4), cross_attention_dim=20, addition_time_embed_dim=4,
         projection_class_embeddings_input_dim=36, norm_num_groups=2),
    dict(block_out_channels=(4, 4, 8, 8), norm_num_groups=2, sample_size=64),
    dict(hidden_size=8, intermediate_size=16, projection_dim=8, **text),
    dict(hidden_size=12, intermediate_size=24, projection_dim=12, **text))
models = [randomise(model, 40 + i) for i, model in enumerate(models)]
state = {k: v.contiguous() for k, v in single_file(*models).items()}

# What diffusers itself reads out of that file.
unet, vae, first, second = models
unet_config = dict(unet.config)
again = convert_ldm_unet_checkpoint(dict(state), unet_config)
assert again.keys() == unet.state_dict().keys() and all(torch.equal(v, again[k]) for k, v in unet.state_dict().items())
again = convert_ldm_vae_checkpoint(dict(state), dict(vae.config))
assert again.keys() == vae.state_dict().keys() and all(
    torch.equal(v, again[k].reshape(v.shape)) for k, v in vae.state_dict().items())
again = convert_open_clip_checkpoint(second, dict(state), prefix="conditioner.embedders.1.model.")
wanted = text_state(second)
assert all(torch.equal(v, again[k]) for k, v in wanted.items() if k in again) and len(again) >= len(wanted) - 1

FOLDER.mkdir(parents=True, exist_ok=True)
state["conditioner.embedders.1.model.logit_scale"] = torch.tensor(4.6)
state["conditioner.embedders.0.transformer.text_model.embeddings.position_ids"] = torch.arange(77).unsqueeze(0)
save_file(state, FOLDER / "model.safetensors")
for name, model in zip(("unet", "vae", "text_encoder", "text_encoder_2"), models):
    model.save_pretrained(FOLDER / "diffusers" / name, safe_serialization=True)
# Shapes of the full size, compared with stabilityai/stable-diffusion-xl-base-1.0's config.json by their widths.
with torch.device("meta"):
    clip = dict(vocab_size=49408, max_position_embeddings=77)
    full = networks(
        dict(sample_size=128, block_out_channels=(320, 640, 1280), transformer_layers_per_block=(1, 2, 10),
             attention_head_dim=(5, 10, 20), cross_attention_dim=2048, addition_time_embed_dim=256,
             projection_class_embeddings_input_dim=2816),
        dict(block_out_channels=(128, 256, 512, 512), sample_size=1024),
        dict(hidden_size=768, intermediate_size=3072, projection_dim=768, num_attention_heads=12, num_hidden_layers=12,
             **clip),
        dict(hidden_size=1280, intermediate_size=5120, projection_dim=1280, num_attention_heads=20,
             num_hidden_layers=32, **clip))
    shapes = {k: list(v.shape) for k, v in single_file(*full).items() if v.ndim > 1}
(FOLDER / "full_shapes.json").write_text(json.dumps(shapes, separators=(",", ":")) + "\n")
