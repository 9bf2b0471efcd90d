import Kernels
import Tensors

/// What flows between operators. Shapes are those that the file speaks of.
enum ONNXValue: Sendable {
    case floats(Tensor)
    /// A (B, C, H, W) map, held as (B, H, W, C): the order of our layers.
    case map(Tensor)
    case integers(IntegerTensor)

    var shape: [Int] {
        switch self {
        case .floats(let x): return x.shape
        case .map(let x):
            let (B, H, W, C) = x.shape4
            return [B, C, H, W]
        case .integers(let x): return x.shape
        }
    }

    var count: Int { shape.reduce(1, *) }
    /// What it takes in memory, in 32-bit words.
    var size: Int { if case .integers = self { 2 * count } else { count } }

    /// The floats in the file's order; nil for integers.
    var inFileOrder: Tensor? {
        switch self {
        case .floats(let x): x
        case .map(let x): x.channelsFirst()
        case .integers: nil
        }
    }

    /// The floats of four dimensions as (B, H, W, C); nil for others.
    var channelsLast: Tensor? {
        switch self {
        case .floats(let x): x.rank == 4 ? x.channelsLast() : nil
        case .map(let x): x
        case .integers: nil
        }
    }
}

/// Whole numbers, as shapes are computed with; row-major.
struct IntegerTensor: Hashable, Sendable {
    let shape: [Int]
    let values: [Int]

    /// - Precondition: as many values as the shape holds.
    init(_ values: [Int], shape: [Int]) {
        require(values.count == shape.reduce(1, *), "\(shape) does not hold \(values.count) integers")
        self.shape = shape
        self.values = values
    }

    /// A vector.
    init(_ values: [Int]) { self.init(values, shape: [values.count]) }
}

/// The inputs of an operator, by position.
struct ONNXInputs {
    let values: [ONNXValue?]
    /// How much may still be used.
    let room: Room

    subscript(index: Int) -> ONNXValue? { index < values.count ? values[index] : nil }

    func value(_ index: Int) throws(OperatorFault) -> ONNXValue {
        guard let value = self[index] else { throw .missingInput(index: index) }
        return value
    }

    func floats(_ index: Int) throws(OperatorFault) -> Tensor {
        guard let tensor = try value(index).inFileOrder else { throw .notFloats(input: index) }
        return tensor
    }

    func integers(_ index: Int) throws(OperatorFault) -> IntegerTensor {
        guard case .integers(let integers) = try value(index) else { throw .notIntegers(input: index) }
        return integers
    }

    /// A map (B, H, W, C) none of whose sizes is 0.
    func map(_ index: Int) throws(OperatorFault) -> Tensor {
        let value = try value(index)
        guard let map = value.channelsLast, !map.shape.contains(0) else {
            throw .shape(found: value.shape, why: "expected batch, channels, height and width")
        }
        return map
    }
}

/// The product of sizes; nil if one is negative, there are more than eight, or it overflows.
func elementCount(_ shape: [Int]) -> Int? {
    guard shape.count <= 8, shape.allSatisfy({ $0 >= 0 }) else { return nil }
    var count = 1
    for size in shape {
        let (product, over) = count.multipliedReportingOverflow(by: size)
        if over { return nil }
        count = product
    }
    return count
}
