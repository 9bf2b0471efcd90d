import Foundation
import SwiftProtobuf
import Tensors

/// A network in an ONNX file, run with our own operations: results agree with ONNX Runtime's and carry gradients back to
/// the inputs. Only what inference of convolutional networks needs is read; everything else is refused by name.
public struct ONNXGraph: Sendable {
    /// What messages call it.
    public let file: String
    /// What the graph is given, constants apart; nil where any size will do.
    public let inputs: [(name: String, shape: [Int?])]
    /// What the file calls its first eight nodes: insightface tells by them who prepares the picture.
    public let firstNodeNames: [String]
    private let limits: ONNXLimits
    private let steps: [Step]
    /// Where inputs, constants and results lie: places in one list.
    private let constants: [(place: Int, value: ONNXValue)]
    private let inputPlaces: [Int]
    private let outputPlaces: [Int]
    private let placeCount: Int

    /// One node: an operator and where its inputs and its result lie.
    private struct Step: Sendable {
        let name: String
        let run: any ONNXOperator
        let inputs: [Int?]
        let output: Int
        /// Places whose values nothing needs afterwards.
        let freed: [Int]
    }

    /// - Throws: `ONNXError`
    public init(path: String, limits: ONNXLimits = ONNXLimits()) throws {
        let data: Data
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            guard attributes[.type] as? FileAttributeType == .typeRegular else {
                throw ONNXError.unreadable(file: path, reason: "it is not a regular file")
            }
            guard (attributes[.size] as? Int ?? 0) <= 1 << 31 else {
                throw ONNXError.unreadable(
                    file: path,
                    reason: "it is longer than 2 GiB, which the format does not allow"
                )
            }
            // Not mapped: all of it is taken over, and a mapped file that is shortened meanwhile ends the process.
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch let error as ONNXError {
            throw error
        } catch {
            throw ONNXError.unreadable(file: path, reason: error.localizedDescription)
        }
        try self.init(data, file: path, limits: limits)
    }

    /// - Parameter file: what messages call it
    /// - Throws: `ONNXError`
    public init(_ data: Data, file: String, limits: ONNXLimits = ONNXLimits()) throws {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = 16
        options.discardUnknownFields = true
        guard var model = try? Onnx_ModelProto(serializedBytes: data, options: options), !model.graph.node.isEmpty
        else {
            throw ONNXError.notONNX(file: file)
        }
        func fail(_ reason: String) -> ONNXError { .damaged(file: file, reason: reason) }
        guard model.graph.node.count <= 1 << 14, model.graph.initializer.count <= 1 << 14 else {
            throw fail("\(model.graph.node.count) nodes and \(model.graph.initializer.count) constants")
        }
        let opset = model.opsetImport.first { ["", "ai.onnx"].contains($0.domain) }?.version ?? 0
        // Up to 28, only Cast has changed since 25: it takes more types.
        guard (6...28).contains(opset) else {
            throw ONNXError.unsupported(file: file, what: "it is written for version \(opset) of ONNX's operators")
        }
        self.file = file
        self.limits = limits
        firstNodeNames = model.graph.node.prefix(8).map(\.name)

        var places: [String: Int] = [:]
        func place(of name: String) throws -> Int {
            guard !name.isEmpty, places.updateValue(places.count, forKey: name) == nil else {
                throw fail("the name \"\(name)\" is given twice or is empty")
            }
            return places.count - 1
        }

        // Constants; filters are held as convolutions want them.
        let filters = Set(model.graph.node.filter { $0.opType == "Conv" && $0.input.count > 1 }.map { $0.input[1] })
        var constants: [(place: Int, value: ONNXValue)] = []
        var room = limits.floats
        for tensor in model.graph.initializer {
            var value: ONNXValue
            do throws(ConstantFault) { value = try tensor.value() } catch {
                throw error.described(tensor.name, file: file)
            }
            room -= value.size
            guard room > 0 else { throw fail("the constants together are too large") }
            if filters.contains(tensor.name), let map = value.channelsLast, !map.shape.contains(0) { value = .map(map) }
            constants.append((try place(of: tensor.name), value))
        }
        model.graph.initializer = []
        self.constants = constants

        var inputs: [(name: String, shape: [Int?])] = []
        var inputPlaces: [Int] = []
        for input in model.graph.input where places[input.name] == nil {
            guard input.type.tensorType.elemType == Onnx_TensorProto.DataType.float.rawValue else {
                throw ONNXError.unsupported(file: file, what: "input \(input.name) is not of 32-bit floats")
            }
            inputs.append(
                (input.name, input.type.tensorType.shape.dim.map { $0.dimValue > 0 ? Int($0.dimValue) : nil })
            )
            inputPlaces.append(try place(of: input.name))
        }
        (self.inputs, self.inputPlaces) = (inputs, inputPlaces)

        var made: [(name: String, run: any ONNXOperator, inputs: [Int?], output: Int)] = []
        for (i, node) in model.graph.node.enumerated() {
            let name = "\(node.opType) \(node.name.isEmpty ? "number \(i)" : node.name)"
            guard ["", "ai.onnx"].contains(node.domain), let type = onnxOperators[node.opType] else {
                let domain = node.domain.isEmpty ? "" : " of \(node.domain)"
                throw ONNXError.unsupported(file: file, what: "it uses the operator \(node.opType)\(domain)")
            }
            do {
                let reader = try NodeReader(node, opset: Int(opset))
                let run = try type.init(reader)
                try reader.finish()
                let from = try node.input.map { input -> Int? in
                    if input.isEmpty { return nil }
                    guard let place = places[input] else {
                        throw fail("\(name) reads \(input), which comes from nowhere before it")
                    }
                    return place
                }
                made.append((name, run, from, try place(of: node.output[0])))
            } catch let fault as OperatorFault {
                throw ONNXError.unsupported(file: file, what: "\(name): \(fault)")
            }
        }
        outputPlaces = try model.graph.output.map { output in
            guard let place = places[output.name] else { throw fail("nothing makes its output \(output.name)") }
            return place
        }
        guard !outputPlaces.isEmpty else { throw fail("it has no outputs") }
        placeCount = places.count
        // Constants and inputs belong to others and stay.
        steps = ONNXGraph.steps(made, keeping: Set(outputPlaces + inputPlaces + constants.map(\.place)))
    }

