import Tensors

struct Transpose: ONNXOperator {
    private let order: [Int]?

    init(_ node: NodeReader) throws(OperatorFault) {
        try node.requireInputs(1...1)
        order = try node.integers("perm")
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let value = try inputs.value(0)
        let shape = value.shape
        let order = order ?? Array(shape.indices.reversed())
        guard order.sorted() == Array(shape.indices) else {
            throw .shape(found: shape, why: "\(order) is no order of its dimensions")
        }
        try inputs.room.check(shape)
        switch value {
        // A map is held as the heads of detectors want it.
        case .map(let x) where order == [0, 2, 3, 1]: return .floats(x)
        case .map(let x) where order == [2, 3, 0, 1] && shape[0] == 1:
            return .floats(x.reshaped(order.map { shape[$0] }))
        case .floats(let x) where order == [0, 3, 1, 2]: return .map(x)
        default: break
        }
        let x = try inputs.floats(0)
        if order == Array(shape.indices) { return .floats(x) }
        if order == [1, 0] { return .floats(x.transposed()) }
        try inputs.room.checkIndices(shape)
        let steps = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
        var places = [0]
        for dimension in order {
            places = places.flatMap { place in (0..<shape[dimension]).map { place + $0 * steps[dimension] } }
        }
        return .floats(x.reshaped([x.count, 1]).rows(at: places).reshaped(order.map { shape[$0] }))
    }
}

/// The same elements in another shape.
private func reshaped(_ inputs: ONNXInputs, to shape: [Int]) throws(OperatorFault) -> ONNXValue {
    let value = try inputs.value(0)
    guard elementCount(shape) == value.count else {
        throw .shapes(found: [value.shape, shape], why: "the sizes differ")
    }
    try inputs.room.check(shape)
    if case .integers(let x) = value { return .integers(IntegerTensor(x.values, shape: shape)) }
    return .floats(try inputs.floats(0).reshaped(shape))
}

struct Reshape: ONNXOperator {
    private let keepsZeros: Bool

    init(_ node: NodeReader) throws(OperatorFault) {
        try node.requireInputs(2...2)
        keepsZeros = try node.integer("allowzero") == 1
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let from = try inputs.value(0).shape
        var shape = try inputs.integers(1).values
        for i in shape.indices where shape[i] == 0 && !keepsZeros && i < from.count { shape[i] = from[i] }
        if let open = shape.firstIndex(of: -1) {
            let others = elementCount(Array(shape[..<open] + shape[(open + 1)...]))
            guard let others, others > 0 else { throw .shape(found: shape, why: "what -1 stands for is not clear") }
            shape[open] = try inputs.value(0).count / others
        }
        return try reshaped(inputs, to: shape)
    }
}

/// Flatten to two dimensions: those before `axis`, and the others.
struct Flatten: ONNXOperator {
    private let axis: Int

    init(_ node: NodeReader) throws(OperatorFault) {
        try node.requireInputs(1...1)
        axis = try node.integer("axis") ?? 1
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let shape = try inputs.value(0).shape
        // The last of these is behind all dimensions.
        guard let axis = axis == shape.count ? axis : dimension(axis, of: shape.count) else {
            throw .attribute(name: "axis", value: "\(axis)")
        }
        return try reshaped(inputs, to: [shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)])
    }
}

/// Unsqueeze: axes are an attribute until opset 12, then an input.
struct Unsqueeze: ONNXOperator {
    private let axes: [Int]?

    init(_ node: NodeReader) throws(OperatorFault) {
        axes = try node.integers("axes")
        try node.requireInputs(axes == nil ? 2...2 : 1...1)
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        var axes = axes ?? []
        if self.axes == nil { axes = try inputs.integers(1).values }
        var shape = try inputs.value(0).shape
        let places = axes.compactMap { dimension($0, of: shape.count + axes.count) }.sorted()
        guard Set(places).count == axes.count, axes.count <= 8 else { throw .attribute(name: "axes", value: "\(axes)") }
        for place in places { shape.insert(1, at: place) }
        return try reshaped(inputs, to: shape)
    }
}

/// Squeeze: axes as for Unsqueeze; every dimension of 1 unless given.
struct Squeeze: ONNXOperator {
    private let axes: [Int]?

