import Tensors

/// Shape: the sizes, as a list.
struct Shape: ONNXOperator {
    private let start, end: Int?

    init(_ node: NodeReader) throws(OperatorFault) {
        try node.requireInputs(1...1)
        start = try node.integer("start")
        end = try node.integer("end")
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let shape = try inputs.value(0).shape
        func bound(_ index: Int) -> Int { min(max(index < 0 ? index + shape.count : index, 0), shape.count) }
        let (first, last) = (bound(start ?? 0), bound(end ?? shape.count))
        return .integers(IntegerTensor(Array(shape[first..<max(first, last)])))
    }
}

/// Gather from a list of integers.
struct Gather: ONNXOperator {
    init(_ node: NodeReader) throws(OperatorFault) {
        try node.requireInputs(2...2)
        try node.require("axis", in: [0])
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let (list, places) = (try inputs.integers(0), try inputs.integers(1))
        guard list.shape.count == 1 else { throw .shape(found: list.shape, why: "expected a list of integers") }
        var values: [Int] = []
        for place in places.values {
            guard let index = dimension(place, of: list.values.count) else {
                throw .shape(found: list.shape, why: "it has no element \(place)")
            }
            values.append(list.values[index])
        }
        return .integers(IntegerTensor(values, shape: places.shape))
    }
}

/// Cast between floats and integers; towards zero.
struct Cast: ONNXOperator {
    private let toFloats: Bool

    init(_ node: NodeReader) throws(OperatorFault) {
        try node.requireInputs(1...1)
        let type = try node.integer("to") ?? 0
        switch Onnx_TensorProto.DataType(rawValue: type) {
        case .float: toFloats = true
        case .int64, .int32: toFloats = false
        default: throw .attribute(name: "to", value: "\(type)")
        }
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let value = try inputs.value(0)
        try inputs.room.check(value.shape)
        switch (value, toFloats) {
        case (.integers(let x), true): return .floats(Tensor(x.values.map(Float.init), shape: x.shape))
        case (.integers, false), (_, true): return value
        case (_, false):
            let x = try inputs.floats(0)
            try inputs.room.checkIndices(x.shape)
            let values = x.values.compactMap { Int(exactly: $0.rounded(.towardZero)) }
            guard values.count == x.count else { throw .overflow }
            return .integers(IntegerTensor(values, shape: x.shape))
        }
    }
}

/// Floor, for sizes: no gradient goes through it.
struct Floor: ONNXOperator {
    init(_ node: NodeReader) throws(OperatorFault) { try node.requireInputs(1...1) }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let x = try inputs.floats(0)
        try inputs.room.check(x.shape)
        return .floats(Tensor(x.values.map { $0.rounded(.down) }, shape: x.shape))
    }
}

/// Ceil, for sizes: no gradient goes through it.
struct Ceil: ONNXOperator {
    init(_ node: NodeReader) throws(OperatorFault) { try node.requireInputs(1...1) }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let x = try inputs.floats(0)
        try inputs.room.check(x.shape)
        return .floats(Tensor(x.values.map { $0.rounded(.up) }, shape: x.shape))
    }
}

struct Constant: ONNXOperator {
    private let value: ONNXValue

    init(_ node: NodeReader) throws(OperatorFault) {
        try node.requireInputs(0...0)
        if let tensor = try node.tensor("value") {
            do throws(ConstantFault) { value = try tensor.value() } catch {
                throw .attribute(name: "value", value: "\(error)")
            }
        } else if let integer = try node.integer("value_int") {
            value = .integers(IntegerTensor([integer], shape: []))
        } else if let integers = try node.integers("value_ints") {
            value = .integers(IntegerTensor(integers))
        } else if let float = try node.float("value_float") {
            value = .floats(Tensor([float], shape: []))
        } else if let floats = try node.floats("value_floats") {
            value = .floats(Tensor(floats, shape: [floats.count]))
        } else {
            throw .attribute(name: "value", value: "(missing)")
        }
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue { value }
}

struct Identity: ONNXOperator {
    init(_ node: NodeReader) throws(OperatorFault) { try node.requireInputs(1...1) }
    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue { try inputs.value(0) }
}

/// Dropout in inference: nothing happens.
struct Dropout: ONNXOperator {
    init(_ node: NodeReader) throws(OperatorFault) {
        try node.requireInputs(1...3)
        node.ignore("ratio", "seed", "is_test")
    }
    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue { try inputs.value(0) }
}
