import Tensors

/// Gemm: alpha a b + beta c, with a and b transposed if asked; c stretched over the rows.
struct Gemm: ONNXOperator {
    private let alpha, beta: Float
    private let transposesA, transposesB: Bool

    init(_ node: NodeReader) throws(OperatorFault) {
        try node.requireInputs(2...3)
        alpha = try node.float("alpha") ?? 1
        beta = try node.float("beta") ?? 1
        transposesA = try node.integer("transA") == 1
        transposesB = try node.integer("transB") == 1
        try node.require("broadcast", in: [1])
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let (a, b) = (try inputs.floats(0), try inputs.floats(1))
        let c: Tensor? = inputs[2] == nil ? nil : try inputs.floats(2)
        guard a.rank == 2, b.rank == 2, a.count > 0, b.count > 0 else {
            throw .shapes(found: [a.shape, b.shape], why: "expected two matrices")
        }
        let x = transposesA ? a.transposed() : a
        let weight = transposesB ? b : b.transposed()
        let (m, k, n) = (x.shape[0], x.shape[1], weight.shape[0])
        guard weight.shape[1] == k, c.map({ [[n], [1, n]].contains($0.shape) }) ?? true else {
            throw .shapes(found: [a.shape, b.shape] + (c.map { [$0.shape] } ?? []), why: "the sizes do not fit")
        }
        try inputs.room.check([m, n], products: k)
        let bias = c.map { beta == 1 ? $0.reshaped([n]) : $0.reshaped([n]) * beta }
        if alpha == 1 { return .floats(x.linear(weight, bias: bias)) }
        let product = x.linear(weight) * alpha
        return .floats(bias.map { product.addingRow($0) } ?? product)
    }
}

/// MatMul: (..., k) times (k, n).
struct MatMul: ONNXOperator {
    init(_ node: NodeReader) throws(OperatorFault) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let (a, b) = (try inputs.floats(0), try inputs.floats(1))
        guard a.rank >= 2, b.rank == 2, a.count > 0, b.count > 0, a.shape.last == b.shape[0] else {
            throw .shapes(found: [a.shape, b.shape], why: "expected (..., k) and (k, n)")
        }
        try inputs.room.check(a.shape.dropLast() + [b.shape[1]], products: b.shape[0])
        return .floats(a.linear(b.transposed()))
    }
}
