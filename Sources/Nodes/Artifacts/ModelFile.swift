import Checkpoints
import Graph
import Kernels

/// A file that a model is made of: where it is now, and its content, with that of the files that are read with it. Only
/// the content counts, and how strongly it is used. Whoever reads a model's file has its path from here, so that nothing
/// is read that is in no key.
struct ModelFile: Hashable, Sendable {
    let path: String
    let digest: Digest
    /// How strongly a LoRA is merged; nil for other files.
    let scale: LoRAScale?

    init(_ path: String, scale: LoRAScale? = nil, _ context: RunContext) throws {
        self.path = path
        self.scale = scale
        digest = try context.fileDigest(path)
    }

    /// All that counts, as text.
    var content: String { digest.hex + (scale.map { " x \($0), merge \(LoRAWeights.revision)" } ?? "") }
}

/// A model by its files, each under the name of its role. References are made anew in every run and never stored.
protocol ModelReference: Artifact {
    var files: [String: ModelFile] { get }
    /// What a recipe says of how the files are used, each under a role's name.
    var settings: [String: String] { get }
    /// What its networks compute in; nil is the run's.
    var precision: ComputeSettings.Precision? { get }
}

extension ModelReference {
    var settings: [String: String] { [:] }

    public var record: ArtifactRecord {
        var values = files.mapValues { Value.string($0.content) }
        for (name, setting) in settings { values[name] = .string(setting) }
        if let name = precision?.roundedName { values["precision"] = .string(name) }
        return ArtifactRecord(kind: Self.kind, values: values)
    }

    /// Runs what uses the model's networks in their precision.
    ///
    /// - Parameter inInt8: whether they may be in `int8`, if it is that; else they are in `bfloat16`
    func computing<Result>(inInt8: Bool = false, _ work: () throws -> Result) rethrows -> Result {
        try ComputeSettings.with(precision: inInt8 ? precision : precision?.unlessInt8, work)
    }

    public init(record: ArtifactRecord) throws {
        throw ArtifactError.damaged(kind: Self.kind, reason: "it names files and cannot be read back")
    }

    /// - Throws: `NodeError.needs` where a recipe has left it out
    func path(_ role: String) throws -> String {
        guard let file = files[role] else {
            throw NodeError.needs(what: role, because: "the \(Self.kind) is incomplete")
        }
        return file.path
    }

    /// The roles of files that begin so: of "vae" its settings and its weights.
    func roles(prefix: String) -> [String] { files.keys.filter { $0.hasPrefix(prefix) }.sorted() }

    /// What is made of the files of some roles, kept in memory under their content and so the same for every precision. A file
    /// that has changed since it was hashed fails the node, and nothing of it stays.
    ///
    /// - Parameters:
    ///   - purpose: tells several such values apart
    ///   - make: calls what it is given with the bytes that the value will take in memory, before it takes them
    func resident<Resident: Sendable>(
        _ roles: [String],
        for purpose: String = "",
        _ context: RunContext,
        make: (_ reserve: (Int) -> Void) throws -> Resident
    ) throws -> Resident {
        let content = roles.map { "\($0) \(files[$0]?.content ?? "none")" }.joined(separator: ", ")
        return try context.residents.value(for: "\(Self.kind) \(content) \(purpose)") { reserve in
            let value = try withoutActuallyEscaping(reserve) { reserve in
                try ComputeSettings.unrounded { try make(reserve) }
            }
            try context.checkUnchanged(roles.compactMap { files[$0]?.path })
            return value
        }
    }
}
