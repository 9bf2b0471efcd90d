import Foundation

/// Small models from which files are made as people bring them.
struct CaseModels {
    /// Of the folder with `models/tiny`.
    private let root: String

    static let unet = "model.diffusion_model."
    static let vae = "first_stage_model."
    private static let goldens = "\(projectFolder)/Tests/NodesTests/Goldens/single_file"

    init(root: String) { self.root = root }

    /// The embedded UNet in diffusers' names.
    func tinyUNet() throws -> RawWeights {
        try RawWeights(path: "\(root)/models/tiny/sdxl/unet/diffusion_pytorch_model.safetensors")
    }

    /// SDXL in one file, so narrow that its shapes make no settings.
    func single() throws -> RawWeights { try RawWeights(path: "\(Self.goldens)/model.safetensors") }

    /// The settings of `single` and tokenizers that fit it.
    func writeSettings(to folder: String) throws {
        let files = FileManager.default
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for part in ["unet", "vae", "text_encoder", "text_encoder_2"] {
            try files.createDirectory(atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
            try files.copyItem(
                atPath: "\(Self.goldens)/diffusers/\(part)/config.json",
                toPath: "\(folder)/\(part)/config.json"
            )
        }
        try files.copyItem(
            atPath: "\(projectFolder)/Tests/Goldens/sdxl/scheduler",
            toPath: "\(folder)/scheduler"
        )
        try writeTokenizers(to: folder)
    }

    func writeTokenizers(to folder: String) throws {
        for part in ["tokenizer", "tokenizer_2"] {
            try FileManager.default.copyItem(
                atPath: "\(projectFolder)/Tests/Goldens/sdxl/\(part)",
                toPath: "\(folder)/\(part)"
            )
        }
    }

    /// SDXL in one file whose settings follow from its shapes alone: heads of 64, norms in 32 groups.
    ///
    /// - Parameters:
    ///   - taken: what the UNet's first convolution takes
    ///   - latent: the VAE's channels
    func inferred(taken: Int = 4, latent: Int = 4) throws -> RawWeights {
        try single().named { $0.hasSuffix(".position_ids") ? nil : $0 }.mapped { name, entry in
            guard !name.hasPrefix("conditioner.") else { return entry }
            var shape = entry.shape.map { $0 }
            for axis in shape.indices where shape.count < 4 || axis < 2 {
                shape[axis] = Self.widened(shape[axis], axis, name, taken: taken, latent: latent)
            }
            // The same numbers again and again.
            let count = 2 * shape.reduce(1, *)
            var bytes = Data(capacity: count)
            while bytes.count < count { bytes += entry.bytes.prefix(count - bytes.count) }
            return RawWeights.Entry(type: "F16", shape: shape, bytes: bytes)
        }
    }

    private static func widened(_ size: Int, _ axis: Int, _ name: String, taken: Int, latent: Int) -> Int {
        if name.hasPrefix(unet) {
            switch (name.dropFirst(unet.count), axis) {
            case ("input_blocks.0.0.weight", 1): return taken
            case ("out.2.weight", 0), ("out.2.bias", 0): return size
            // Six sines of 256 and the pooled text.
            case ("label_emb.0.0.weight", 1): return size - 6 * 4 + 6 * 256
            // The text.
            case (_, 1) where name.contains(".attn2.to_k.") || name.contains(".attn2.to_v."): return size
            default: return 16 * size
            }
        }
        switch (name.dropFirst(vae.count), axis) {
        case ("encoder.conv_in.weight", 1), ("decoder.conv_out.weight", 0), ("decoder.conv_out.bias", 0): return size
        case ("encoder.conv_out.weight", 0), ("encoder.conv_out.bias", 0), ("decoder.conv_in.weight", 1):
            return size * latent / 4
        default: return name.contains("quant_conv") ? size * latent / 4 : 8 * size
        }
    }
}
