import Graph

/// A file that a model is made of: where it is now, and its content. Only the content counts.
struct ModelFile: Hashable, Sendable {
    let path: String
    let digest: Digest

    init(_ path: String, _ context: RunContext) throws {
        self.path = path
        digest = try context.fileDigest(path)
    }
}

/// A model by its files, each under the name of its role. References are made anew in every run and never stored.
protocol ModelReference: Artifact {
    var files: [String: ModelFile] { get }
}

extension ModelReference {
    public var record: Record { Record(kind: Self.kind, values: files.mapValues { .string($0.digest.hex) }) }

    public init(record: Record) throws {
        throw ArtifactError.damaged(kind: Self.kind, reason: "it names files and cannot be read back")
    }

    /// Names the content of some of the files, for keeping in memory what was loaded from them.
    func residentKey(_ roles: [String]) -> String {
        roles.map { "\(Self.kind) \($0) \(files[$0]?.digest.hex ?? "none")" }.joined(separator: ", ")
    }

    /// The same of all files whose roles begin so: "vae" are its settings and its weights, in however many files.
    func residentKey(prefix: String) -> String {
        residentKey(files.keys.filter { $0.hasPrefix(prefix) }.sorted())
    }
}
