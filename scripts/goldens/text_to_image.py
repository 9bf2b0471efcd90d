"""References for Tests/CurriculumTests/Diffusion: the loss of SDXL's training on five samples, and its gradients by all
parameters of the denoiser and of both text encoders.

Written with torch 2.13.0 (CPU), diffusers 0.42.1, transformers 5.23.0:
    python scripts/goldens/text_to_image.py
"""
from pathlib import Path

import torch
from diffusers import DDPMScheduler, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "Tests/CurriculumTests/Diffusion/Goldens"
CAPTIONS = ["a portrait, photo style", "blue shirt, red background", "smiling"]
TIMESTEPS = [999, 3, 420, 611, 87]
SIZES = [[16, 16, 0, 0, 16, 16], [18, 18, 1, 2, 16, 16], [10, 10, 0, 0, 16, 16], [16, 16, 0, 0, 16, 16], [18, 18, 2, 0, 16, 16]]


def networks():
    def text(width, heads, layers, activation):
        return CLIPTextConfig(
            vocab_size=659, hidden_size=width, intermediate_size=2 * width, projection_dim=8, num_hidden_layers=layers,
            num_attention_heads=heads, max_position_embeddings=77, hidden_act=activation, eos_token_id=2,
        )

    unet = UNet2DConditionModel(
        block_out_channels=(8, 8), layers_per_block=1, norm_num_groups=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=[1, 1], attention_head_dim=[1, 2], cross_attention_dim=20,
        addition_embed_type="text_time", addition_time_embed_dim=4, projection_class_embeddings_input_dim=32,
        use_linear_projection=True,
    )
    return {
        "unet": unet,
        "text_encoder": CLIPTextModel(text(8, 1, 2, "quick_gelu")),
        "text_encoder_2": CLIPTextModelWithProjection(text(12, 2, 2, "gelu")),
    }


def main():
    torch.manual_seed(11)
    torch.use_deterministic_algorithms(True)
    nets = networks()
    for net in nets.values():
        # Away from zeros and ones, norms included; halves keep the file small.
        for p in net.parameters():
            p.data = (p.data + 0.1 * torch.randn_like(p)).half().float()

    folder = ROOT / "Tests/Goldens/sdxl"
    ids = []
    for name in ["tokenizer", "tokenizer_2"]:
        tokenizer = CLIPTokenizer.from_pretrained(folder / name)
        texts = CAPTIONS + [""]
        ids.append(tokenizer(texts, padding="max_length", max_length=77, truncation=True, return_tensors="pt").input_ids)
    first = nets["text_encoder"](ids[0], output_hidden_states=True)
    second = nets["text_encoder_2"](ids[1], output_hidden_states=True)
    embeds = torch.cat([first.hidden_states[-2], second.hidden_states[-2]], dim=2)
    # Three captions, an empty one, and none.
    embeds = torch.cat([embeds, torch.zeros_like(embeds[:1])])
    pooled = torch.cat([second.text_embeds, torch.zeros_like(second.text_embeds[:1])])

    scheduler = DDPMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
    latents, noise = torch.randn(5, 4, 4, 4), torch.randn(5, 4, 4, 4)
    timesteps = torch.tensor(TIMESTEPS)
    prediction = nets["unet"](
        scheduler.add_noise(latents, noise, timesteps),
        timesteps,
        encoder_hidden_states=embeds,
        added_cond_kwargs={"text_embeds": pooled, "time_ids": torch.tensor(SIZES, dtype=torch.float32)},
    ).sample
    loss = torch.nn.functional.mse_loss(prediction, noise)
    loss.backward()

    tensors = {"latents": latents, "noise": noise, "loss": loss.detach().reshape(1)}
    for prefix, net in nets.items():
        for name, p in net.named_parameters():
            tensors[f"weight.{prefix}.{name}"] = p.detach().half()
            if name.endswith("token_embedding.weight"):
                # Most tokens do not occur.
                rows = p.grad.abs().sum(1).nonzero().flatten()
                tensors[f"gradient_rows.{prefix}.{name}"] = rows
                tensors[f"gradient.{prefix}.{name}"] = p.grad[rows].clone()
            elif p.grad is not None:
                tensors[f"gradient.{prefix}.{name}"] = p.grad
    OUT.mkdir(exist_ok=True, parents=True)
    save_file(tensors, OUT / "text_to_image.safetensors")


if __name__ == "__main__":
    main()
