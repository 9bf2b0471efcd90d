/// A block of SDXL's UNet, counted as its authors and A1111's users do (IN00 to IN08, M00, OUT00 to OUT08), or one of the
/// three parts that diffusers' users name (down, mid, up).
public enum UNetBlock: Hashable, Sendable {
    case down, mid, up
    /// IN00 is the first convolution; IN03 and IN06 make the picture smaller.
    case input(Int)
    case output(Int)

    /// How many there are on either side.
    static let count = 9

    public static let all: [UNetBlock] =
        [.down, .mid, .up] + (0..<count).map(Self.input) + (0..<count).map(Self.output)

    /// As recipes write it.
    public var name: String {
        switch self {
        case .down: "down"
        case .mid: "mid"
        case .up: "up"
        case .input(let index): "IN0\(index)"
        case .output(let index): "OUT0\(index)"
        }
    }

    var part: UNetBlock {
        switch self {
        case .down, .input: .down
        case .mid: .mid
        case .up, .output: .up
        }
    }

    /// - Parameter layer: in diffusers' names; nil for those outside of all blocks, such as the time's embedding
    init?(layer: String) {
        let path = layer.split(separator: ".").map(String.init)
        let perLevel = 3
        switch path.first {
        case "conv_in": self = .input(0)
        case "mid_block": self = .mid
        case "down_blocks":
            guard path.count > 3, let level = Int(path[1]), let layer = Int(path[3]) else { return nil }
            self = .input(1 + level * perLevel + (path[2] == "downsamplers" ? perLevel - 1 : layer))
        case "up_blocks":
            guard path.count > 3, let level = Int(path[1]), let layer = Int(path[3]) else { return nil }
            self = .output(level * perLevel + (path[2] == "upsamplers" ? perLevel - 1 : layer))
        default: return nil
        }
    }
}
