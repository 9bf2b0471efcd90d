/// One node of the file while its operator is made: every attribute is asked for, or refused at the end.
final class NodeReader {
    let type: String
    /// The version of the standard operators that the file uses.
    let opset: Int
    let inputCount: Int
    private var attributes: [String: Onnx_AttributeProto]

    init(_ node: Onnx_NodeProto, opset: Int) throws(OperatorFault) {
        type = node.opType
        self.opset = opset
        inputCount = node.input.count
        guard node.output.count == 1 else { throw .outputCount(found: node.output.count) }
        attributes = [:]
        for attribute in node.attribute {
            guard attributes.updateValue(attribute, forKey: attribute.name) == nil else {
                throw .attribute(name: attribute.name, value: "twice")
            }
        }
    }

    func requireInputs(_ count: ClosedRange<Int>) throws(OperatorFault) {
        guard count.contains(inputCount) else { throw .inputCount(found: inputCount, expected: count) }
    }

    func integer(_ name: String) throws(OperatorFault) -> Int? {
        guard let attribute = try take(name, .int) else { return nil }
        return Int(attribute.i)
    }

    func integers(_ name: String) throws(OperatorFault) -> [Int]? {
        guard let attribute = try take(name, .ints) else { return nil }
        return attribute.ints.map(Int.init)
    }

    func float(_ name: String) throws(OperatorFault) -> Float? { try take(name, .float)?.f }
    func floats(_ name: String) throws(OperatorFault) -> [Float]? { try take(name, .floats)?.floats }
    func string(_ name: String) throws(OperatorFault) -> String? {
        try take(name, .string).map { String(decoding: $0.s, as: UTF8.self) }
    }
    func tensor(_ name: String) throws(OperatorFault) -> Onnx_TensorProto? { try take(name, .tensor)?.t }

    /// - Throws: when the attribute is there and is not one of `allowed`.
    func require(_ name: String, in allowed: [Int]) throws(OperatorFault) {
        if let value = try integer(name), !allowed.contains(value) { throw .attribute(name: name, value: "\(value)") }
    }

    /// Attributes that do not change what inference gives.
    func ignore(_ names: String...) { for name in names { attributes[name] = nil } }

    /// - Throws: when an attribute is left that nothing asked for.
    func finish() throws(OperatorFault) {
        if let name = attributes.keys.min() { throw .attribute(name: name, value: "(an attribute)") }
    }

    private func take(_ name: String, _ type: Onnx_AttributeProto.AttributeType) throws(OperatorFault)
        -> Onnx_AttributeProto?
    {
        guard let attribute = attributes.removeValue(forKey: name) else { return nil }
        guard attribute.type == type else { throw .attributeType(name: name) }
        return attribute
    }
}
