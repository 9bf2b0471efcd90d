/// What a result depends on, in a form that can be printed, compared part by part, and hashed.
public struct CacheKey: Hashable, Sendable {
    /// Raised when the meaning of keys or records changes: every older result is then a miss.
    public static let schema = 2

    public let kind: String
    public let version: Int
    /// Parameters as given or defaulted; a file's path is replaced by its content's digest.
    public let parameters: [String: Value]
    /// By port, the digests of the inputs, each with its cell where the port gathers a sweep.
    public let inputs: [String: [InputDigest]]
    /// Names what may change the bits of a result on another machine or build.
    public let numerics: String

    public struct InputDigest: Hashable, Sendable {
        public let cell: Cell?
        public let digest: Digest

        public init(cell: Cell?, digest: Digest) {
            self.cell = cell
            self.digest = digest
        }
    }

    public init(
        kind: String,
        version: Int,
        parameters: [String: Value],
        inputs: [String: [InputDigest]],
        numerics: String
    ) {
        self.kind = kind
        self.version = version
        self.parameters = parameters
        self.inputs = inputs
        self.numerics = numerics
    }

    /// The named parts, in a fixed order: what `explain` compares with the last run's.
    public var components: [(name: String, text: String)] {
        var parts = [("schema", "\(Self.schema)"), ("node", kind), ("version", "\(version)"), ("numerics", numerics)]
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
            parts.append(("parameter \(name)", value.json))
        }
        for (name, digests) in inputs.sorted(by: { $0.key < $1.key }) {
            let text = digests.map { ($0.cell.map { "[\($0)] " } ?? "") + $0.digest.hex }.joined(separator: ", ")
            parts.append(("input \(name)", text))
        }
        return parts
    }

    public var digest: Digest {
        KeyTemplate(kind: kind, version: version, numerics: numerics, constants: parameters)
            .digest(inputs: inputs.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
}