    /// The nodes, each with what it is the last to read.
    private static func steps(
        _ made: [(name: String, run: any ONNXOperator, inputs: [Int?], output: Int)],
        keeping kept: Set<Int>
    ) -> [Step] {
        var later = kept
        var steps: [Step] = []
        for node in made.reversed() {
            // Its own result, too, if nobody wants it.
            let freed = Set(node.inputs.compactMap(\.self) + [node.output]).subtracting(later)
            later.formUnion(freed)
            steps.append(
                Step(name: node.name, run: node.run, inputs: node.inputs, output: node.output, freed: freed.sorted())
            )
        }
        return steps.reversed()
    }

    /// Runs the graph.
    ///
    /// - Parameter values: for each of `inputs`, in order
    /// - Returns: the graph's outputs, in order
    /// - Throws: `ONNXError.inputs`, or `.failed` when an operator cannot work on what reaches it
    public func callAsFunction(_ values: [Tensor]) throws -> [Tensor] {
        let fits =
            values.count == inputs.count
            && zip(values, inputs).allSatisfy { value, input in
                input.shape.isEmpty
                    || value.rank == input.shape.count
                        && zip(value.shape, input.shape).allSatisfy { $1 == nil || $0 == $1 }
            }
        guard fits else {
            let expected = inputs.map {
                "\($0.name) [\($0.shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", "))]"
            }
            throw ONNXError.inputs(file: file, found: values.map(\.shape), expected: expected)
        }
        var places = [ONNXValue?](repeating: nil, count: placeCount)
        for (place, value) in constants { places[place] = value }
        for (place, value) in zip(inputPlaces, values) { places[place] = .floats(value) }
        let room = Room(limits)
        for step in steps {
            do {
                let result = try step.run(
                    ONNXInputs(values: step.inputs.map { $0.flatMap { places[$0] } }, room: room)
                )
                places[step.output] = result
                room.floats -= result.size
            } catch {
                throw ONNXError.failed(file: file, node: step.name, fault: error)
            }
            for place in step.freed {
                room.floats += places[place].map(\.size) ?? 0
                places[place] = nil
            }
        }
        return try outputPlaces.map { place in
            guard let tensor = places[place]?.inFileOrder else {
                throw ONNXError.unsupported(file: file, what: "an output is not of floats")
            }
            return tensor
        }
    }
}

extension ConstantFault {
    func described(_ name: String, file: String) -> ONNXError {
        switch self {
        case .external: .unsupported(file: file, what: "the constant \(name) is kept in another file")
        case .type(let type): .unsupported(file: file, what: "the constant \(name) is of type \(type)")
        case .shape(let shape): .damaged(file: file, reason: "the constant \(name) has an impossible shape, \(shape)")
        case .length(let found, let expected):
            .damaged(file: file, reason: "the constant \(name) holds \(found) elements, its shape says \(expected)")
        }
    }
}
