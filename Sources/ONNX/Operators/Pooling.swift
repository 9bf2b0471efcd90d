import Tensors

/// MaxPool: (B, C, H, W) -> (B, C, H', W')
struct MaxPool: ONNXOperator {
    private let window: Window
    private let kernel: Int
    private let ceil: Bool

    init(_ node: NodeReader) throws(OperatorFault) {
        try node.requireInputs(1...1)
        window = try Window(node)
        guard let size = window.kernel else { throw .attribute(name: "kernel_shape", value: "(missing)") }
        kernel = size
        ceil = try node.integer("ceil_mode") == 1
        try node.require("storage_order", in: [0])
        guard window.before == window.after, 2 * window.before <= size else {
            throw .attribute(name: "pads", value: "\(window.before), \(window.after)")
        }
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let x = try inputs.map(0)
        let (B, H, W, C) = x.shape4
        guard let height = window.positions(on: H, kernel: kernel), let width = window.positions(on: W, kernel: kernel),
            !ceil
                || window.positions(on: H, kernel: kernel, ceil: true) == height
                    && window.positions(on: W, kernel: kernel, ceil: true) == width
        else { throw .shape(found: x.shape, why: "no whole number of windows of \(kernel) fits") }
        try inputs.room.check([B, height, width, C], products: kernel * kernel)
        return .map(x.maxPooled(kernel: kernel, stride: window.stride, padding: window.before))
    }
}

/// AveragePool: (B, C, H, W) -> (B, C, H', W')
struct AveragePool: ONNXOperator {
    private let window: Window
    private let kernel: Int
    private let ceil: Bool
    private let countsPadding: Bool

    private static let kernelLimit = 64
    /// What picking a pixel, and adding each of its numbers, takes for one place in the window: in products of a convolution.
    private static let cost = (pixel: 500, number: 100)

    init(_ node: NodeReader) throws(OperatorFault) {
        try node.requireInputs(1...1)
        window = try Window(node)
        guard let size = window.kernel else { throw .attribute(name: "kernel_shape", value: "(missing)") }
        kernel = size
        ceil = try node.integer("ceil_mode") == 1
        countsPadding = try node.integer("count_include_pad") == 1
        // Each place in the window is a picture to add up.
        guard size <= Self.kernelLimit else { throw .attribute(name: "kernel_shape", value: "[\(size), \(size)]") }
        // Every window then sees at least one pixel.
        guard window.before < size, window.after < size else {
            throw .attribute(name: "pads", value: "\(window.before), \(window.after)")
        }
    }

    /// A sum of pictures, one for each place in the window, over the number of pixels that were seen: every part knows its
    /// gradient.
    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let x = try inputs.map(0)
        let (B, H, W, C) = x.shape4
        guard let height = window.positions(on: H, kernel: kernel, ceil: ceil),
            let width = window.positions(on: W, kernel: kernel, ceil: ceil)
        else { throw .shape(found: x.shape, why: "a window of \(kernel) does not fit") }
        try inputs.room.check([B, height, width, C], products: kernel * kernel * Self.cost.number)
        try inputs.room.check([B, height, width], products: kernel * kernel * Self.cost.pixel)
        try inputs.room.checkIndices([B, height, width])
        // One row of zeros stands for all that is outside.
        let outside = B * H * W
        let rows = Tensor.concatenated([x.reshaped([outside, C]), .zeros([1, C])], axis: 0)
        var sum = Tensor.zeros([B * height * width, C])
        var seen = [Float](repeating: 0, count: height * width)
        for i in 0..<kernel {
            for j in 0..<kernel {
                let places = (0..<height * width).map { position -> Int? in
                    let y = position / width * window.stride - window.before + i
                    let x = position % width * window.stride - window.before + j
                    // What ceil_mode adds beyond the padding never counts.
                    if countsPadding
                        ? y < H + window.after && x < W + window.after : (0..<H).contains(y) && (0..<W).contains(x)
                    {
                        seen[position] += 1
                    }
                    return (0..<H).contains(y) && (0..<W).contains(x) ? y * W + x : nil
                }
                sum = sum + rows.rows(at: (0..<B).flatMap { b in places.map { $0.map { b * H * W + $0 } ?? outside } })
            }
        }
        let shares = Tensor((0..<B).flatMap { _ in seen.map { 1 / $0 } }, shape: [B * height * width, 1])
        return .map(sum.multipliedByColumn(shares).reshaped([B, height, width, C]))
    }
}

/// GlobalAveragePool: (B, C, H, W) -> (B, C, 1, 1)
struct GlobalAveragePool: ONNXOperator {
    init(_ node: NodeReader) throws(OperatorFault) { try node.requireInputs(1...1) }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let x = try inputs.map(0)
        let (B, H, W, C) = x.shape4
        return .map(x.reshaped([B, H * W, C]).meanOfMiddle().reshaped([B, 1, 1, C]))
    }
}
