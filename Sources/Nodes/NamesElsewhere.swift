import Graph

/// What ComfyUI, A1111 and diffusers call our nodes, their inputs and parameters: who brings such a name is told ours.

extension Sample {
    static let otherKinds = [
        "KSampler", "KSamplerAdvanced", "SamplerCustom", "SamplerCustomAdvanced", "txt2img", "img2img", "generate",
        "render",
    ]
    static let otherNames = OtherNames(
        taken: [
            "cfg": "guidance", "cfg_scale": "guidance", "guidance_scale": "guidance",
            "sampler_name": "sampler", "scheduler": "schedule", "scheduler_name": "schedule",
            "num_inference_steps": "steps", "num_steps": "steps", "noise_seed": "seed",
            "denoise": "strength", "denoising_strength": "strength", "latent_image": "latent", "positive": "prompt",
            "weight": "id_scale", "id_weight": "id_scale", "ip_adapter_scale": "id_scale", "id_embeddings": "identity",
            "method": "mode", "projection": "mode", "start_percent": "start_at", "end_percent": "end_at",
        ],
        advice: [
            "negative": "a negative prompt is `negative` of encode_prompt",
            "negative_prompt": "a negative prompt is `negative` of encode_prompt",
            "text": "a text becomes a prompt by encode_prompt",
            "lora": LoadSDXL.whereLoRAsAre, "loras": LoadSDXL.whereLoRAsAre,
            "batch_size": severalPictures, "n_iter": severalPictures, "num_images": severalPictures,
            "num_images_per_prompt": severalPictures,
            "size": "write `width` and `height`", "resolution": "write `width` and `height`",
            "image": "encode_image turns a picture into a latent, which is given as `latent`",
            "init_image": "encode_image turns a picture into a latent, which is given as `latent`",
            "mask": "composite puts a picture on another by a mask; a mask of one person is `mask` of place_id",
            "face": "encode_id turns a face into an identity",
            "vae": "the VAE is named in load_sdxl, and `decode` uses it",
        ]
    )
    private static let severalPictures = "several pictures are an axis, such as `axes: {seed: {from: 1, to: 4}}`"
}

extension EncodePrompt {
    static let otherKinds = ["CLIPTextEncode", "CLIPTextEncodeSDXL", "text_encode", "prompt", "encode_text"]
    static let otherNames = OtherNames(
        taken: [
            "prompt": "text", "positive": "text", "text_g": "text", "text_l": "text", "negative_prompt": "negative",
            "clip": "model",
        ],
        advice: ["clip_skip": "SDXL's prompts are of the last layer but one, which A1111 calls 2; no other is taken"]
    )
}

extension LoadSDXL {
    static let otherKinds = [
        "CheckpointLoaderSimple", "CheckpointLoader", "UNETLoader", "VAELoader", "load_checkpoint", "load_model",
        "load_vae",
        "load_unet", "StableDiffusionXLPipeline",
    ]
    static let otherNames = OtherNames(
        taken: [
            "ckpt_name": "base", "ckpt": "base", "checkpoint": "base", "model": "base", "path": "base",
            "folder": "base",
            "unet_name": "unet", "vae_name": "vae", "lora": "loras", "lora_name": "loras", "embedding": "embeddings",
            "textual_inversion": "embeddings", "dtype": "precision", "torch_dtype": "precision", "v_pred": "prediction",
        ]
    )
    static let whereLoRAsAre =
        "LoRAs are `loras` of load_sdxl, such as `loras: [{file: style.safetensors, scale: 0.8}]`"
}

extension Decode {
    static let otherKinds = ["VAEDecode", "VAEDecodeTiled"]
    static let otherNames = OtherNames(
        taken: ["vae": "model", "samples": "latent", "tile_size": "tile"],
        advice: ["image": "decode takes a latent; encode_image makes one of a picture"]
    )
}

extension EncodeImage {
    static let otherKinds = ["VAEEncode", "VAEEncodeTiled"]
    static let otherNames = OtherNames(taken: ["vae": "model", "pixels": "image", "tile_size": "tile"])
}

extension LoadImage {
    static let otherKinds = ["image", "picture", "photo", "open_image", "LoadImageMask"]
    static let otherNames = OtherNames(
        taken: ["path": "file", "image": "file", "filename": "file", "name": "file", "photo": "file"]
    )
}

extension LoadFace {
    static let otherKinds = ["detect_face", "find_face", "face"]
    static let otherNames = OtherNames(
        taken: ["photo": "image", "file": "image", "faces": "models", "face_models": "models", "insightface": "models"]
    )
}

extension LoadFaceModels {
    static let otherKinds = ["PulidInsightFaceLoader", "InsightFaceLoader"]
    static let otherNames = OtherNames(taken: ["path": "folder", "root": "folder", "models": "folder"])
}

