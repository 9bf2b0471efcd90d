import Graph

/// A LoRA and how strongly it is merged, as `{file: style.safetensors, scale: 0.8}`.
struct LoRAChoice: ParameterType, Hashable {
    let file: FileReference
    let scale: Double

    static var parameterForm: ParameterForm {
        .object([
            ParameterField("file", .file, help: "the LoRA"),
            ParameterField("scale", .number, help: "1 is as trained, 0 is without", default: .number(1)),
        ])
    }

    var parameterValue: Value { .map(["file": file.parameterValue, "scale": .number(scale)]) }

    init(parameter value: Value) throws(ParameterMismatch) {
        guard case .map(let values) = value, let file = values["file"] else {
            throw ParameterMismatch(expected: Self.parameterForm, found: value)
        }
        self.file = try FileReference(parameter: file)
        scale = try Double(parameter: values["scale"] ?? .number(1))
    }
}
