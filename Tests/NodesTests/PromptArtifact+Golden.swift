import Graph
import Nodes
import TensorTestSupport

extension PromptArtifact {
    /// The prompt of `render.safetensors`, as diffusers encoded it.
    static func golden() -> PromptArtifact {
        let prompts = Golden("render.safetensors", #filePath)
        return PromptArtifact(
            embeds: prompts["embeds"],
            pooled: prompts["pooled"],
            negativeEmbeds: prompts["negative_embeds"],
            negativePooled: prompts["negative_pooled"]
        )
    }
}
