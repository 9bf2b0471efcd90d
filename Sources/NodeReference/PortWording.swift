import Graph

extension NodeSchema.Input {
    /// "image", "list of faces", "image, optional".
    var takes: String {
        switch arity {
        case .one: artifact.kind
        case .optional: "\(artifact.kind), optional"
        case .list: "one or more: \(artifact.kind)"
        case .anyNumber: "any number: \(artifact.kind)"
        case .gathered: "sweep: \(artifact.kind)"
        }
    }
}

extension NodeSchema.Parameter {
    var takes: String {
        guard let range else { return form.description }
        func bound(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }
        switch (range.lowerBound.isFinite, range.upperBound.isFinite) {
        case (true, true): return "\(form) from \(bound(range.lowerBound)) to \(bound(range.upperBound))"
        case (true, false): return "\(form), \(bound(range.lowerBound)) or more"
        case (false, true): return "\(form), \(bound(range.upperBound)) or less"
        case (false, false): return form.description
        }
    }

    var defaultText: String? {
        defaultValue.map { value in
            switch value {
            case .null: "none"
            case .string(""): "\"\""
            default: value.description
            }
        }
    }
}
