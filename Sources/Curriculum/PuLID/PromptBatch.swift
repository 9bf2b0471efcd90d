import Imaging
import Models
import Tensors

/// Prompts and sizes, as a UNet is told them.
package struct PromptBatch: Sendable {
    /// (B, T, context width)
    let embeds: Tensor
    /// (B, pooled width)
    let pooled: Tensor
    /// Six numbers each.
    package let timeIDs: [[Float]]

    package init(embeds: Tensor, pooled: Tensor, timeIDs: [[Float]]) {
        (self.embeds, self.pooled, self.timeIDs) = (embeds, pooled, timeIDs)
    }

    /// Several, one after the other.
    package init(_ prompts: [PromptBatch]) {
        embeds = .concatenated(prompts.map(\.embeds), axis: 0)
        pooled = .concatenated(prompts.map(\.pooled), axis: 0)
        timeIDs = prompts.flatMap(\.timeIDs)
    }

    /// No words: zeros, as SDXL's missing negative prompt.
    var absent: PromptBatch {
        PromptBatch(embeds: .zeros(embeds.shape), pooled: .zeros(pooled.shape), timeIDs: timeIDs)
    }

    var added: UNet2DConditionModel.AddedConditions { .init(textEmbeds: pooled, timeIDs: timeIDs) }
}
