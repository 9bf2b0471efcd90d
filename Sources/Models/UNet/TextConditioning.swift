import Kernels
import Tensors

/// What queries attend to.
struct KeysAndValues: Sendable {
    /// (B, T, C)
    let k: Tensor
    /// (B, T, C)
    let v: Tensor
}

/// A prompt ready for a UNet: the keys and values of its tokens in every cross-attention, which are the same in every
/// step.
public struct TextConditioning: Sendable {
    /// By the attention's number.
    private let attentions: [Int: KeysAndValues]
    /// Told about every cross-attention; nil unless a training compares them.
    private(set) var recorder: AttentionRecorder?

    fileprivate init(attentions: [Int: KeysAndValues]) { self.attentions = attentions }

    /// The same prompt, whose attentions are told to `recorder`.
    public func recorded(by recorder: AttentionRecorder) -> TextConditioning {
        var result = self
        result.recorder = recorder
        return result
    }

    subscript(attention number: Int) -> KeysAndValues {
        guard let found = attentions[number] else { fail("the prompt was prepared for another UNet") }
        return found
    }
}

extension UNet2DConditionModel {
    /// - Parameter context: (B, T, cross-attention width)
    public func conditioning(context: Tensor) -> TextConditioning {
        let pairs = crossAttentions.map { ($0.number, KeysAndValues(k: $0.toK(context), v: $0.toV(context))) }
        return TextConditioning(attentions: Dictionary(uniqueKeysWithValues: pairs))
    }

    /// In the order down, up, middle.
    var crossAttentions: [Attention] {
        let transformers = downBlocks.flatMap(\.attentions) + upBlocks.flatMap(\.attentions) + [midBlock.attention]
        return transformers.flatMap { $0.transformerBlocks.map(\.attn2) }
    }
}
