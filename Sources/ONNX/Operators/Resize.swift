import Foundation
import Tensors

/// Resize of a map (B, C, H, W): input, region, scales, sizes; since opset 10, when scales came second.
struct Resize: ONNXOperator {
    private let sampling: Sampling
    private let hasRegion: Bool

    init(_ node: NodeReader) throws(OperatorFault) {
        hasRegion = node.opset >= 11
        try node.requireInputs(hasRegion ? 1...4 : 2...2)
        sampling = try Sampling(
            node,
            coordinates: hasRegion ? .halfPixel : .asymmetric,
            rounding: hasRegion ? .halfDown : .floor
        )
        try node.require("antialias", in: [0])
        try node.require("exclude_outside", in: [0])
        if let policy = try node.string("keep_aspect_ratio_policy"), policy != "stretch" {
            throw .attribute(name: "keep_aspect_ratio_policy", value: policy)
        }
        node.ignore("cubic_coeff_a", "extrapolation_value")
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let shape = try inputs.value(0).shape
        // A list that is there and empty counts as left out.
        if hasRegion, let sizes = inputs[3], sizes.count > 0 {
            let target = try inputs.integers(3).values
            guard target.count == 4, target.prefix(2) == shape.prefix(2), target.allSatisfy({ $0 > 0 }) else {
                throw .shapes(found: [shape, target], why: "only heights and widths can change")
            }
            return try sampling(inputs, to: (target[2], target[3]), scales: nil)
        }
        return try sampling(inputs, scales: try inputs.floats(hasRegion ? 2 : 1).values)
    }
}

/// Upsample, Resize's predecessor: scales are an attribute in opset 7 and an input in opset 9.
struct Upsample: ONNXOperator {
    private let sampling: Sampling
    private let scales: [Float]?

    init(_ node: NodeReader) throws(OperatorFault) {
        scales = try node.floats("scales")
        try node.requireInputs(scales == nil ? 2...2 : 1...1)
        sampling = try Sampling(node, coordinates: .asymmetric, rounding: .floor)
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        if let scales { return try sampling(inputs, scales: scales) }
        return try sampling(inputs, scales: try inputs.floats(1).values)
    }
}

/// How a map is read at positions between its pixels.
private struct Sampling {
    enum Coordinates: String {
        case asymmetric
        case halfPixel = "half_pixel"
        case pytorchHalfPixel = "pytorch_half_pixel"
        case alignCorners = "align_corners"
    }

    enum Rounding: String {
        case floor, ceil
        case halfDown = "round_prefer_floor"
        case halfUp = "round_prefer_ceil"
    }

    private let isLinear: Bool
    private let coordinates: Coordinates
    private let rounding: Rounding

    init(_ node: NodeReader, coordinates: Coordinates, rounding: Rounding) throws(OperatorFault) {
        func choice<Choice: RawRepresentable<String>>(_ name: String, _ usual: Choice) throws(OperatorFault) -> Choice {
            guard let text = try node.string(name) else { return usual }
            guard let choice = Choice(rawValue: text) else { throw .attribute(name: name, value: text) }
            return choice
        }
        let mode = try node.string("mode") ?? "nearest"
        guard mode == "nearest" || mode == "linear" else { throw .attribute(name: "mode", value: mode) }
        isLinear = mode == "linear"
        self.coordinates = try choice("coordinate_transformation_mode", coordinates)
        self.rounding = try choice("nearest_mode", rounding)
    }

    func callAsFunction(_ inputs: ONNXInputs, scales: [Float]) throws(OperatorFault) -> ONNXValue {
        let shape = try inputs.value(0).shape
        guard shape.count == 4, scales.count == 4, scales[0] == 1, scales[1] == 1,
            scales.allSatisfy({ $0 > 0 && $0 <= 4096 })
        else { throw .shape(found: shape, why: "scales of \(scales) do not fit") }
        let size = (Int(Float(shape[2]) * scales[2]), Int(Float(shape[3]) * scales[3]))
        return try self(inputs, to: size, scales: (scales[2], scales[3]))
    }

    func callAsFunction(
        _ inputs: ONNXInputs,
        to size: (height: Int, width: Int),
        scales: (height: Float, width: Float)?
    ) throws(OperatorFault) -> ONNXValue {
        let x = try inputs.map(0)
        let (B, H, W, C) = x.shape4
        guard size.height > 0, size.width > 0 else {
            throw .shape(found: [size.height, size.width], why: "it is empty")
        }
        try inputs.room.check([B, size.height, size.width, C])
        try inputs.room.checkIndices([B, size.height, size.width])
        let down = positions(size.height, from: H, scale: scales?.height)
        let across = positions(size.width, from: W, scale: scales?.width)
        if isLinear {
            try inputs.room.check([size.height, H], products: B * C * W)
            try inputs.room.check([size.width, W], products: B * C * size.height)
            // Two matrix products, one for each side.
            let wide = x.channelsFirst().linear(mixing(across, of: W))
            let tall = wide.reshaped([B * C, H, size.width]).transposed().linear(mixing(down, of: H))
            return .map(tall.transposed().reshaped([B, C, size.height, size.width]).channelsLast())
        }
        let (rows, columns) = (down.map { nearest($0, H) }, across.map { nearest($0, W) })
        if size == (2 * H, 2 * W), rows == (0..<2 * H).map({ $0 / 2 }), columns == (0..<2 * W).map({ $0 / 2 }) {
            return .map(x.upsampledNearest2x())
        }
        let places = (0..<B).flatMap { b in rows.flatMap { row in columns.map { (b * H + row) * W + $0 } } }
        return .map(x.reshaped([B * H * W, C]).rows(at: places).reshaped([B, size.height, size.width, C]))
    }

    /// Where each of `count` pixels lies between those of a side of `size`.
    private func positions(_ count: Int, from size: Int, scale given: Float?) -> [Float] {
        let scale = given ?? Float(count) / Float(size)
        return (0..<count).map { i -> Float in
            switch coordinates {
            case .asymmetric: return Float(i) / scale
            case .halfPixel: return (Float(i) + 0.5) / scale - 0.5
            case .pytorchHalfPixel: return count > 1 ? (Float(i) + 0.5) / scale - 0.5 : 0
            case .alignCorners: return count > 1 ? Float(i) * Float(size - 1) / Float(count - 1) : 0
            }
        }
    }

    private func nearest(_ position: Float, _ size: Int) -> Int {
        let rounded =
            switch rounding {
            case .floor: position.rounded(.down)
            case .ceil: position.rounded(.up)
            case .halfDown: (position - 0.5).rounded(.up)
            case .halfUp: (position + 0.5).rounded(.down)
            }
        return min(max(Int(rounded), 0), size - 1)
    }

    /// How much each of `size` pixels counts at each position, (positions, size).
    private func mixing(_ positions: [Float], of size: Int) -> Tensor {
        var weights = [Float](repeating: 0, count: positions.count * size)
        for (i, position) in positions.enumerated() {
            let inside = min(max(position, 0), Float(size - 1))
            let first = Int(inside)
            let share = inside - Float(first)
            weights[i * size + first] += 1 - share
            weights[i * size + min(first + 1, size - 1)] += share
        }
        return Tensor(weights, shape: [positions.count, size])
    }
}
