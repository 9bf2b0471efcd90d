import Graph
import Models
import Tensors

/// diffusers: StableDiffusionXLPipeline.encode_prompt
struct EncodePrompt: Node {
    static let version = 1
    static let help = "Encodes a prompt with both of SDXL's text encoders."

    @Input("whose text encoders", part: "text") var model: SDXLModel
    @Parameter("what to draw") var text: String
    @Parameter("what to keep away from; without it, what the model's settings say for an empty prompt")
    var negative: String? = nil

    func run(_ context: RunContext) throws -> PromptArtifact {
        let encoder = try model.promptEncoder(context)
        let cut = encoder.cutTokens(text)
        if cut > 0 { context.warn("the prompt is too long: its last \(cut) tokens are not seen") }
        let prompt = encoder(text, negative: negative)
        return PromptArtifact(
            embeds: prompt.embeds,
            pooled: prompt.pooled,
            negativeEmbeds: prompt.negativeEmbeds,
            negativePooled: prompt.negativePooled
        )
    }
}