    init(_ node: NodeReader) throws(OperatorFault) {
        axes = try node.integers("axes")
        try node.requireInputs(1...2)
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        let shape = try inputs.value(0).shape
        var named = axes
        if named == nil, inputs[1] != nil { named = try inputs.integers(1).values }
        let places =
            named.map { $0.compactMap { dimension($0, of: shape.count) } } ?? shape.indices.filter { shape[$0] == 1 }
        guard places.count == named?.count ?? places.count, places.allSatisfy({ shape[$0] == 1 }) else {
            throw .shape(found: shape, why: "dimensions \(named ?? []) are not all 1")
        }
        return try reshaped(inputs, to: shape.indices.filter { !places.contains($0) }.map { shape[$0] })
    }
}

struct Concat: ONNXOperator {
    private let axis: Int

    init(_ node: NodeReader) throws(OperatorFault) {
        try node.requireInputs(1...1 << 10)
        guard let axis = try node.integer("axis") else { throw .attribute(name: "axis", value: "(missing)") }
        self.axis = axis
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        var parts: [ONNXValue] = []
        for i in inputs.values.indices { parts.append(try inputs.value(i)) }
        let shapes = parts.map(\.shape)
        guard let axis = dimension(axis, of: shapes[0].count),
            shapes.allSatisfy({ shape in
                shape.count == shapes[0].count && shape.indices.allSatisfy { $0 == axis || shape[$0] == shapes[0][$0] }
            })
        else { throw .shapes(found: shapes, why: "they cannot be joined along dimension \(axis)") }
        var joined = shapes[0]
        joined[axis] = shapes.reduce(0) { $0 + $1[axis] }
        try inputs.room.check(joined)
        if case .integers = parts[0] {
            guard joined.count == 1 else { throw .shapes(found: shapes, why: "only lists of integers can be joined") }
            var values: [Int] = []
            for i in parts.indices { values += try inputs.integers(i).values }
            return .integers(IntegerTensor(values))
        }
        let maps = parts.compactMap { if case .map(let map) = $0 { map } else { nil } }
        if maps.count == parts.count { return .map(.concatenated(maps, axis: [0, 3, 1, 2][axis])) }
        var tensors: [Tensor] = []
        for i in parts.indices { tensors.append(try inputs.floats(i)) }
        return .floats(.concatenated(tensors, axis: axis))
    }
}

/// Slice with steps of 1: bounds are attributes until opset 9, then inputs.
struct Slice: ONNXOperator {
    private let bounds: (starts: [Int], ends: [Int])?
    private let axes: [Int]?

    init(_ node: NodeReader) throws(OperatorFault) {
        axes = try node.integers("axes")
        if let starts = try node.integers("starts"), let ends = try node.integers("ends") {
            bounds = (starts, ends)
            try node.requireInputs(1...1)
        } else {
            bounds = nil
            try node.requireInputs(3...5)
        }
    }

    func callAsFunction(_ inputs: ONNXInputs) throws(OperatorFault) -> ONNXValue {
        var value = try inputs.value(0)
        func list(_ input: Int, _ otherwise: [Int]?) throws(OperatorFault) -> [Int] {
            if inputs[input] == nil, let otherwise { return otherwise }
            return try inputs.integers(input).values
        }
        let starts = try list(1, bounds?.starts)
        let ends = try list(2, bounds?.ends)
        let axes = try list(3, axes ?? Array(starts.indices))
        let steps = try list(4, [])
        guard starts.count == ends.count, axes.count == starts.count, steps.allSatisfy({ $0 == 1 }) else {
            throw .shapes(found: [starts, ends, axes, steps], why: "these bounds are not supported")
        }
        try inputs.room.check(value.shape)
        for (i, axis) in axes.enumerated() {
            let shape = value.shape
            guard let axis = dimension(axis, of: shape.count) else {
                throw .shape(found: shape, why: "it has no dimension \(axis)")
            }
            func bound(_ index: Int) -> Int { min(max(index < 0 ? index + shape[axis] : index, 0), shape[axis]) }
            let first = bound(starts[i])
            let range = first..<max(first, bound(ends[i]))
            switch value {
            case .integers(let x):
                guard shape.count == 1 else { throw .shape(found: shape, why: "only lists of integers can be cut") }
                value = .integers(IntegerTensor(Array(x.values[range])))
            case .map(let x): value = .map(x.sliced(axis: [0, 3, 1, 2][axis], range))
            case .floats(let x): value = .floats(x.sliced(axis: axis, range))
            }
        }
        return value
    }
}

/// A dimension counted from the end if negative; nil if there is no such.
func dimension(_ axis: Int, of rank: Int) -> Int? {
    let place = axis < 0 ? axis + rank : axis
    return (0..<rank).contains(place) ? place : nil
}
