import Graph

/// A file that a model is made of: where it is now, and its content. Only the content counts, and how strongly it is
/// used.
struct ModelFile: Hashable, Sendable {
    let path: String
    let digest: Digest
    /// A LoRA's scale; nil for other files.
    let scale: Double?

    init(_ path: String, scale: Double? = nil, _ context: RunContext) throws {
        self.path = path
        self.scale = scale
        digest = try context.fileDigest(path)
    }

    /// All that counts, as text.
    var content: String { digest.hex + (scale.map { " x \($0)" } ?? "") }
}

/// A model by its files, each under the name of its role. References are made anew in every run and never stored.
protocol ModelReference: Artifact {
    var files: [String: ModelFile] { get }
}

extension ModelReference {
    public var record: Record { Record(kind: Self.kind, values: files.mapValues { .string($0.content) }) }

    public init(record: Record) throws {
        throw ArtifactError.damaged(kind: Self.kind, reason: "it names files and cannot be read back")
    }

    /// Names the content of some of the files, for keeping in memory what was loaded from them.
    func residentKey(_ roles: [String]) -> String {
        roles.map { "\(Self.kind) \($0) \(files[$0]?.content ?? "none")" }.joined(separator: ", ")
    }

    /// The same of all files whose roles begin so: "vae" are its settings and its weights, in however many files.
    func residentKey(prefix: String) -> String {
        residentKey(files.keys.filter { $0.hasPrefix(prefix) }.sorted())
    }
}
