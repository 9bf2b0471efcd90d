import Models
import Tensors

/// What the frozen networks see in introduction photos, of one person each: what PuLID's encoder and its identity loss
/// are given.
package struct IdentityPhoto: Sendable {
    /// The recogniser's numbers as they are, then the tower's, normalised: (B, 512 + 768)
    package let vector: Tensor
    /// The tower's, each (B, 1 + patches, width)
    package let hiddenStates: [Tensor]
    /// The loss net's numbers, normalised: (B, 512)
    package let likeness: Tensor

    package init(vector: Tensor, hiddenStates: [Tensor], likeness: Tensor) {
        (self.vector, self.hiddenStates, self.likeness) = (vector, hiddenStates, likeness)
    }

    /// Several, one after the other.
    package init(_ photos: [IdentityPhoto]) {
        func joined(_ part: (IdentityPhoto) -> Tensor) -> Tensor { .concatenated(photos.map(part), axis: 0) }
        vector = joined(\.vector)
        hiddenStates = photos.first.map { $0.hiddenStates.indices.map { i in joined { $0.hiddenStates[i] } } } ?? []
        likeness = joined(\.likeness)
    }

    /// The photo of nobody: zeros, as in the unconditional identity at run time.
    package var absent: IdentityPhoto {
        IdentityPhoto(
            vector: .zeros(vector.shape),
            hiddenStates: hiddenStates.map { .zeros($0.shape) },
            likeness: likeness
        )
    }
}
