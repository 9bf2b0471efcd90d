import Graph

/// Bounds on measures, as `{max_abs: 0.05, psnr: 40}`.
struct Thresholds: ParameterType, Hashable {
    var bounds: [ScoresArtifact.Measure: Double] = [:]

    private static let measures = ScoresArtifact.Measure.allCases.filter { $0 != .pass }

    static var parameterForm: ParameterForm {
        .object(
            measures.map { measure in
                ParameterField(
                    measure.rawValue,
                    .optional(.number),
                    help: (measure.isUpperBounded ? "at most; " : "at least; ") + measure.help,
                    default: .null
                )
            }
        )
    }

    var parameterValue: Value {
        .map(
            Dictionary(
                uniqueKeysWithValues: Self.measures.map { ($0.rawValue, bounds[$0].map { .number($0) } ?? .null) }
            )
        )
    }

    init() {}

    init(parameter value: Value) throws(ParameterMismatch) {
        guard case .map(let values) = value else {
            throw ParameterMismatch(expected: Self.parameterForm, found: value)
        }
        for measure in Self.measures {
            bounds[measure] = try Double?(parameter: values[measure.rawValue] ?? .null)
        }
    }

    /// Whether every bounded measure was taken and is within its bound.
    func hold(for values: [ScoresArtifact.Measure: Double]) -> Bool {
        bounds.allSatisfy { measure, bound in
            guard let value = values[measure] else { return false }
            return measure.isUpperBounded ? value <= bound : value >= bound
        }
    }
}
