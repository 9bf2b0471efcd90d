import Foundation
import ONNX
import TensorTestSupport
import Tensors
import Testing

/// Files that are cut off, altered or absurd end with an error.
@Suite struct HostileONNXTests {
    @Test(arguments: ["scrfd11.onnx", "iresnet_norms.onnx"])
    func truncatedFilesAreRefused(name: String) throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: Golden.path(name, #filePath)))
        for length in stride(from: 0, to: whole.count, by: 701) {
            #expect(throws: ONNXError.self) { try ONNXGraph(whole.prefix(length), file: "cut") }
        }
    }

    /// Whatever a flipped bit says, reading and running end with a result or an error.
    @Test(arguments: ["iresnet.onnx", "operators.onnx"])
    func flippedBitsNeverCrash(name: String) throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: Golden.path(name, #filePath)))
        var random = TorchRandomSource(seed: 3)
        var outcomes = (results: 0, errors: 0)
        for _ in 0..<400 {
            var data = whole
            let place = min(data.count - 1, Int(random.uniform() * Float(data.count)))
            data[place] ^= 1 << UInt8(min(7, Int(random.uniform() * 8)))
            do {
                let graph = try ONNXGraph(data, file: "flipped")
                _ = try graph(graph.inputs.map { input in .zeros(input.shape.map { $0.map { min($0, 64) } ?? 2 }) })
                outcomes.results += 1
            } catch is ONNXError {
                outcomes.errors += 1
            }
        }
        #expect(outcomes.results > 0 && outcomes.errors > 0)
    }

    @Test func otherFilesAreNamed() {
        #expect(throws: ONNXError.notONNX(file: "page")) { try ONNXGraph(Data("<html>".utf8), file: "page") }
        #expect(throws: ONNXError.notONNX(file: "empty")) { try ONNXGraph(Data(), file: "empty") }
        #expect(throws: ONNXError.self) { try ONNXGraph(path: "/nowhere/scrfd.onnx") }
        #expect(throws: ONNXError.self) { try ONNXGraph(path: "/dev/zero") }
        #expect(throws: ONNXError.self) { try ONNXGraph(path: NSTemporaryDirectory()) }
    }

