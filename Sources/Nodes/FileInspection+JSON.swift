import Graph
import ModelFiles

extension FileInspection {
    /// All of it as a value, for programs.
    ///
    /// - Parameter withTensors: also each tensor's name, type and shape
    public func value(withTensors: Bool) -> Value {
        func text(_ text: String?) -> Value { text.map { .string($0) } ?? .null }
        func number(_ number: Int?) -> Value { number.map { .integer(Int128($0)) } ?? .null }
        var map: [String: Value] = [
            "path": .string(path), "bytes": number(bytes), "format": text(format), "kind": .string(kind),
            "details": .list(details.map { .string($0) }), "use": text(use), "problem": text(problem),
            "tensors": number(tensors.count), "parameters": number(parameters),
            "types": .map(Dictionary(uniqueKeysWithValues: types.map { ($0.type, number($0.tensors)) })),
        ]
        if withTensors {
            map["tensor_list"] = .list(
                tensors.map { tensor in
                    .map([
                        "name": .string(tensor.name), "type": .string(tensor.type),
                        "shape": .list(tensor.shape.map { number($0) }),
                    ])
                }
            )
        }
        if !parts.isEmpty {
            map["parts"] = .map(
                Dictionary(uniqueKeysWithValues: parts.map { ($0.name, $0.inspection.value(withTensors: withTensors)) })
            )
        }
        return .map(map)
    }
}
