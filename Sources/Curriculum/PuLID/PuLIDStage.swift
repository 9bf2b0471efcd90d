import Training

/// What a stage of PuLID's training learns from, and how fast.
///
/// PuLID, section 4.1. The numbers of samples and the learning rates are those of the small world.
public struct PuLIDStage: Hashable, Sendable {
    /// Pictures to denoise in a step.
    public var denoising: Int
    /// Pictures in a step that are drawn from noise and compared with the person.
    public var identity: Int
    /// Pictures in a step that are drawn from noise with and without the person.
    public var alignment: Int
    /// Compares the pictures to denoise with the person too, by what one step from the present one would give: the paper's
    /// ablation of the accurate identity loss.
    public var isNaive: Bool
    /// lambda_id
    public var identityWeight: Float
    public var alignmentLoss: AlignmentLoss
    public var weighting: NoiseWeighting
    /// The learning rate's peak and its end.
    public var rate: Double
    public var finalRate: Double
    public var steps: Int

    public init(
        denoising: Int,
        identity: Int = 0,
        alignment: Int = 0,
        isNaive: Bool = false,
        identityWeight: Float = 1,
        alignmentLoss: AlignmentLoss = AlignmentLoss(),
        weighting: NoiseWeighting = NoiseWeighting(),
        rate: Double,
        finalRate: Double,
        steps: Int
    ) {
        (self.denoising, self.identity, self.alignment) = (denoising, identity, alignment)
        (self.isNaive, self.identityWeight, self.alignmentLoss) = (isNaive, identityWeight, alignmentLoss)
        self.weighting = weighting
        (self.rate, self.finalRate, self.steps) = (rate, finalRate, steps)
    }

    /// Denoising alone, with the base model.
    public static let one = PuLIDStage(denoising: 32, rate: 3e-3, finalRate: 0, steps: 2000)
    /// The most likeness: the identity loss comes in addition.
    public static let two = PuLIDStage(denoising: 16, identity: 8, rate: 2e-3, finalRate: 1e-4, steps: 1000)
    /// What the person does to the rest of the picture is undone.
    public static let three = PuLIDStage(
        denoising: 8,
        identity: 6,
        alignment: 6,
        rate: 1e-3,
        finalRate: 1e-4,
        steps: 1000
    )
    /// In place of stage two, for comparison.
    public static let naive = PuLIDStage(denoising: 16, isNaive: true, rate: 2e-3, finalRate: 1e-4, steps: 1000)

    /// What the samples of a step are for, those of each kind spread evenly, so that every micro-batch has its share
    /// of the long and the short ones.
    package var samples: [PuLIDSample] {
        let placed = PuLIDSample.allCases.enumerated().flatMap { order, kind in
            let count = count(kind)
            return (0..<count).map { Placed(place: (Double($0) + 0.5) / Double(count), order: order, kind: kind) }
        }
        return placed.sorted { ($0.place, $0.order) < ($1.place, $1.order) }.map(\.kind)
    }

    private struct Placed {
        let place: Double
        let order: Int
        let kind: PuLIDSample
    }

    func count(_ sample: PuLIDSample) -> Int {
        switch sample {
        case .denoising: denoising
        case .identity: identity
        case .alignment: alignment
        }
    }
}

/// What a sample of a step is for.
package enum PuLIDSample: Hashable, Sendable, CaseIterable { case denoising, identity, alignment }
