import Foundation
import SwiftProtobuf
import Tensors

/// Writes a convolutional network as an ONNX file, node by node, with the operators of version 11: as old as those of
/// insightface's files, so that whatever runs these runs ours.
///
///     var graph = ONNXWriter(name: "detector")
///     let picture = graph.input("input.1", shape: [1, 3, 640, 640])
///     graph.output("score", graph.sigmoid(graph.convolution(picture, weight: w, bias: b)), shape: [1, 2, 640, 640])
///     try graph.data().write(to: url)
public struct ONNXWriter {
    /// A result of one node, or an input.
    public struct Value: Sendable {
        fileprivate let name: String
    }

    private static let opset: Int64 = 11
    /// The version of the format that came with these operators.
    private static let format: Int64 = 6

    private var graph = Onnx_GraphProto()

    /// - Parameter name: of the graph, for people who look at it
    public init(name: String) { graph.name = name }

    // MARK: - Ends

    public mutating func input(_ name: String, shape: [Int]) -> Value {
        graph.input.append(Self.described(name, shape))
        return Value(name: name)
    }

    /// - Parameter name: what the result is to be called from here on
    public mutating func output(_ name: String, _ value: Value, shape: [Int]) {
        var node = Onnx_NodeProto()
        (node.opType, node.name) = ("Identity", "Identity_\(graph.node.count)")
        (node.input, node.output) = ([value.name], [name])
        graph.node.append(node)
        graph.output.append(Self.described(name, shape))
    }

    // MARK: - Operators

    /// - Parameters:
    ///   - weight: (out, in, k, k)
    ///   - bias: (out)
    ///   - padding: on every side; half the kernel unless given
    public mutating func convolution(
        _ x: Value,
        weight: Tensor,
        bias: Tensor,
        stride: Int = 1,
        padding: Int? = nil
    ) -> Value {
        let (_, _, k, _) = weight.shape4
        let padding = padding ?? k / 2
        return node(
            "Conv",
            [x, constant(weight), constant(bias)],
            [
                integers("kernel_shape", [k, k]), integers("strides", [stride, stride]),
                integers("pads", [padding, padding, padding, padding]),
            ]
        )
    }

    /// Means of squares that do not overlap.
    public mutating func averagePool(_ x: Value, side: Int) -> Value {
        node("AveragePool", [x], [integers("kernel_shape", [side, side]), integers("strides", [side, side])])
    }

    /// Each pixel becomes a square of four.
    public mutating func upsampleNearest2x(_ x: Value) -> Value {
        let scales = constant(Tensor([1, 1, 2, 2], shape: [4]))
        return node(
            "Resize",
            [x, constant(Tensor([], shape: [0])), scales],
            [
                text("mode", "nearest"), text("coordinate_transformation_mode", "asymmetric"),
                text("nearest_mode", "floor"),
            ]
        )
    }

    /// (1, C, H, W) -> (H W C / columns, columns): the numbers of one position after the other, in rows.
    public mutating func rows(_ x: Value, columns: Int) -> Value {
        let last = node("Transpose", [x], [integers("perm", [0, 2, 3, 1])])
        return node("Reshape", [last, constant([-1, Int64(columns)])], [])
    }

    public mutating func relu(_ x: Value) -> Value { node("Relu", [x], []) }
    public mutating func sigmoid(_ x: Value) -> Value { node("Sigmoid", [x], []) }
    public mutating func add(_ x: Value, _ y: Value) -> Value { node("Add", [x, y], []) }

    // MARK: - The file

    /// - Throws: what SwiftProtobuf throws when a file would be longer than 2 GiB
    public func data() throws -> Data {
        var model = Onnx_ModelProto()
        (model.irVersion, model.producerName, model.graph) = (Self.format, "pulid-run", graph)
        var operators = Onnx_OperatorSetIdProto()
        operators.version = Self.opset
        model.opsetImport = [operators]
        return try model.serializedData()
    }

    // MARK: - Parts

    private mutating func node(_ type: String, _ inputs: [Value], _ attributes: [Onnx_AttributeProto]) -> Value {
        var node = Onnx_NodeProto()
        let output = Value(name: "\(graph.node.count)")
        (node.opType, node.name) = (type, "\(type)_\(output.name)")
        (node.input, node.output, node.attribute) = (inputs.map(\.name), [output.name], attributes)
        graph.node.append(node)
        return output
    }

    private mutating func constant(_ tensor: Tensor) -> Value {
        constant(.float, tensor.shape, tensor.withValues { Data(buffer: $0) })
    }

    private mutating func constant(_ numbers: [Int64]) -> Value {
        constant(.int64, [numbers.count], numbers.withUnsafeBufferPointer { Data(buffer: $0) })
    }

    /// - Parameter bytes: little-endian, as on every machine that this runs on
    private mutating func constant(_ type: Onnx_TensorProto.DataType, _ shape: [Int], _ bytes: Data) -> Value {
        var tensor = Onnx_TensorProto()
        tensor.name = "constant_\(graph.initializer.count)"
        tensor.dims = shape.map(Int64.init)
        tensor.dataType = Int32(type.rawValue)
        tensor.rawData = bytes
        graph.initializer.append(tensor)
        return Value(name: tensor.name)
    }

    private static func described(_ name: String, _ shape: [Int]) -> Onnx_ValueInfoProto {
        var value = Onnx_ValueInfoProto()
        value.name = name
        value.type.tensorType.elemType = Int32(Onnx_TensorProto.DataType.float.rawValue)
        value.type.tensorType.shape.dim = shape.map { size in
            var dimension = Onnx_TensorShapeProto.Dimension()
            dimension.dimValue = Int64(size)
            return dimension
        }
        return value
    }
}

private func integers(_ name: String, _ values: [Int]) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    (attribute.name, attribute.type, attribute.ints) = (name, .ints, values.map(Int64.init))
    return attribute
}

private func text(_ name: String, _ value: String) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    (attribute.name, attribute.type, attribute.s) = (name, .string, Data(value.utf8))
    return attribute
}
