/// What one axis of a resize reads: each output position is a weighted sum of a few input positions. Positions
/// outside the picture are replaced by the nearest one inside.
struct AxisFilter<Weight: Sendable>: Sendable {
    /// The weights of an output position, for the input positions from the first on.
    typealias Taps = (first: Int, weights: [Weight])

    /// Where the taps of each output position begin, in `indices` and `weights`; one more entry closes the last.
    private var starts: [Int] = [0]
    private(set) var indices: [Int] = []
    private(set) var weights: [Weight] = []

    /// How many output positions there are.
    var count: Int { starts.count - 1 }

    init(from input: Int, to output: Int, taps: (_ position: Int) -> Taps) {
        for position in 0..<output {
            let (first, weights) = taps(position)
            indices += weights.indices.map { min(max(first + $0, 0), input - 1) }
            self.weights += weights
            starts.append(indices.count)
        }
    }

    func taps(_ position: Int) -> Range<Int> { starts[position]..<starts[position + 1] }
}

extension Bitmap {
    /// A row at a new width in whole numbers: `start` and the weighted sum of each position.
    func filter(_ y: Int, by filter: AxisFilter<Int32>, from start: Int32, into row: UnsafeMutablePointer<Int32>) {
        pixels.withUnsafeBufferPointer { pixels in
            filter.indices.withUnsafeBufferPointer { indices in
                filter.weights.withUnsafeBufferPointer { weights in
                    for x in 0..<filter.count {
                        var sum = SIMD4(repeating: start)
                        for tap in filter.taps(x) {
                            let i = (y * width + indices[tap]) * 3
                            let color = SIMD4(Int32(pixels[i]), Int32(pixels[i + 1]), Int32(pixels[i + 2]), 0)
                            sum &+= weights[tap] &* color
                        }
                        for channel in 0..<3 { row[x * 3 + channel] = sum[channel] }
                    }
                }
            }
        }
    }
}
