/// The square window that a convolution or a pool moves over a map.
struct Window: Hashable, Sendable {
    /// The weight's size unless the file says it.
    let kernel: Int?
    let stride: Int
    /// Zeros before and after each side.
    let before: Int
    let after: Int

    private static let sizes = 0...1 << 12

    /// Reads kernel_shape, strides, pads, dilations and auto_pad.
    init(_ node: NodeReader) throws(OperatorFault) {
        func same(_ name: String, _ values: [Int]?, default value: Int) throws(OperatorFault) -> Int {
            guard let values else { return value }
            guard values.count == 2, values[0] == values[1], Self.sizes.contains(values[0]) else {
                throw .attribute(name: name, value: "\(values)")
            }
            return values[0]
        }
        let shape = try node.integers("kernel_shape")
        kernel = shape == nil ? nil : try same("kernel_shape", shape, default: 1)
        stride = try same("strides", try node.integers("strides"), default: 1)
        guard stride > 0, kernel != 0 else { throw .attribute(name: "strides", value: "\(stride)") }
        if try same("dilations", try node.integers("dilations"), default: 1) != 1 {
            throw .attribute(name: "dilations", value: "other than 1")
        }
        let padding = try node.string("auto_pad") ?? "NOTSET"
        let pads = try node.integers("pads") ?? [0, 0, 0, 0]
        guard padding == "NOTSET" || padding == "VALID" else { throw .attribute(name: "auto_pad", value: padding) }
        guard pads.count == 4, pads[0] == pads[1], pads[2] == pads[3], pads.allSatisfy(Self.sizes.contains) else {
            throw .attribute(name: "pads", value: "\(pads)")
        }
        (before, after) = padding == "VALID" ? (0, 0) : (pads[0], pads[2])
    }

    /// How many positions the window has on a side of `size`; nil if it does not fit.
    func positions(on size: Int, kernel: Int, ceil: Bool = false) -> Int? {
        let room = size + before + after - kernel
        guard room >= 0 else { return nil }
        guard ceil else { return room / stride + 1 }
        let count = (room + stride - 1) / stride + 1
        // A window that would begin in the padding after the last pixel is left out.
        return (count - 1) * stride >= size + before ? count - 1 : count
    }
}
