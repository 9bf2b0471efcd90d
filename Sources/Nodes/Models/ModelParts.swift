import ModelFiles

/// What nodes use of a model, so that another VAE leaves latents as they are, and another UNet leaves prompts.
extension SDXLModel {
    public func part(_ name: String) -> SDXLModel {
        let isInPart: (String) -> Bool
        switch name {
        case "unet":
            // The VAE's settings say how many pixels a latent covers.
            isInPart = { $0.hasPrefix("unet") || $0 == "scheduler" || $0 == "vae config" }
        case "vae": isInPart = { $0.hasPrefix("vae") }
        case "text":
            isInPart = {
                $0.hasPrefix("text_encoder") || $0.hasPrefix("tokenizer") || $0.hasPrefix(SDXLModel.embedding)
                    || $0 == "model index"
            }
        case "settings":
            // What a training from nothing takes of a model: sizes and words, no weights.
            isInPart = {
                $0.hasSuffix("config") || $0.hasPrefix("tokenizer") || $0 == "scheduler" || $0 == "model index"
            }
        default: return self
        }
        let drawsFromNoise = name == "unet" || name == "settings"
        return SDXLModel(
            files: files.filter { isInPart($0.key) },
            noise: drawsFromNoise ? noise : NoiseChoice(),
            precision: name == "settings" ? nil : precision,
            shown: name == "unet" ? files.filter { $0.key.hasPrefix("vae") } : [:]
        )
    }
}

extension PuLIDModel {
    /// `attention` leaves out the vision tower, and the precision: the UNet's is that of the attention within it.
    public func part(_ name: String) -> PuLIDModel {
        name == "attention" ? PuLIDModel(files: files.filter { $0.key == "weights" }) : self
    }
}

extension FaceModels {
    /// `recognition` leaves out the parser.
    public func part(_ name: String) -> FaceModels {
        name == "recognition" ? FaceModels(files: files.filter { $0.key != "parser" }, precision: precision) : self
    }
}
