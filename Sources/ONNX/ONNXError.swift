/// Why an ONNX file cannot be read, or its graph cannot be run on some input.
public enum ONNXError: Error, Hashable, Sendable {
    case unreadable(file: String, reason: String)
    case notONNX(file: String)
    /// The file contradicts itself or its format.
    case damaged(file: String, reason: String)
    /// Valid, and beyond what is implemented.
    case unsupported(file: String, what: String)
    /// The graph takes other inputs than it was given.
    case inputs(file: String, found: [[Int]], expected: [String])
    /// An operator cannot work on what reaches it.
    case failed(file: String, node: String, fault: OperatorFault)
}

/// What is wrong with one operator or with what reaches it.
public enum OperatorFault: Error, Hashable, Sendable {
    case attribute(name: String, value: String)
    case attributeType(name: String)
    case inputCount(found: Int, expected: ClosedRange<Int>)
    case outputCount(found: Int)
    case missingInput(index: Int)
    case notFloats(input: Int)
    case notIntegers(input: Int)
    case shape(found: [Int], why: String)
    case shapes(found: [[Int]], why: String)
    case tooLarge(shape: [Int])
    case tooMuchWork
    case overflow
}

extension ONNXError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
        case .notONNX(let file):
            "\(file): this is not an ONNX model, or it is cut off; copy or download it again"
        case .damaged(let file, let reason): "\(file): damaged or hostile ONNX: \(reason)"
        case .unsupported(let file, let what):
            "\(file): \(what), which is not supported; export the model again with PyTorch's usual operators"
        case .inputs(let file, let found, let expected):
            "\(file): the model takes \(expected.joined(separator: ", ")), found \(found)"
        case .failed(let file, let node, let fault): "\(file): \(node): \(fault)"
        }
    }
}

extension OperatorFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .attribute(let name, let value): "\(name) \(value) is not supported"
        case .attributeType(let name): "\(name) has the wrong type"
        case .inputCount(let found, let expected):
            "\(found) inputs, expected \(expected.lowerBound)"
                + (expected.count == 1 ? "" : " to \(expected.upperBound)")
        case .outputCount(let found): "\(found) outputs, only one is supported"
        case .missingInput(let index): "input \(index) is missing"
        case .notFloats(let input): "input \(input) is not of floats"
        case .notIntegers(let input): "input \(input) is not of integers"
        case .shape(let found, let why): "a shape of \(found): \(why)"
        case .shapes(let found, let why): "shapes of \(found.map(\.description).joined(separator: " and ")): \(why)"
        case .tooLarge(let shape): "a result of \(shape) would take too much memory"
        case .tooMuchWork: "the model would take too long on this input"
        case .overflow: "a size is beyond what integers hold"
        }
    }
}
