/// What is read of a pipeline's `model_index.json`.
///
/// diffusers: StableDiffusionXLPipeline, whose default stands for a file that does not say.
public struct SDXLModelIndex: Decodable, Hashable, Sendable {
    /// See `SDXLPromptEncoder`.
    public let forceZerosForEmptyPrompt: Bool

    private enum Key: String, CodingKey { case forceZerosForEmptyPrompt = "force_zeros_for_empty_prompt" }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        forceZerosForEmptyPrompt = try fields.decodeIfPresent(Bool.self, forKey: .forceZerosForEmptyPrompt) ?? true
    }
}
