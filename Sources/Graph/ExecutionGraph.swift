/// A recipe that has been read, swept and checked: every node of every cell, ready to plan and run.
public struct ExecutionGraph: Sendable {
    /// The recipe's own name, from `recipe:`.
    public let name: String
    /// The recipe's file as the user named it.
    public let file: String
    /// The values of the recipe's parameters after `--set`.
    public let parameters: [String: Value]
    /// In an order in which every instance comes after its inputs. No two are equal in kind, parameters and inputs
    /// unless the recipe says the same thing twice.
    public let instances: [Instance]
    public let outputs: [Output]
    public let expectations: [Expectation]

    public init(
        name: String,
        file: String,
        parameters: [String: Value],
        instances: [Instance],
        outputs: [Output],
        expectations: [Expectation]
    ) {
        self.name = name
        self.file = file
        self.parameters = parameters
        self.instances = instances
        self.outputs = outputs
        self.expectations = expectations
    }
}

/// A file to write.
public struct Output: Sendable {
    public enum Source: Sendable {
        case artifact(Int)
        /// One row for each instance, with its cell and its artifact's fields.
        case table([Int])
    }

    /// Relative to the output folder; never leads out of it.
    public let path: String
    public let source: Source
    public let location: SourceLocation

    public init(path: String, source: Source, location: SourceLocation) {
        self.path = path
        self.source = source
        self.location = location
    }
}

/// A condition on a result, such as `$score.id_similarity >= 0.5` at one cell.
public struct Expectation: Sendable {
    public enum Comparison: String, Sendable, CaseIterable {
        case greaterOrEqual = ">="
        case lessOrEqual = "<="
        case notEqual = "!="
        case equal = "=="
        case greater = ">"
        case less = "<"

        public func holds(_ a: Double, _ b: Double) -> Bool {
            switch self {
            case .less: a < b
            case .lessOrEqual: a <= b
            case .greater: a > b
            case .greaterOrEqual: a >= b
            case .equal: a == b
            case .notEqual: a != b
            }
        }

        /// Whether some number in `range` meets the bound.
        public func canHold(in range: ClosedRange<Double>, _ bound: Double) -> Bool {
            switch self {
            case .less, .lessOrEqual: holds(range.lowerBound, bound)
            case .greater, .greaterOrEqual: holds(range.upperBound, bound)
            case .equal: range.contains(bound)
            case .notEqual: range != bound...bound
            }
        }
    }

    public let instance: Int
    public let field: String
    public let comparison: Comparison
    public let bound: Double
    /// What is measured beyond this is told of, though it meets the bound.
    public let warning: Double?
    /// As the recipe writes it.
    public let text: String
    public let location: SourceLocation

    public init(
        instance: Int,
        field: String,
        comparison: Comparison,
        bound: Double,
        warning: Double? = nil,
        text: String,
        location: SourceLocation
    ) {
        self.instance = instance
        self.field = field
        self.comparison = comparison
        self.bound = bound
        self.warning = warning
        self.text = text
        self.location = location
    }

    /// The same of an instance that has moved on.
    func moved(by offset: Int) -> Expectation {
        Expectation(
            instance: instance + offset,
            field: field,
            comparison: comparison,
            bound: bound,
            warning: warning,
            text: text,
            location: location
        )
    }
}