    @Test func operatorsAreRefusedByName() {
        let model = Protobuf.model(nodes: [Protobuf.node("Loop", inputs: ["x"], output: "y")])
        #expect(throws: ONNXError.unsupported(file: "f", what: "it uses the operator Loop")) {
            try ONNXGraph(model, file: "f")
        }
    }

    @Test func attributesAreRefusedByName() {
        let model = Protobuf.model(nodes: [Protobuf.node("Relu", inputs: ["x"], output: "y", integer: ("strange", 3))])
        let error = #expect(throws: ONNXError.self) { try ONNXGraph(model, file: "f") }
        #expect(error.map { "\($0)".contains("strange") } == true)
    }

    @Test func dataElsewhereIsRefused() {
        // dims, type, name, data_location EXTERNAL
        let tensor = Protobuf.integer(1, 2) + Protobuf.integer(2, 1) + Protobuf.bytes(8, "w") + Protobuf.integer(14, 1)
        let error = #expect(throws: ONNXError.self) { try ONNXGraph(Protobuf.model(constants: [tensor]), file: "f") }
        #expect(error == .unsupported(file: "f", what: "the constant w is kept in another file"))
    }

    @Test(arguments: [[1 << 62, 1 << 62], [-1], [1 << 40], Array(repeating: 1, count: 9), [3]])
    func impossibleShapesAreRefused(shape: [Int]) {
        let sizes = shape.flatMap { Protobuf.integer(1, $0) }
        let tensor = sizes + Protobuf.integer(2, 1) + Protobuf.bytes(8, "w") + Protobuf.bytes(9, "12345678")
        #expect(throws: ONNXError.self) { try ONNXGraph(Protobuf.model(constants: [tensor]), file: "f") }
    }

    private static let doubling = (0..<10).map { i in
        Protobuf.node(
            "Concat",
            inputs: ["x", "x"].map { i == 0 ? $0 : "t\(i)" },
            output: i == 9 ? "y" : "t\(i + 1)",
            integer: ("axis", 0)
        )
    }

    /// A result larger than its limit, and results that are so together.
    @Test func resultsBeyondTheLimitAreRefused() throws {
        let resize = Protobuf.node("Resize", inputs: ["x", "", "", "w"], output: "y")
        let sizes = Protobuf.list("w", [1, 1, 64, 64])
        let graph = try ONNXGraph(
            Protobuf.model(nodes: [resize], constants: [sizes]),
            file: "f",
            limits: ONNXLimits(floats: 4000)
        )
        let error = #expect(throws: ONNXError.self) { try graph([.zeros([1, 1, 2, 2])]) }
        guard case .failed(_, _, .tooLarge) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let growing = try ONNXGraph(
            Protobuf.model(nodes: Self.doubling),
            file: "f",
            limits: ONNXLimits(floats: 1000)
        )
        #expect(throws: ONNXError.failed(file: "f", node: "Concat number 9", fault: .tooLarge(shape: [1024]))) {
            try growing([.zeros([1])])
        }
    }

    /// Whole numbers take memory too.
    @Test func integersBeyondTheLimitAreRefused() throws {
        let shape = [Protobuf.node("Shape", inputs: ["x"], output: "t0")]
        let nodes = shape + Self.doubling.dropFirst().dropLast()
        let first = Protobuf.node("Concat", inputs: ["t0", "t0"], output: "t1", integer: ("axis", 0))
        let last = Protobuf.node("Cast", inputs: ["t9"], output: "y", integer: ("to", 1))
        let graph = try ONNXGraph(
            Protobuf.model(nodes: [nodes[0], first] + nodes.dropFirst() + [last]),
            file: "f",
            limits: ONNXLimits(floats: 1000)
        )
        #expect(throws: ONNXError.failed(file: "f", node: "Concat number 9", fault: .tooLarge(shape: [512]))) {
            try graph([.zeros([1])])
        }
    }

    /// Little work in each node, and many nodes: the limit is that of the run.
    @Test func workBeyondTheLimitIsRefused() throws {
        let chain = (0..<100).map { i in
            Protobuf.node("Relu", inputs: [i == 0 ? "x" : "t\(i)"], output: i == 99 ? "y" : "t\(i + 1)")
        }
        let model = Protobuf.model(nodes: chain)
        let tight = try ONNXGraph(model, file: "f", limits: ONNXLimits(products: 990))
        #expect(throws: ONNXError.failed(file: "f", node: "Relu number 99", fault: .tooMuchWork)) {
            try tight([.zeros([10])])
        }
        let wide = try ONNXGraph(model, file: "f", limits: ONNXLimits(products: 1000))
        #expect(throws: Never.self) { try wide([.zeros([10])]) }
    }

    /// An average pays for its lists of pixels, which take far longer than the products of as many sums.
    @Test func averagesPayForTheirLists() throws {
        let node = Protobuf.node(
            "AveragePool",
            inputs: ["x"],
            output: "y",
            lists: [("kernel_shape", [3, 3]), ("strides", [1, 1])]
        )
        let model = Protobuf.model(nodes: [node])
        // 36 windows of 9 pixels with one number each, of 600 products.
        let work = 36 * 9 * 600.0
        let tight = try ONNXGraph(model, file: "f", limits: ONNXLimits(products: work - 1))
        #expect {
            try tight([.zeros([1, 1, 8, 8])])
        } throws: { error in
            if case ONNXError.failed(_, _, fault: .tooMuchWork) = error { true } else { false }
        }
        let wide = try ONNXGraph(model, file: "f", limits: ONNXLimits(products: work + 100))
        #expect(throws: Never.self) { try wide([.zeros([1, 1, 8, 8])]) }
    }

    /// Attributes far from anything that a network has.
    static let attributes: [(type: String, inputs: [String], lists: [(String, [Int])])] = [
        ("MaxPool", ["x"], []), ("MaxPool", ["x"], [("kernel_shape", [])]),
        ("MaxPool", ["x"], [("kernel_shape", [0, 0])]),
        ("MaxPool", ["x"], [("kernel_shape", [-1, -1])]), ("MaxPool", ["x"], [("kernel_shape", [1 << 31, 1 << 31])]),
        ("MaxPool", ["x"], [("kernel_shape", [.max, .max])]), ("MaxPool", ["x"], [("kernel_shape", [9, 9])]),
        ("MaxPool", ["x"], [("kernel_shape", [2, 2]), ("strides", [0, 0])]),
        ("MaxPool", ["x"], [("kernel_shape", [2, 2]), ("strides", [.min, .min])]),
        ("MaxPool", ["x"], [("kernel_shape", [2, 2]), ("pads", [2, 2, 2, 2])]),
        ("MaxPool", ["x"], [("kernel_shape", [2, 2]), ("pads", [.max, .max, .max, .max])]),
        ("MaxPool", ["x"], [("kernel_shape", [2, 2]), ("pads", [-1, -1, 4, 4])]),
        ("MaxPool", ["x"], [("kernel_shape", [2, 2]), ("dilations", [1 << 40, 1 << 40])]),
        ("AveragePool", ["x"], [("kernel_shape", [65, 65]), ("pads", [64, 64, 64, 64])]),
        ("AveragePool", ["x"], [("kernel_shape", [2, 2]), ("pads", [2, 2, 0, 0])]),
        ("Conv", ["x", "w"], [("kernel_shape", [3, 3])]), ("Conv", ["x", "x"], [("pads", [4097, 4097, 4097, 4097])]),
        ("Transpose", ["x"], [("perm", [0, 0, 1, 2])]), ("Transpose", ["x"], [("perm", [0, 1, 2])]),
        ("Transpose", ["x"], [("perm", [4, 3, 2, 1])]), ("Transpose", ["x"], [("perm", [.min, 0, 1, 2])]),
        ("Slice", ["x"], [("starts", [0]), ("ends", [1, 2])]),
        ("Slice", ["x"], [("starts", [0]), ("ends", [1]), ("axes", [.min])]),
        ("Squeeze", ["x"], [("axes", [1])]), ("Squeeze", ["x"], [("axes", [.max])]),
        ("Unsqueeze", ["x"], [("axes", [0, 0])]), ("Unsqueeze", ["x"], [("axes", Array(0..<100))]),
        ("Unsqueeze", ["x"], [("axes", [.min])]), ("Reshape", ["x", "w"], [("allowzero", [1])]),
        ("Reshape", ["x"], []), ("Reshape", ["x", "x"], []), ("Gather", ["w", "w"], []), ("Gather", ["x", "w"], []),
        ("Resize", ["x", "w"], []), ("Resize", ["x", "", "", "w"], []), ("Upsample", ["x", "w"], []),
        ("Add", ["x", "w"], []), ("Div", ["w", "zero"], []), ("Mul", ["w", "w"], []), ("MatMul", ["x", "x"], []),
        ("Gemm", ["x", "x"], []), ("Concat", ["x", "w"], []), ("BatchNormalization", ["x", "x", "x", "x", "x"], []),
        ("PRelu", ["x", "w"], []), ("Relu", [], []), ("Relu", ["x", "x"], []), ("Relu", [""], []), ("Relu", ["w"], []),
        ("Softmax", ["w"], []), ("Constant", [], []), ("Cast", ["x"], []), ("GlobalAveragePool", ["w"], []),
    ]

    @Test(arguments: attributes.indices) func absurdAttributesAreRefused(_ index: Int) throws {
        let (type, inputs, lists) = Self.attributes[index]
        let constants = [Protobuf.list("w", [.max, 4, 8, 8]), Protobuf.list("zero", [0])]
        for opset in [6, 9, 10, 11, 13] {
            let node = Protobuf.node(type, inputs: inputs, output: "y", lists: lists)
            let model = Protobuf.model(nodes: [node], constants: constants, opset: opset)
            #expect(throws: ONNXError.self, "\(type) \(lists), opset \(opset)") {
                _ = try ONNXGraph(model, file: "f")([.zeros([1, 4, 8, 8])])
            }
        }
    }

    /// Reshape and Slice by lists that a file brings.
    @Test(arguments: [
        [-1, -1], [.max, .max], [.min], [-2], [0, 0, 0, 0, 0], [3, -1], Array(repeating: 1, count: 100),
    ])
    func absurdShapesAreRefused(_ shape: [Int]) {
        let model = Protobuf.model(
            nodes: [Protobuf.node("Reshape", inputs: ["x", "w"], output: "y")],
            constants: [Protobuf.list("w", shape)]
        )
        #expect(throws: ONNXError.self) { try ONNXGraph(model, file: "f")([.zeros([1, 4, 8, 8])]) }
    }

    @Test(arguments: [Int.min, -1, 0, 5, 29, Int.max]) func versionsOutOfRangeAreRefused(_ opset: Int) {
        #expect(throws: ONNXError.self) { try ONNXGraph(Protobuf.model(opset: opset), file: "f") }
    }

    @Test(arguments: [6, 25, 26, 28]) func versionsInRangeAreRead(_ opset: Int) throws {
        let graph = try ONNXGraph(Protobuf.model(opset: opset), file: "f")
        #expect(try graph([Tensor([-1, 2], shape: [2])]).map(\.values) == [[0, 2]])
    }

    @Test func namesMustBeMadeBeforeTheyAreRead() {
        let loop = [
            Protobuf.node("Relu", inputs: ["b"], output: "a"), Protobuf.node("Relu", inputs: ["a"], output: "b"),
        ]
        #expect(throws: ONNXError.self) { try ONNXGraph(Protobuf.model(nodes: loop), file: "f") }
        let twice = [
            Protobuf.node("Relu", inputs: ["x"], output: "y"), Protobuf.node("Relu", inputs: ["x"], output: "y"),
        ]
        #expect(throws: ONNXError.self) { try ONNXGraph(Protobuf.model(nodes: twice), file: "f") }
        let other = [Protobuf.node("Relu", inputs: ["x"], output: "z")]
        #expect(throws: ONNXError.self) { try ONNXGraph(Protobuf.model(nodes: other), file: "f") }
    }
}

