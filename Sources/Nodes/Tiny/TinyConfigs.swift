/// The settings of the embedded models: SDXL's, EVA02-CLIP's and PuLID's shapes at a width that a laptop trains.
/// The files have the names and keys of the real ones.
enum TinyConfigs {
    /// By path below the model's folder.
    static let sdxl = [
        "model_index.json": """
        {
          "_class_name": "StableDiffusionXLPipeline",
          "_diffusers_version": "0.42.1",
          "feature_extractor": [null, null],
          "force_zeros_for_empty_prompt": true,
          "image_encoder": [null, null],
          "scheduler": ["diffusers", "DPMSolverMultistepScheduler"],
          "text_encoder": ["transformers", "CLIPTextModel"],
          "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
          "tokenizer": ["transformers", "CLIPTokenizer"],
          "tokenizer_2": ["transformers", "CLIPTokenizer"],
          "unet": ["diffusers", "UNet2DConditionModel"],
          "vae": ["diffusers", "AutoencoderKL"]
        }
        """,
        "scheduler/scheduler_config.json": """
        {
          "_class_name": "DPMSolverMultistepScheduler",
          "beta_end": 0.012,
          "beta_schedule": "scaled_linear",
          "beta_start": 0.00085,
          "num_train_timesteps": 1000,
          "prediction_type": "epsilon",
          "steps_offset": 1,
          "timestep_spacing": "trailing"
        }
        """,
        "unet/config.json": """
        {
          "_class_name": "UNet2DConditionModel",
          "act_fn": "silu",
          "addition_embed_type": "text_time",
          "addition_time_embed_dim": 16,
          "attention_head_dim": [1, 2, 7],
          "block_out_channels": [32, 64, 112],
          "cross_attention_dim": 112,
          "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
          "flip_sin_to_cos": true,
          "freq_shift": 0,
          "in_channels": 4,
          "layers_per_block": 1,
          "norm_eps": 1e-05,
          "norm_num_groups": 8,
          "out_channels": 4,
          "projection_class_embeddings_input_dim": 160,
          "sample_size": 16,
          "transformer_layers_per_block": [1, 1, 1],
          "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
          "use_linear_projection": true
        }
        """,
        "vae/config.json": """
        {
          "_class_name": "AutoencoderKL",
          "act_fn": "silu",
          "block_out_channels": [16, 32, 64, 96],
          "down_block_types": [
            "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"
          ],
          "in_channels": 3,
          "latent_channels": 4,
          "layers_per_block": 1,
          "norm_num_groups": 8,
          "out_channels": 3,
          "sample_size": 128,
          "scaling_factor": 0.65,
          "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]
        }
        """,
    ]

    static func textEncoder(_ second: Bool, vocabulary: Int) -> String {
        """
        {
          "architectures": ["\(second ? "CLIPTextModelWithProjection" : "CLIPTextModel")"],
          "bos_token_id": \(vocabulary - 2),
          "eos_token_id": \(vocabulary - 1),
          "hidden_act": "\(second ? "gelu" : "quick_gelu")",
          "hidden_size": \(second ? 64 : 48),
          "intermediate_size": \(second ? 256 : 192),
          "layer_norm_eps": 1e-05,
          "max_position_embeddings": 77,
          "model_type": "clip_text_model",
          "num_attention_heads": \(second ? 2 : 1),
          "num_hidden_layers": \(second ? 4 : 3),
          "pad_token_id": \(second ? 0 : vocabulary - 1),
          "projection_dim": \(second ? 64 : 48),
          "vocab_size": \(vocabulary)
        }
        """
    }

    /// The words that the small tokenizers know whole.
    static let captionWords = """
        portrait of a person woman man child color cinematic photo photograph watercolor painting pixel art neon cyberpunk
        pencil sketch oil poster cartoon drawing film noir in front of the a an and with wearing plain studio park city
        beach night library background red orange yellow green teal blue purple pink white grey black t-shirt shirt hoodie
        turtleneck glasses sunglasses hat beanie headphones earrings neutral smile smiling laughing surprised sad angry
        soft warm cool light left right looking close up medium shot far away view at style from detailed face blurry low
        quality ugly anime clay old master figure picture printed expression mountains garden snow cafe winter trees books
        flowers sea by turned viewer seen distance laugh
        """
}
