import Checkpoints
import Models
import Tensors

extension FileInspection {
    /// Whether the node that takes such files takes this one, by what the node itself asks.
    mutating func judge(for node: String, _ check: (inout FileInspection) throws -> Void) {
        do { try check(&self) } catch WeightsError.wrongModel(let found, let expected, let source) {
            use = nil
            let error = WeightsError.wrongModel(found: found, expected: expected, source: source)
            details.append("\(node) does not take it: \(error)")
        } catch {
            use = nil
            problem = "\(error)"
        }
    }

    /// A base of load_sdxl, with what a recipe has to name beside it.
    mutating func judgeBase(lacks: [WeightsKind.Part]) {
        var others: [String] = lacks.contains(.vae) ? ["vae: VAE"] : []
        judge(for: "load_sdxl") { found in
            let path = found.path
            var layout = SDXLLayout(base: path, config: nil)
            try layout.add(unet: nil, vae: nil, leavingOut: Set(lacks))
            found.details += layout.warnings
            let hasTokenizers = (try? layout.addTokenizers(from: nil)) != nil
            let noise = NoiseChoice(prediction: NoiseChoice.known(byName: path))
            let parts = SDXLParts(paths: layout.paths, noise: noise, files: layout.files)
            do {
                try parts.readSettings()
                try parts.check()
            } catch ModelFileError.badConfig(path, let reason) where (try? parts.readSettings()) == nil {
                // Of a checkpoint: they cannot be told from its shapes.
                found.details.append("settings have to be named, as its shapes alone make none: \(reason)")
                others.append("config: CONFIG")
                try parts.checkUNet(parts.checkpoint("unet").unetShape())
                if parts.hasVAE { try parts.checkVAE(parts.checkpoint("vae").vaeConfig(groups: 1)) }
            }
            if !hasTokenizers { others.append("tokenizer: TOKENIZER") }
        }
        guard problem == nil, use != nil else { return }
        use = "{" + (["uses: load_sdxl", "base: \(Self.quoted(path))"] + others).joined(separator: ", ") + "}"
    }

    /// - Parameter settings: of the network's config.json; nil for what its shapes say
    mutating func judgeUNet(settings: String?, _ files: OpenFiles) {
        judge(for: "load_sdxl") { found in
            let path = found.path
            let parts = SDXLParts(paths: ["unet": path, "unet config": settings ?? path], files: files)
            try parts.checkpoint("unet").requireFloats(as: "unet")
            let config = try settings == nil ? parts.checkpoint("unet").unetShape() : parts.unetConfig()
            if let settings, config.isRefiners {
                throw WeightsKind.unet(.refiner).wrong(expected: "SDXL's UNet", in: settings)
            }
            try parts.checkUNet(config)
            if config.crossAttentionDim != 2048 {
                found.details.append(
                    "for text encoders that are \(config.crossAttentionDim) wide together; SDXL's are 2048"
                )
            }
        }
    }

    /// - Parameter settings: of the network's config.json; nil for what its shapes say
    mutating func judgeVAE(settings: String?, _ files: OpenFiles) {
        judge(for: "load_sdxl") { found in
            let paths = ["vae": found.path, "vae config": settings ?? found.path]
            let parts = SDXLParts(paths: paths, files: files)
            try parts.checkpoint("vae").requireFloats(as: "vae")
            // Groups of norms are no shapes, and the base's settings say them.
            try parts.checkVAE(settings == nil ? parts.checkpoint("vae").vaeConfig(groups: 1) : parts.vaeConfig())
        }
    }

    /// Whether what a LoRA changes is there in SDXL.
    mutating func judge(_ lora: LoRAFile) {
        judge(for: "load_sdxl") { found in
            let misfits = try lora.networks.compactMap { network in
                do { _ = try LoRAWeights(SDXLOutline(network), network: network, loras: [(lora, 1)]) } catch let error
                    as LoRAError
                {
                    guard let misfit = error.misfit else { throw error }
                    return misfit
                }
                return nil
            }
            if !misfits.isEmpty {
                found.details.append(
                    "made for layers of other sizes than SDXL's: \(misfits.joined(separator: "; "))"
                )
            }
        }
    }

    mutating func judgeTokenizers(_ layout: SDXLLayout) {
        judge(for: "load_sdxl") { _ in _ = try SDXLParts(paths: layout.paths, files: layout.files).tokenizers() }
    }
}

extension UNet2DConditionModel.Config {
    /// Told five numbers about the picture, and by the second text encoder alone.
    var isRefiners: Bool { projectionClassEmbeddingsInputDim == 5 * additionTimeEmbedDim + crossAttentionDim }
}
