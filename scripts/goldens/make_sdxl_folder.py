"""Writes Tests/Goldens/sdxl: a complete SDXL-shaped diffusers folder of tiny width with random fp16 weights.

Every parameter is random, norms' weights and biases included, so that a forgotten or misplaced one shows.
Made with torch 2.13.0, diffusers 0.42.1, transformers 5.23.0, tokenizers.

    python scripts/goldens/make_sdxl_folder.py
"""

import json
import pathlib
import shutil
import tempfile

import torch
from diffusers import (AutoencoderKL, DPMSolverMultistepScheduler, StableDiffusionXLPipeline,
                       UNet2DConditionModel)
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

FOLDER = pathlib.Path(__file__).parents[2] / "Tests/Goldens/sdxl"
CAPTIONS = """portrait of a person, color, cinematic. watercolor painting, pixel art, neon cyberpunk, pencil sketch,
oil painting, film noir, paper mache, a woman in a garden, a man with glasses, smiling, soft light, detailed face,
blurry, low quality, ultra detailed photograph of a child wearing a red hat in front of a mountain"""


def randomise(model: torch.nn.Module, seed: int) -> torch.nn.Module:
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.ndim == 1:
                parameter.copy_((1 if "weight" in name else 0) + 0.2 * noise)
            elif "embedding" in name:
                parameter.copy_(0.5 * noise)
            else:
                parameter.copy_(noise / parameter[0].numel() ** 0.5)
    return model.half()


def tokenizer(folder: pathlib.Path, pad: str) -> CLIPTokenizer:
    bpe = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    bpe.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation()])
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=700, end_of_word_suffix="</w>", show_progress=False)
    bpe.train_from_iterator([CAPTIONS], trainer)
    merges = [tuple(merge) for merge in json.loads(bpe.to_str())["model"]["merges"]]
    words = alphabet + [letter + "</w>" for letter in alphabet] + ["".join(merge) for merge in merges]
    words = list(dict.fromkeys(words)) + ["<|startoftext|>", "<|endoftext|>"]
    # Token 0 is "!", as in CLIP: the second tokenizer pads with it.
    words.remove("!")
    words.insert(0, "!")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(words)}, ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(" ".join(merge) + "\n" for merge in merges))
    special = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>",
               "pad_token": pad}
    (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=2) + "\n")
    (folder / "tokenizer_config.json").write_text(
        json.dumps({**special, "tokenizer_class": "CLIPTokenizer", "model_max_length": 77, "do_lower_case": True},
                   indent=2) + "\n")
    return CLIPTokenizer.from_pretrained(folder)


def main() -> None:
    scratch = pathlib.Path(tempfile.mkdtemp())
    first, second = tokenizer(scratch / "tokenizer", "<|endoftext|>"), tokenizer(scratch / "tokenizer_2", "!")
    size = len(json.loads((scratch / "tokenizer/vocab.json").read_text()))
    text = dict(vocab_size=size, num_attention_heads=2, num_hidden_layers=3, max_position_embeddings=77,
                bos_token_id=0, eos_token_id=2)
    scheduler = DPMSolverMultistepScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000,
        timestep_spacing="trailing")
    pipeline = StableDiffusionXLPipeline(
        vae=randomise(AutoencoderKL(
            block_out_channels=(16, 32, 32, 32), down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=1, latent_channels=4, norm_num_groups=8,
            scaling_factor=0.13025, sample_size=64), 1),
        text_encoder=randomise(CLIPTextModel(CLIPTextConfig(
            hidden_size=32, intermediate_size=64, hidden_act="quick_gelu", projection_dim=32, **text)), 2),
        text_encoder_2=randomise(CLIPTextModelWithProjection(CLIPTextConfig(
            hidden_size=40, intermediate_size=80, hidden_act="gelu", projection_dim=40, **text)), 3),
        tokenizer=first, tokenizer_2=second,
        unet=randomise(UNet2DConditionModel(
            sample_size=8, block_out_channels=(16, 32, 32), layers_per_block=2,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            transformer_layers_per_block=(1, 1, 2), attention_head_dim=(1, 2, 4), cross_attention_dim=72,
            addition_embed_type="text_time", addition_time_embed_dim=8, projection_class_embeddings_input_dim=88,
            use_linear_projection=True, norm_num_groups=8), 4),
        scheduler=scheduler, force_zeros_for_empty_prompt=True, add_watermarker=False)
    shutil.rmtree(FOLDER, ignore_errors=True)
    pipeline.save_pretrained(FOLDER, safe_serialization=True)
    for name in ("tokenizer", "tokenizer_2"):
        # The Hub's folders hold the slow tokenizer's files; keep exactly those.
        shutil.rmtree(FOLDER / name)
        shutil.copytree(scratch / name, FOLDER / name)
    shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
