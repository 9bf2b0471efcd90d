import Models
import Tensors

/// A tower, and what reads a person's traits from each of its hidden states.
public struct TraitReadingTower: Sendable {
    package let tower: EVAVisionTransformer
    let traits: [Linear]

    /// - Parameter traits: how many numbers say what a person looks like
    package init(_ w: Weights, config: EVAVisionTransformer.Config, traits count: Int) throws {
        tower = try EVAVisionTransformer(w / "visual", config: config)
        traits = try config.hiddenStateBlocks.map {
            try Linear(w / "traits" / $0, from: config.width, to: count)
        }
    }

    /// The mean squared error of all traits, read from each hidden state by itself; (1).
    ///
    /// - Parameter people: (B, traits)
    package func traitLoss(_ seen: EVAVisionTransformer.Features, of people: Tensor) -> Tensor {
        let losses = zip(seen.hiddenStates, traits).map { hidden, read in
            let (B, tokens, C) = hidden.shape3
            let patches = hidden.sliced(axis: 1, 1..<tokens).meanOfMiddle().reshaped([B, C])
            let error = read(patches) - people
            return (error * error).mean()
        }
        return losses.reduce(.zeros([1]), +) / Float(max(1, losses.count))
    }
}
