import Models
import Tensors

/// What of SDXL learns: the denoiser and the two text encoders. Their weights lie side by side, each below the name
/// that its folder has.
///
/// diffusers: pipelines/stable_diffusion_xl/pipeline_stable_diffusion_xl.py
public struct SDXLNetworks: Sendable {
    public let unet: UNet2DConditionModel
    public let prompts: SDXLPromptEncoder

    /// How large they are, and what text is to them.
    public struct Config: Sendable {
        public let unet: UNet2DConditionModel.Config
        public let textEncoder: CLIPTextConfig
        public let textEncoder2: CLIPTextConfig
        public let tokenizer: CLIPTokenizer
        public let tokenizer2: CLIPTokenizer

        /// - Throws: `ModelConfigError` unless the denoiser is as wide as what the text encoders give
        public init(
            unet: UNet2DConditionModel.Config,
            textEncoder: CLIPTextConfig,
            textEncoder2: CLIPTextConfig,
            tokenizer: CLIPTokenizer,
            tokenizer2: CLIPTokenizer
        ) throws {
            let (width, texts) = (unet.crossAttentionDim, [textEncoder.hiddenSize, textEncoder2.hiddenSize])
            guard width == texts[0] + texts[1] else {
                throw Self.misfit("cross_attention_dim", width, "the text encoders' hidden_size are \(texts)")
            }
            guard unet.pooledTextDim == textEncoder2.projectionDim else {
                throw Self.misfit(
                    "projection_class_embeddings_input_dim",
                    unet.projectionClassEmbeddingsInputDim,
                    "six embeddings of \(unet.additionTimeEmbedDim) and the second text encoder's projection_dim, "
                        + "\(textEncoder2.projectionDim), make \(6 * unet.additionTimeEmbedDim + textEncoder2.projectionDim)"
                )
            }
            self.unet = unet
            self.textEncoder = textEncoder
            self.textEncoder2 = textEncoder2
            self.tokenizer = tokenizer
            self.tokenizer2 = tokenizer2
        }

        private static func misfit(_ key: String, _ value: Int, _ reason: String) -> ModelConfigError {
            .invalid(model: "UNet2DConditionModel", key: key, value: "\(value)", reason: reason)
        }
    }

    /// The folders of the three networks.
    public static let parts = ["unet", "text_encoder", "text_encoder_2"]

    /// - Parameter w: the three below the names of their folders
    /// - Throws: `WeightsError`, `ModelConfigError`; `SDXLPromptError` when tokenizers and encoders do not fit
    public init(_ w: Weights, config: Config) throws {
        unet = try UNet2DConditionModel(w / "unet", config: config.unet)
        prompts = try SDXLPromptEncoder(
            tokenizers: (config.tokenizer, config.tokenizer2),
            first: CLIPTextModel(w / "text_encoder", config: config.textEncoder),
            second: CLIPTextModelWithProjection(w / "text_encoder_2", config: config.textEncoder2)
        )
    }

    init(unet: UNet2DConditionModel, prompts: SDXLPromptEncoder) { (self.unet, self.prompts) = (unet, prompts) }

    /// A prompt as the denoiser sees it.
    struct Condition: Sendable {
        /// (B, T, C)
        let embeds: Tensor
        /// (B, P)
        let pooled: Tensor

        static func concatenated(_ parts: [Condition]) -> Condition {
            Condition(
                embeds: .concatenated(parts.map(\.embeds), axis: 0),
                pooled: .concatenated(parts.map(\.pooled), axis: 0)
            )
        }
    }

    /// What captions say.
    func condition(_ tokens: [CaptionedLatent.Tokens]) -> Condition {
        let (embeds, pooled) = prompts.encode(tokens: tokens.map { ($0.first, $0.second) })
        return Condition(embeds: embeds, pooled: pooled)
    }

    /// What a missing prompt is: zeros, for `count` pictures.
    func missingPrompt(_ count: Int) -> Condition {
        let (T, C, P) = (prompts.firstTokenizer.maximumLength, unet.config.crossAttentionDim, unet.config.pooledTextDim)
        return Condition(embeds: .zeros([count, T, C]), pooled: .zeros([count, P]))
    }
}

extension UNet2DConditionModel {
    /// - Parameters:
    ///   - noisy: (B, h, w, 4) at unit variance
    ///   - timesteps: B of them
    ///   - sizes: six numbers for each picture
    /// - Returns: the noise in it, (B, h, w, 4)
    func callAsFunction(
        _ noisy: Tensor,
        timesteps: [Float],
        _ prompt: SDXLNetworks.Condition,
        sizes: [[Float]]
    ) -> Tensor {
        self(
            noisy,
            timesteps: timesteps,
            text: conditioning(context: prompt.embeds),
            added: AddedConditions(textEmbeds: prompt.pooled, timeIDs: sizes)
        )
    }
}

extension [String: Tensor] {
    /// The tensors below a path, by what comes after it.
    public func below(_ path: String) -> [String: Tensor] {
        let prefix = path + "."
        let pairs = compactMap { name, tensor in
            name.hasPrefix(prefix) ? (String(name.dropFirst(prefix.count)), tensor) : nil
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    /// The same tensors below a path.
    public func moved(below path: String) -> [String: Tensor] {
        Dictionary(uniqueKeysWithValues: map { ("\(path).\($0)", $1) })
    }
}