/// Messages by hand, so that they can say anything.
private enum Protobuf {
    static func varint(_ value: Int) -> [UInt8] {
        var rest = UInt64(bitPattern: Int64(value))
        var bytes: [UInt8] = []
        while rest > 127 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func integer(_ field: Int, _ value: Int) -> [UInt8] { varint(field << 3) + varint(value) }
    static func bytes(_ field: Int, _ bytes: Data) -> [UInt8] { varint(field << 3 | 2) + varint(bytes.count) + bytes }
    static func bytes(_ field: Int, _ text: String) -> [UInt8] { bytes(field, Data(text.utf8)) }
    static func message(_ field: Int, _ content: [UInt8]) -> [UInt8] { bytes(field, Data(content)) }

    static func node(
        _ type: String,
        inputs: [String],
        output: String,
        integer value: (String, Int)? = nil,
        lists: [(String, [Int])] = []
    ) -> [UInt8] {
        let attribute = value.map { message(5, bytes(1, $0.0) + integer(3, $0.1) + integer(20, 2)) } ?? []
        let more = lists.flatMap { name, values in
            message(5, bytes(1, name) + values.flatMap { integer(8, $0) } + integer(20, 7))
        }
        return inputs.flatMap { bytes(1, $0) } + bytes(2, output) + bytes(4, type) + attribute + more
    }

    /// A constant list of integers.
    static func list(_ name: String, _ values: [Int]) -> [UInt8] {
        integer(1, values.count) + integer(2, 7) + bytes(8, name) + bytes(7, Data(values.flatMap { varint($0) }))
    }

    /// A graph from x, of floats of any shape, to y.
    static func model(
        nodes: [[UInt8]] = [node("Relu", inputs: ["x"], output: "y")],
        constants: [[UInt8]] = [],
        opset: Int = 13
    ) -> Data {
        let floats = message(2, message(1, integer(1, 1)))
        let ends = message(11, bytes(1, "x") + floats) + message(12, bytes(1, "y"))
        let graph = nodes.flatMap { message(1, $0) } + constants.flatMap { message(5, $0) } + ends
        return Data(integer(1, 6) + message(7, graph) + message(8, integer(2, opset)))
    }
}
