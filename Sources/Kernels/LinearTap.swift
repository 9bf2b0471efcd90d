/// The two of a side's positions that a position of another length lies between: torch.nn.functional.interpolate(mode:
/// "linear", antialias: false), in 32-bit floats as there.
public struct LinearTap {
    public let first: Int
    public let second: Int
    /// How much the second counts; the first counts for the rest.
    public let share: Float

    /// - Parameter alignCorners: the middles of the corner pixels lie on each other, else the pictures' edges do
    public init(_ position: Int, from count: Int, to newCount: Int, alignCorners: Bool) {
        let aligned = newCount > 1 ? Float(count - 1) / Float(newCount - 1) : 0
        let scale = alignCorners ? aligned : Float(count) / Float(newCount)
        let place = alignCorners ? scale * Float(position) : max(0, scale * (Float(position) + 0.5) - 0.5)
        first = min(Int(place), count - 1)
        second = min(first + 1, count - 1)
        share = place - Float(first)
    }
}
