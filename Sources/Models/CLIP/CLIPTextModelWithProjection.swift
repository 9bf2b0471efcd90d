import Tensors

/// CLIP's text encoder with the projection into the space that pictures share; the second of SDXL.
///
/// transformers: models/clip/modeling_clip.py::CLIPTextModelWithProjection
public struct CLIPTextModelWithProjection: Sendable {
    private let textModel: CLIPTextModel
    private let textProjection: Linear

    public var config: CLIPTextConfig { textModel.config }

    public struct Output: Sendable {
        /// (B, L, C), as `CLIPTextModel.Output` has it.
        public let penultimateHiddenState: Tensor
        /// (B, L, C): after the final norm.
        public let lastHiddenState: Tensor
        /// (B, projection): the state at each text's end, projected.
        public let textEmbeds: Tensor
    }

    /// - Throws: `WeightsError`, `ModelConfigError`
    public init(_ w: Weights, config: CLIPTextConfig) throws {
        textModel = try CLIPTextModel(w, config: config)
        textProjection = try Linear(
            w / "text_projection",
            from: config.hiddenSize,
            to: config.projectionDim,
            bias: false
        )
    }

    /// - Parameters: as for `CLIPTextModel`
    public func callAsFunction(_ ids: [[Int]], learned: [Int: [Float]] = [:]) -> Output {
        let text = textModel(ids, learned: learned)
        return Output(
            penultimateHiddenState: text.penultimateHiddenState,
            lastHiddenState: text.lastHiddenState,
            textEmbeds: textProjection(text.pooled)
        )
    }
}
