import Tensors

/// Conv: x (B, C, H, W), weight (O, C / groups, k, k), bias (O)?
struct Conv: ONNXOperator {
    private let window: Window
    /// Parts of the channels that do not see each other.
    private let groups: Int

    init(_ node: NodeReader) throws(OperatorFault) {
        try node.requireInputs(2...3)
        groups = try node.integer("group") ?? 1
        guard (1...1 << 16).contains(groups) else { throw .attribute(name: "group", value: "\(groups)") }
        window = try Window(node)
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let (x, weight) = (try inputs.map(0), try inputs.map(1))
        let (B, H, W, C) = x.shape4
        let (O, k, kWidth, I) = weight.shape4
        let bias: Tensor? = inputs[2] == nil ? nil : try inputs.floats(2)
        guard k == kWidth, C % groups == 0, C / groups == I, O % groups == 0, window.kernel ?? k == k,
            (bias?.count ?? O) == O, let height = window.positions(on: H, kernel: k),
            let width = window.positions(on: W, kernel: k)
        else {
            throw .shapes(found: [x, weight].map { ONNXValue.map($0).shape }, why: "the filters do not fit the map")
        }
        try inputs.room.check([B, height, width, O], products: k * k * I)
        let padding = (window.before, window.after)
        guard groups > 1 else {
            return .map(x.conv2d(weight, bias: bias, stride: window.stride, padding: padding))
        }
        let parts = (0..<groups).map { group in
            x.sliced(axis: 3, group * I..<(group + 1) * I).conv2d(
                weight.sliced(axis: 0, group * (O / groups)..<(group + 1) * (O / groups)),
                bias: nil,
                stride: window.stride,
                padding: padding
            )
        }
        let y = Tensor.concatenated(parts, axis: 3)
        return .map(bias.map { y.addingRow($0.reshaped([O])) } ?? y)
    }
}

/// BatchNormalization in inference: x (B, C, H, W) or (B, C); scale, shift, mean and variance (C).
struct BatchNormalization: ONNXOperator {
    private let epsilon: Float

    init(_ node: NodeReader) throws(OperatorFault) {
        try node.requireInputs(5...5)
        epsilon = try node.float("epsilon") ?? 1e-5
        try node.require("training_mode", in: [0])
        try node.require("spatial", in: [1])
        if node.opset < 7 { try node.require("is_test", in: [1]) }
        node.ignore("momentum")
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let value = try inputs.value(0)
        var rows: [Tensor] = []
        for i in 1...4 { rows.append(try inputs.floats(i)) }
        guard [2, 4].contains(value.shape.count), rows.allSatisfy({ $0.shape == [value.shape[1]] }) else {
            throw .shapes(found: [value.shape] + rows.map(\.shape), why: "the statistics do not fit")
        }
        try inputs.room.check(value.shape)
        let scales = zip(rows[0].values, rows[3].values).map { $0 / ($1 + epsilon).squareRoot() }
        let shifts = zip(zip(rows[1].values, rows[2].values), scales).map { $0.0 - $0.1 * $1 }
        let (scale, shift) = (Tensor(scales, shape: [scales.count]), Tensor(shifts, shape: [shifts.count]))
        if let map = value.channelsLast { return .map(map.multipliedByRow(scale).addingRow(shift)) }
        return .floats(try inputs.floats(0).multipliedByRow(scale).addingRow(shift))
    }
}
