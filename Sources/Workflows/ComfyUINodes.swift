/// What has to be known of ComfyUI's nodes, and of PuLID_ComfyUI's, to read the workflows that its interface saves.
enum ComfyUINodes {
    /// The settings in the order of the interface; `control` says what becomes of a seed after a run.
    static let settings: [String: [String]] = [
        "CheckpointLoaderSimple": ["ckpt_name"],
        "CheckpointLoader": ["config_name", "ckpt_name"],
        "UNETLoader": ["unet_name", "weight_dtype"],
        "VAELoader": ["vae_name"],
        "LoraLoader": ["lora_name", "strength_model", "strength_clip"],
        "LoraLoaderModelOnly": ["lora_name", "strength_model"],
        "CLIPTextEncode": ["text"],
        "CLIPTextEncodeSDXL": [
            "width", "height", "crop_w", "crop_h", "target_width", "target_height", "text_g", "text_l",
        ],
        "CLIPSetLastLayer": ["stop_at_clip_layer"],
        "ModelSamplingDiscrete": ["sampling", "zsnr"],
        "EmptyLatentImage": ["width", "height", "batch_size"],
        "KSampler": ["seed", "control", "steps", "cfg", "sampler_name", "scheduler", "denoise"],
        "KSamplerAdvanced": [
            "add_noise", "noise_seed", "control", "steps", "cfg", "sampler_name", "scheduler", "start_at_step",
            "end_at_step", "return_with_leftover_noise",
        ],
        "LoadImage": ["image", "upload"],
        "SaveImage": ["filename_prefix"],
        "PulidModelLoader": ["pulid_file"],
        "PulidInsightFaceLoader": ["provider"],
        "ApplyPulid": ["method", "weight", "start_at", "end_at"],
        "ApplyPulidAdvanced": ["weight", "projection", "fidelity", "noise", "start_at", "end_at"],
        "UpscaleModelLoader": ["model_name"],
        "PrimitiveNode": ["value", "control"],
    ]

    /// Of nodes that change what passes through them: by output, the input that it is made of.
    static let passing: [String: [Int: String]] = ["LoraLoader": [0: "model", 1: "clip"]]

    static let samplers: [String: String] = {
        let own = [
            "euler", "euler_ancestral", "heun", "dpmpp_2m", "dpmpp_sde", "dpmpp_2m_sde", "lcm", "ddim", "uni_pc",
            "uni_pc_bh2",
        ]
        return Dictionary(uniqueKeysWithValues: own.map { ($0, $0) })
    }()

    /// In the place of those that are not there.
    static let nearestSamplers: [String: String] = [
        "euler_cfg_pp": "euler", "euler_ancestral_cfg_pp": "euler_ancestral", "ddpm": "euler_ancestral",
        "dpmpp_2m_sde_gpu": "dpmpp_2m_sde", "dpmpp_sde_gpu": "dpmpp_sde", "dpmpp_2m_sde_heun": "dpmpp_2m_sde",
        "dpmpp_2m_sde_heun_gpu": "dpmpp_2m_sde", "dpmpp_3m_sde": "dpmpp_2m_sde", "dpmpp_3m_sde_gpu": "dpmpp_2m_sde",
        "er_sde": "dpmpp_2m_sde", "sa_solver": "dpmpp_2m_sde", "dpmpp_2s_ancestral": "dpmpp_sde",
        "dpm_2_ancestral": "dpmpp_sde", "seeds_2": "dpmpp_sde", "dpm_2": "heun", "heunpp2": "heun", "lms": "dpmpp_2m",
        "dpm_fast": "dpmpp_2m", "dpm_adaptive": "dpmpp_2m", "res_multistep": "dpmpp_2m", "dpmpp_2m_cfg_pp": "dpmpp_2m",
        "deis": "uni_pc", "ipndm": "uni_pc", "ipndm_v": "uni_pc",
    ]

    static let schedulers: [String: String] = [
        "normal": "normal", "karras": "karras", "exponential": "exponential", "sgm_uniform": "sgm_uniform",
        "simple": "simple", "beta": "beta", "kl_optimal": "kl_optimal",
    ]
}
