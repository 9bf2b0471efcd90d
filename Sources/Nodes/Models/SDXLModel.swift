import Checkpoints
import Curriculum
import Diffusion
import Graph
import Kernels
import ModelFiles
import Models
import Tensors

/// An SDXL model by its files; its networks are loaded when a node first needs them and stay in memory while
/// there is room.
public struct SDXLModel: ModelReference {
    public static let kind = "SDXL model"

    let files: [String: ModelFile]
    var noise = NoiseChoice()
    var precision: ComputeSettings.Precision? = nil
    /// The VAE's files, where this is a part without them: for previews, which decide no bit and are in no key.
    var shown: [String: ModelFile] = [:]

    /// What the roles of textual inversions begin with, before their names.
    static let embedding = "embedding "

    var settings: [String: String] {
        [
            Self.prediction: noise.prediction?.rawValue, Self.zeroSNR: noise.zeroTerminalSNR?.rawValue,
        ].compactMapValues(\.self)
    }

    private static let prediction = "unet prediction"
    private static let zeroSNR = "unet zero_snr"

    var parts: SDXLParts { parts(OpenFiles()) }

    private func parts(_ open: OpenFiles) -> SDXLParts {
        SDXLParts(paths: files.mapValues(\.path), noise: noise, files: open)
    }

    /// Tells residents apart whose weights are kept otherwise.
    var storage: String { precision == .int8 ? "in 8 bits" : "" }

    /// The weights of a network that may compute in `int8`, as the model's precision keeps them.
    func stored(_ source: any WeightSource, keeping layers: Set<String> = []) -> any WeightSource {
        precision == .int8 ? Q8Weights(source, keeping: layers) : source
    }

    func unet(_ context: RunContext) throws -> UNet2DConditionModel {
        try withWeights([.unet], context) {
            try resident(roles(prefix: "unet"), for: storage, context) { reserve in
                let source = try merged(.unet, context, reserve)
                let parts = parts
                return try parts.unet(source, parts.unetConfig())
            }
        }
    }

    func vaeConfig(_ context: RunContext) throws -> AutoencoderKL.Config {
        try resident(["vae config"], for: "settings", context) { _ in try parts.vaeConfig() }
    }

    /// How many pixels a position of a latent covers on each side; nil where the VAE's settings cannot be read.
    var downscale: Int? { (try? parts.vaeConfig())?.downscale }

    func vae(_ context: RunContext) throws -> AutoencoderKL {
        try resident(roles(prefix: "vae"), for: storage, context) { reserve in
            let config = try vaeConfig(context)
            let parts = parts
            let source = stored(try parts.vaeWeights(config))
            reserve(Weights(source).bytesInMemory)
            return try parts.vae(source, config)
        }
    }

    /// What shows latents of its VAE; nil where nobody looks. Where the VAE cannot be had that is a warning: a preview fails
    /// no node.
    func latentPreview(_ context: RunContext) -> LatentPreview? {
        guard context.preview != nil else { return nil }
        do {
            let whole = SDXLModel(files: files.merging(shown) { own, _ in own })
            return try whole.resident(whole.roles(prefix: "vae"), for: "preview", context) { _ in
                LatentPreview(try whole.vae(context))
            }
        } catch {
            context.warnOfRun("there is no preview: \(error)")
            return nil
        }
    }

    /// Both tokenizers and text encoders.
    func promptEncoder(_ context: RunContext) throws -> SDXLPromptEncoder {
        let roles = files.keys.filter {
            $0.hasPrefix("text_encoder") || $0.hasPrefix("tokenizer") || $0.hasPrefix(Self.embedding)
                || $0 == "model index"
        }.sorted()
        return try withWeights([.textEncoder, .textEncoder2], context) {
            try resident(roles, context) { reserve in
                let first = try merged(.textEncoder, context, reserve)
                let second = try merged(.textEncoder2, context, reserve)
                return try parts.promptEncoder(first: first, second: second, embeddings: embeddings)
            }
        }
    }

    /// The textual inversions that prompts may call.
    private var embeddings: [TextualInversion] {
        get throws {
            try roles(prefix: Self.embedding).map { role in
                try TextualInversion(path(role), name: String(role.dropFirst(Self.embedding.count)))
            }
        }
    }

    /// Of files that were made for fewer steps and less guidance.
    func fewStepWarnings(steps: Int, guidance: Double) -> [String] {
        files.filter { $0.key == "unet" || $0.key.hasPrefix("unet lora ") }.sorted { $0.key < $1.key }.compactMap {
            _,
            file in
            FewSteps(path: file.path)?.warning(steps: steps, guidance: guidance, file: file.path)
        }
    }

    func noiseSchedule(_ context: RunContext) throws -> NoiseSchedule {
        try resident(["scheduler", "unet"], for: "noise \(settings)", context) { _ in try parts.noiseSchedule() }
    }

    /// Whether the networks fit their settings, each other and the LoRAs, by the files' headers alone; once for all models of a
    /// run that differ in LoRAs.
    ///
    /// - Parameter open: the files that were opened to name the model
    /// - Throws: what `SDXLParts.check` throws; `LoRAError`
    func check(_ open: OpenFiles, _ context: RunContext) throws {
        let parts = parts(open)
        let networks = files.keys.filter { !$0.contains(" lora ") }.sorted()
        _ = try resident(networks, for: "check \(settings)", context) { _ in
            try parts.check(embeddings: embeddings)
            return true
        }
        for note in try parts.idleNotes() { context.warn(note) }
        try checkLoRAs(of: .unet, open) { try parts.unetWeights(parts.unetConfig()) }
        try checkLoRAs(of: .textEncoder, open) { try parts.firstEncoderWeights() }
        try checkLoRAs(of: .textEncoder2, open) { try parts.secondEncoderWeights() }
    }
}
