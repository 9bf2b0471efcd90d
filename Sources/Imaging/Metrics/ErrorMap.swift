/// How wrong each pixel of a picture is, 0 not at all ... 1 wholly.
public struct ErrorMap: Equatable, Sendable {
    public let width: Int
    public let height: Int
    /// (height, width)
    public let errors: [Float]
    /// The errors of the pixels that count.
    private let counted: [Float]

    init(width: Int, height: Int, errors: [Float], region: PictureRegion?) {
        self.width = width
        self.height = height
        self.errors = errors
        counted = region.map { region in errors.indices.filter(region.counts).map { errors[$0] } } ?? errors
    }

    public var mean: Double { counted.reduce(0.0) { $0 + Double($1) } / Double(counted.count) }

    /// The error that `share` (0...1) of the pixels do not exceed; between two of them in proportion, as NumPy has it.
    public func quantile(_ share: Double) -> Double {
        let sorted = counted.sorted()
        let place = share * Double(sorted.count - 1)
        let below = Int(place.rounded(.down))
        let (low, high) = (Double(sorted[below]), Double(sorted[min(below + 1, sorted.count - 1)]))
        return low + (high - low) * (place - Double(below))
    }

    /// The map as a picture: black for 0, over purple and orange to a pale yellow for 1.
    public var picture: Bitmap {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * errors.count)
        for error in errors { pixels += Self.colors[Int((min(max(error, 0), 1) * 255).rounded())] }
        return Bitmap(width: width, height: height, pixels: pixels)
    }

    /// Of errors 0, 1/8, ... 1; colours between them are mixed.
    private static let stops: [[Double]] = [
        [0, 0, 4], [28, 16, 68], [79, 18, 123], [129, 37, 129], [181, 54, 122], [229, 80, 100], [251, 135, 97],
        [254, 194, 135], [252, 253, 191],
    ]

    private static let colors: [[UInt8]] = (0...255).map { level in
        let place = Double(level) / 255 * Double(stops.count - 1)
        let below = min(Int(place), stops.count - 2)
        return zip(stops[below], stops[below + 1]).map { UInt8(($0 + ($1 - $0) * (place - Double(below))).rounded()) }
    }
}