extension LoadPuLID {
    static let otherKinds = ["PulidModelLoader", "PulidEvaClipLoader"]
    static let otherNames = OtherNames(
        taken: ["pulid_file": "weights", "path": "weights", "file": "weights", "model": "weights", "clip": "eva_clip"]
    )
}

extension EncodeID {
    static let otherKinds = ["identity", "id_embedding"]
    static let otherNames = OtherNames(
        taken: ["faces": "face", "image": "face", "model": "pulid", "fusion": "fuse"],
        advice: ["weight": "how strongly an identity acts is `id_scale` of sample"]
    )
}

extension PlaceID {
    static let otherNames = OtherNames(
        taken: ["weight": "id_scale", "method": "mode", "attn_mask": "mask"],
        advice: ["prompt": "all people of a picture share one prompt: say in it who is where"]
    )
}

extension Resize {
    static let otherKinds = ["ImageScale", "scale", "scale_image", "thumbnail", "fit"]
    static let otherNames = OtherNames(
        taken: [
            "max": "longest", "longest_side": "longest", "size": "longest", "crop": "mode", "divisible_by": "multiple",
        ],
        advice: ["factor": "upscale takes a factor", "scale": "upscale takes a factor"]
    )
}

extension Upscale {
    static let otherKinds = ["ImageScaleBy", "ImageUpscaleWithModel", "LatentUpscale", "enlarge"]
    static let otherNames = OtherNames(taken: ["scale": "factor", "scale_by": "factor", "upscale_model": "model"])
}

extension Composite {
    static let otherKinds = ["ImageCompositeMasked", "paste", "blend"]
    static let otherNames = OtherNames(taken: ["source": "image", "destination": "background"])
}

extension Crop {
    static let otherKinds = ["ImageCrop"]
    static let otherNames = OtherNames(
        advice: ["width": "write the edges: `left`, `top`, `right`, `bottom`, each from 0 to 1"]
    )
}

extension ContactSheetNode {
    static let otherKinds = ["grid", "image_grid", "xy_plot", "xyplot", "xyz_plot", "montage", "sheet"]
    static let otherNames = OtherNames(
        taken: [
            "x": "columns", "y": "rows", "x_axis": "columns", "y_axis": "rows", "row": "rows", "column": "columns",
            "cols": "columns", "image": "images", "pictures": "images", "caption": "title", "label": "labels",
        ]
    )
}

extension Compare {
    static let otherKinds = ["ssim", "psnr", "lpips", "flip", "diff", "image_diff", "face_similarity", "score"]
    static let otherNames = OtherNames(
        taken: [
            "reference": "baseline", "expected": "baseline", "against": "baseline", "first": "image",
            "second": "baseline",
            "actual": "image", "threshold": "thresholds", "tolerance": "thresholds", "faces": "models",
        ]
    )
}

extension NodeRegistry {
    /// Nodes of others that are none here.
    static let absentKinds = [
        "load_lora": LoadSDXL.whereLoRAsAre, "LoraLoader": LoadSDXL.whereLoRAsAre, "lora": LoadSDXL.whereLoRAsAre,
        "LoraLoaderModelOnly": LoadSDXL.whereLoRAsAre,
        "save_image": whereResultsGo, "SaveImage": whereResultsGo, "PreviewImage": whereResultsGo,
        "save": whereResultsGo,
        "write_image": whereResultsGo,
        "EmptyLatentImage": "sample takes `width` and `height`, and begins with noise of its own",
        "RandomNoise": "sample takes a `seed`, and begins with noise of its own",
        "ApplyPulid": applyingIdentity, "ApplyPulidAdvanced": applyingIdentity, "apply_id": applyingIdentity,
        "inpaint": "crop, encode_image, sample and composite change a part of a picture (docs/COOKBOOK.md)",
        "SetLatentNoiseMask": "crop, encode_image, sample and composite change a part of a picture (docs/COOKBOOK.md)",
        "face_swap": "encode_id takes who somebody is from a photo; crop and composite put a face back into a picture "
            + "(docs/COOKBOOK.md)",
        "reactor": "encode_id takes who somebody is from a photo; crop and composite put a face back into a picture "
            + "(docs/COOKBOOK.md)",
        "controlnet": notHere, "ControlNetLoader": notHere, "ControlNetApply": notHere, "ipadapter": notHere,
        "IPAdapter": notHere, "instantid": notHere, "load_flux": notHere, "load_sd15": notHere,
    ]
    private static let whereResultsGo =
        "what is written is named in `outputs`, such as `outputs: {picture.png: $image}`"
    private static let applyingIdentity =
        "encode_id makes an identity, which `sample` takes as `identity`, with `pulid`"
    private static let notHere = "there is none here: pictures come of SDXL, a prompt, and people by PuLID"
}
