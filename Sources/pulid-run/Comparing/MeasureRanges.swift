import Nodes

/// What values each measure can have in runs of which the values are known.
struct MeasureRanges {
    /// Pixels of the largest picture; nil where nothing tells.
    private let pixels: Double?

    /// - Parameter values: by measure, those of the same picture at the same place
    init(_ values: [String: [Double?]]) {
        let counts = values[PictureMeasure.pixelsOver.rawValue] ?? []
        let shares = values[PictureMeasure.shareOver.rawValue] ?? []
        guard counts.count == shares.count else {
            pixels = nil
            return
        }
        // Those pixels as a share of all say how many all are.
        pixels =
            zip(counts, shares).compactMap { count, share in
                guard let count, let share, share > 0 else { return nil }
                return (count / share).rounded()
            }
            .max()
    }

    func of(_ name: String) -> ClosedRange<Double> {
        if name == PictureMeasure.pixelsOver.rawValue, let pixels { return 0...pixels }
        return ScoresArtifact.range(field: name) ?? -Double.infinity...Double.infinity
    }
}
