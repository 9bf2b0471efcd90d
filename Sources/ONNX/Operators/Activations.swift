import Tensors

/// Applies `function` to each element, in whatever order they are held.
private func elementwise(
    _ inputs: ONNXInputs,
    _ function: (Tensor) -> Tensor
) throws(OperatorFault) -> ONNXValue {
    let value = try inputs.value(0)
    try inputs.room.check(value.shape)
    switch value {
    case .floats(let x): return .floats(function(x))
    case .map(let x): return .map(function(x))
    case .integers: throw .notFloats(input: 0)
    }
}

struct ReLU: ONNXOperator {
    init(_ node: NodeReader) throws(OperatorFault) { try node.requireInputs(1...1) }
    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        try elementwise(inputs) { $0.relu() }
    }
}

struct LeakyReLU: ONNXOperator {
    private let slope: Float

    init(_ node: NodeReader) throws(OperatorFault) {
        try node.requireInputs(1...1)
        slope = try node.float("alpha") ?? 0.01
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        try elementwise(inputs) { [slope] x in x.leakyReLU(slope: slope) }
    }
}

struct Sigmoid: ONNXOperator {
    init(_ node: NodeReader) throws(OperatorFault) { try node.requireInputs(1...1) }
    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        try elementwise(inputs) { $0.sigmoid() }
    }
}

/// PRelu with one slope for each channel of (B, C, H, W) or (B, C), or one for all.
struct PReLU: ONNXOperator {
    init(_ node: NodeReader) throws(OperatorFault) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let (value, slope) = (try inputs.value(0), try inputs.floats(1))
        try inputs.room.check(value.shape)
        let perChannel = value.shape.dropFirst().enumerated().map { $0.offset == 0 ? $0.element : 1 }
        guard [2, 4].contains(value.shape.count), value.shape[1] > 0,
            slope.count == 1 || Array(slope.shape.drop(while: { $0 == 1 })) == perChannel
        else { throw .shapes(found: [value.shape, slope.shape], why: "expected one slope for each channel") }
        let C = value.shape[1]
        let row = slope.count == C ? slope.reshaped([C]) : slope.repeated(C)
        if let map = value.channelsLast { return .map(map.prelu(row)) }
        return .floats(try inputs.floats(0).prelu(row))
    }
}

/// Softmax along the last dimension.
struct Softmax: ONNXOperator {
    private let axis: Int

    init(_ node: NodeReader) throws(OperatorFault) {
        try node.requireInputs(1...1)
        axis = try node.integer("axis") ?? (node.opset < 13 ? 1 : -1)
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let x = try inputs.floats(0)
        guard x.rank > 0, x.count > 0, axis == -1 || axis == x.rank - 1 else {
            throw .shape(found: x.shape, why: "softmax along dimension \(axis) is not supported, only along the last")
        }
        try inputs.room.check(x.shape)
        return .floats(x.softmax())
    }
}
