#!/usr/bin/env bash
# Makes every reference value anew. PULID is a checkout of ToTheBeginning/PuLID, IRESNET insightface's iresnet.py.
set -euo pipefail
cd "$(dirname "$0")"
: "${PULID:?a checkout of https://github.com/ToTheBeginning/PuLID}"
: "${DIFFUSERS:?a checkout of https://github.com/huggingface/diffusers, for scripts/convert_diffusers_to_original_sdxl.py}"
: "${COMFYUI:?a checkout of https://github.com/comfyanonymous/ComfyUI}"
: "${COMFYUI_GGUF:?a checkout of https://github.com/city96/ComfyUI-GGUF}"
: "${IRESNET:?recognition/arcface_torch/backbones/iresnet.py of https://github.com/deepinsight/insightface}"

python make_sdxl_folder.py
python unet.py --pulid "$PULID"
python gguf_unet.py "$DIFFUSERS" "$COMFYUI_GGUF"
python render.py --pulid "$PULID"
python identities.py --pulid "$PULID"
python eva_clip.py --pulid "$PULID"
python id_encoder.py --pulid "$PULID"
python id_former.py --pulid "$PULID"
python diffusion.py --pulid "$PULID"
python face.py --iresnet "$IRESNET"
python recognition.py --iresnet "$IRESNET" --pulid "$PULID"
python pulid_training.py --pulid "$PULID" --iresnet "$IRESNET"
python single_file.py "$DIFFUSERS"
python prompt_weights.py --comfyui "$COMFYUI"
for script in bfloat16 checkpoints clip_text clip_tokenizer elementary faces_training gguf_files imaging lora lora_kinds onnx_graphs photos pulid_bin pytorch_files resampling schedules_rendered second_order small_floats tensors text_to_image textual_inversion training unet_guidance unipc upscaling vae; do python "$script.py"; done
