import Tensors

struct Add: ONNXOperator {
    init(_ node: NodeReader) throws(OperatorFault) { try node.requireInputs(2...2) }
    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        try combined(
            inputs,
            integers: { $0.addingReportingOverflow($1) },
            row: { $0.addingRow($1) },
            whole: { $0 + $1 }
        )
    }
}

struct Sub: ONNXOperator {
    init(_ node: NodeReader) throws(OperatorFault) { try node.requireInputs(2...2) }
    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        try combined(
            inputs,
            integers: { $0.subtractingReportingOverflow($1) },
            row: { $0.addingRow($1 * -1) },
            whole: { $0 - $1 }
        )
    }
}

struct Mul: ONNXOperator {
    init(_ node: NodeReader) throws(OperatorFault) { try node.requireInputs(2...2) }
    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        try combined(
            inputs,
            integers: { $0.multipliedReportingOverflow(by: $1) },
            row: { $0.multipliedByRow($1) },
            whole: { $0 * $1 }
        )
    }
}

/// Division; of integers towards zero, as ONNX Runtime has it.
struct Div: ONNXOperator {
    init(_ node: NodeReader) throws(OperatorFault) { try node.requireInputs(2...2) }
    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        try combined(
            inputs,
            integers: { $0.dividedReportingOverflow(by: $1) },
            row: { $0.multipliedByRow(Tensor(repeating: 1, shape: $1.shape) / $1) },
            whole: { $0 / $1 }
        )
    }
}

/// Two values, the second or both stretched to one shape. A channel's or a single number beside a map stays a row.
private func combined(
    _ inputs: ONNXInputs,
    integers: (Int, Int) -> (partialValue: Int, overflow: Bool),
    row: (Tensor, Tensor) -> Tensor,
    whole: (Tensor, Tensor) -> Tensor
) throws(OperatorFault) -> ONNXValue {
    let (a, b) = (try inputs.value(0), try inputs.value(1))
    let shape = try broadcast(a.shape, b.shape)
    try inputs.room.check(shape)
    switch (a, b) {
    case (.integers(let a), .integers(let b)):
        try inputs.room.checkIndices(shape)
        let (a, b) = (
            spread(a.shape, over: shape).map { a.values[$0] }, spread(b.shape, over: shape).map { b.values[$0] }
        )
        var values: [Int] = []
        for (x, y) in zip(a, b) {
            let (value, over) = integers(x, y)
            if over { throw .overflow }
            values.append(value)
        }
        return .integers(IntegerTensor(values, shape: shape))
    case (.map(let x), .map(let y)) where x.shape == y.shape: return .map(whole(x, y))
    case (.map(let x), .floats(let y)) where shape == a.shape && isRow(y.shape, channels: x.shape[3]):
        return .map(row(x, y.count == 1 ? y.repeated(x.shape[3]) : y.reshaped([y.count])))
    default:
        let (x, y) = (try inputs.floats(0), try inputs.floats(1))
        if x.shape != y.shape { try inputs.room.checkIndices(shape) }
        return .floats(whole(x.stretched(to: shape), y.stretched(to: shape)))
    }
}

/// The shape that two shapes are stretched to, NumPy's rule.
private func broadcast(_ a: [Int], _ b: [Int]) throws(OperatorFault) -> [Int] {
    let rank = max(a.count, b.count)
    let (p, q) = (padded(a, rank), padded(b, rank))
    guard zip(p, q).allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else {
        throw .shapes(found: [a, b], why: "neither can be stretched to the other")
    }
    return zip(p, q).map { $0 == 1 ? $1 : $0 }
}

private func padded(_ shape: [Int], _ rank: Int) -> [Int] { Array(repeating: 1, count: rank - shape.count) + shape }

/// Of each element of `shape`, where its value lies in a tensor of a shape that is stretched to it.
private func spread(_ from: [Int], over shape: [Int]) -> [Int] {
    let sizes = padded(from, shape.count)
    var places = [0]
    for (size, target) in zip(sizes, shape) {
        places = places.flatMap { place in (0..<target).map { place * size + (size == 1 ? 0 : $0) } }
    }
    return places
}

/// One number, or one for each channel of a map.
private func isRow(_ shape: [Int], channels: Int) -> Bool {
    shape.allSatisfy { $0 == 1 } || Array(shape.drop(while: { $0 == 1 })) == [channels, 1, 1]
}

extension Tensor {
    /// One number, `count` times.
    func repeated(_ count: Int) -> Tensor {
        reshaped([1, 1]).rows(at: Array(repeating: 0, count: count)).reshaped([count])
    }

    fileprivate func stretched(to shape: [Int]) -> Tensor {
        if self.shape == shape { return self }
        return reshaped([count, 1]).rows(at: spread(self.shape, over: shape)).reshaped(shape)
    }
}
