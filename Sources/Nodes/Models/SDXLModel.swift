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

    private var parts: SDXLParts { parts(OpenFiles()) }

    private func parts(_ open: OpenFiles) -> SDXLParts {
        SDXLParts(paths: files.mapValues(\.path), noise: noise, files: open)
    }

    /// Tells residents apart whose weights are kept otherwise.
    private var storage: String { precision == .int8 ? "in 8 bits" : "" }

    /// The weights of a network that may compute in `int8`, as the model's precision keeps them.
    private func stored(_ source: any WeightSource, keeping layers: Set<String> = []) -> any WeightSource {
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
            context.warn("there is no preview: \(error)")
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

    /// An autoencoder with the model's settings and other weights.
    ///
    /// - Parameter side: of the square pictures that it will see, in pixels
    /// - Throws: `NodeError.unevenPicture` where they do not make whole latents; `ModelConfigError`; `WeightsError`
    func autoencoder(_ weights: WeightsArtifact, pictures side: Int = 64, _ context: RunContext) throws -> AutoencoderKL
    {
        let config = try vaeConfig(context)
        guard side % config.downscale == 0 else {
            throw NodeError.unevenPicture(width: side, height: side, factor: config.downscale)
        }
        return try AutoencoderKL(weights.source("the VAE"), config: config)
    }

    /// The sizes of the UNet and the text encoders, and the tokenizers: what a training from nothing needs.
    ///
    /// - Throws: `ModelFileError` where they do not fit each other, or the VAE
    func networksConfig(_ context: RunContext) throws -> SDXLNetworks.Config {
        let (tokenizer, tokenizer2) = try parts.tokenizers()
        let config = try SDXLNetworks.Config(
            unet: parts.unetConfig(),
            textEncoder: parts.firstEncoderConfig(),
            textEncoder2: parts.secondEncoderConfig(),
            tokenizer: tokenizer,
            tokenizer2: tokenizer2
        )
        let latents = try vaeConfig(context).latentChannels
        guard config.unet.latentChannels == latents else {
            throw ModelFileError.badConfig(
                path: try path("unet config"),
                reason: "in_channels is \(config.unet.latentChannels), but the VAE's latent_channels are \(latents)"
            )
        }
        return config
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

    /// A network's LoRAs in the recipe's order: their numbers, roles and files.
    private func loras(of network: LoRAFile.Network) -> [(number: Int, role: String, file: ModelFile)] {
        let prefix = "\(network.rawValue) lora "
        return files.compactMap { role, file in
            role.hasPrefix(prefix)
                ? Int(role.dropFirst(prefix.count)).map { (number: $0, role: role, file: file) } : nil
        }.sorted { $0.number < $1.number }
    }

    /// A network's weights without LoRAs.
    private func source(of network: LoRAFile.Network) throws -> any WeightSource {
        let parts = parts
        return switch network {
        case .unet: stored(try parts.unetWeights(parts.unetConfig()), keeping: UNet2DConditionModel.sensitiveLayers)
        case .textEncoder: try parts.firstEncoderWeights()
        case .textEncoder2: try parts.secondEncoderWeights()
        }
    }

    /// The same, kept in memory for all models that differ in LoRAs alone.
    private func weights(_ network: LoRAFile.Network, _ context: RunContext) throws -> SharedWeights {
        let roles = files.keys.filter {
            $0.hasPrefix(network == .unet ? "unet" : "text_encoder") && !$0.contains(" lora ")
        }
        let purpose = "\(network.rawValue) weights \(network == .unet ? storage : "")"
        return try resident(roles.sorted(), for: purpose, context) { reserve in
            let source = try source(of: network)
            reserve(Weights(source).bytesInMemory)
            return SharedWeights(source)
        }
    }

    /// Makes or finds a network of shared weights. Those count as used after it, so that it is let go of before them: else
    /// it would hold what counts as free.
    private func withWeights<Network>(
        _ networks: [LoRAFile.Network],
        _ context: RunContext,
        _ network: () throws -> Network
    ) throws -> Network {
        let network = try network()
        for used in networks { _ = try weights(used, context) }
        return network
    }

    /// A network's shared weights with the LoRAs that change it.
    ///
    /// - Parameter reserve: gets what they take beside the shared ones, a page at least: what takes nothing is never let go of
    private func merged(
        _ network: LoRAFile.Network,
        _ context: RunContext,
        _ reserve: (Int) -> Void
    ) throws -> any WeightSource {
        let shared = try weights(network, context)
        let source = try merged(network, into: shared)
        reserve(max(4096, Weights(source).bytesInMemory - Weights(shared).bytesInMemory))
        return source
    }

    /// A network's weights with the LoRAs that change it, in the recipe's order.
    private func merged(_ network: LoRAFile.Network, into base: any WeightSource) throws -> any WeightSource {
        let loras = try files(of: loras(of: network), OpenFiles())
        guard !loras.isEmpty else { return base }
        for (file, _) in loras { try file.requireFinite(network) }
        return try LoRAWeights(base, network: network, loras: loras)
    }

    /// Whether the LoRAs of a network fit it, by headers alone.
    private func checkLoRAs(of network: LoRAFile.Network, _ open: OpenFiles, _ base: () throws -> any WeightSource)
        throws
    {
        let loras = try files(of: loras(of: network), open)
        if !loras.isEmpty { _ = try LoRAWeights(base(), network: network, loras: loras) }
    }

    private func files(
        of loras: [(number: Int, role: String, file: ModelFile)],
        _ open: OpenFiles
    ) throws -> [(file: LoRAFile, scale: LoRAScale)] {
        try loras.map { _, role, file in
            (try open.lora(file.path, settings: files["\(role) settings"]?.path), file.scale ?? 1)
        }
    }
}
