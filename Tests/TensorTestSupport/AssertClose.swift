import Tensors
import Testing

/// The largest differences between a result and its reference.
public struct Difference: CustomStringConvertible {
    public let shape: [Int]
    public let largestAbsolute: Float
    /// The largest absolute difference over the reference's largest absolute value.
    public let relative: Float
    public let worst: (index: Int, found: Float, expected: Float)

    public var description: String {
        "max abs \(largestAbsolute), relative \(relative), worst at \(worst.index) of \(shape): "
            + "\(worst.found), expected \(worst.expected)"
    }
}

/// Compares whole tensors.
public func difference(_ found: Tensor, _ expected: Tensor) -> Difference {
    var worst = (index: 0, found: Float(0), expected: Float(0))
    var most: Float = 0
    var scale: Float = 0
    for (i, (a, b)) in zip(found.values, expected.values).enumerated() {
        scale = max(scale, abs(b))
        // A NaN on one side alone is the worst there is.
        let gap = a == b || (a.isNaN && b.isNaN) ? 0 : (a - b).isNaN ? .infinity : abs(a - b)
        if gap > most || i == 0 {
            most = max(most, gap)
            worst = (i, a, b)
        }
    }
    return Difference(
        shape: expected.shape,
        largestAbsolute: most,
        relative: most / max(scale, .leastNormalMagnitude),
        worst: worst
    )
}

/// Expects equal shapes and a largest difference of at most `relative` times the reference's largest value: three times what
/// docs/PARITY.md records, for most networks.
@discardableResult
public func assertClose(
    _ found: Tensor,
    _ expected: Tensor,
    relative: Float = 8.3e-6,
    _ label: String = "",
    sourceLocation: Testing.SourceLocation = #_sourceLocation
) -> Difference? {
    guard found.shape == expected.shape else {
        Issue.record("\(label) has shape \(found.shape), expected \(expected.shape)", sourceLocation: sourceLocation)
        return nil
    }
    let gap = difference(found, expected)
    ParityLog.note(label, gap, bound: relative, test: sourceLocation.fileName)
    #expect(gap.relative <= relative, "\(label): \(gap)", sourceLocation: sourceLocation)
    return gap
}
