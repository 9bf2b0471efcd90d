import Graph
import Models
import Tensors

/// diffusers: StableDiffusionXLPipeline.encode_prompt; ComfyUI: nodes.py::CLIPTextEncode for weights and long prompts
struct EncodePrompt: Node {
    static let version = 2
    static let repeatsWarnings = true
    static let help = "Encodes a prompt with both of SDXL's text encoders."

    @Input("whose text encoders", part: "text") var model: SDXLModel
    @Parameter("what to draw; embedding:NAME stands for a textual inversion of the model's `embeddings`")
    var text: String
    @Parameter("what to keep away from; without it, what the model's settings say for an empty prompt")
    var negative: String? = nil
    @Parameter("none: parentheses are text; comfyui: (word:1.3) weighs 1.3, (word) 1.1; see docs/RECIPES.md")
    var weighting: PromptReading.Weighting = .none
    @Parameter("what is beyond 75 tokens: cut, with a warning, or encoded in further chunks of 75")
    var overflow: PromptReading.Overflow = .cut

    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        WorkingMemory.encoders
    }

    func doubts() -> [ParameterProblem] {
        [("text", text), ("negative", negative ?? "")].flatMap { name, text in
            PromptDoubt.doubts(about: text, weighting: weighting).map { ParameterProblem(name, "in a prompt \($0)") }
        }
    }

    static func doubts(_ known: KnownInputs) -> [ParameterProblem] {
        guard case .map(let embeddings)? = known.parameter("embeddings", of: "model", madeBy: LoadSDXL.name) else {
            return []
        }
        func choice<Choice: ParameterChoice>(_ name: String, _ usual: Choice) -> Choice {
            (try? Choice(parameter: known.parameter(name))) ?? usual
        }
        let reading = PromptReading(weighting: choice("weighting", .none), overflow: choice("overflow", .cut))
        let loras = known.parameter("loras", of: "model", madeBy: LoadSDXL.name) ?? .null
        return ["text", "negative"].flatMap { name -> [ParameterProblem] in
            guard case .string(let text) = known.parameter(name) else { return [] }
            let doubts = PromptDoubt.embeddings(in: text, reading: reading) {
                embeddings.keys + LoRAChoice.embeddings(ofAll: loras)
            }
            return doubts.map { ParameterProblem(name, "in a prompt \($0)") }
        }
    }

    func run(_ context: RunContext) throws -> PromptArtifact {
        let encoder = try model.promptEncoder(context)
        let reading = PromptReading(weighting: weighting, overflow: overflow)
        for (name, text) in [("prompt", text), ("negative prompt", negative ?? "")] {
            if let unseen = try encoder.unseenPart(of: text, reading: reading) {
                context.warn(Self.warning(name, unseen))
            }
        }
        try encoder.checkLength(of: text, negative: negative, reading: reading)
        let prompt = try model.computing { try encoder(text, negative: negative, reading: reading) }
        return PromptArtifact(
            embeds: prompt.embeds,
            pooled: prompt.pooled,
            negativeEmbeds: prompt.negativeEmbeds,
            negativePooled: prompt.negativePooled
        )
    }

    private static func warning(_ name: String, _ unseen: (tokens: Int, text: String)) -> String {
        let (limit, text) = (120, unseen.text)
        let shown = text.count > limit ? text.prefix(limit) + "..." : text[...]
        let tokens = unseen.tokens == 1 ? "its last token is" : "its last \(unseen.tokens) tokens are"
        return
            "the \(name) is too long: \(tokens) not seen, from \"\(shown)\" on; say `overflow: chunks` to use all of it"
    }
}

extension PromptReading.Weighting: ParameterChoice {}
extension PromptReading.Overflow: ParameterChoice {}
