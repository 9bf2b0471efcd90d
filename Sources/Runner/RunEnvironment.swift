import Graph

/// What the program that runs recipes provides: the engine itself knows no mathematics.
public struct RunEnvironment: Sendable {
    /// Names what may change the bits of a result, such as `x86-64-v3`; part of every key.
    public let numerics: String
    /// The program's version, for the metadata of pictures.
    public let version: String
    /// The other files that are read with one, such as the shards of an index.
    public let companions: @Sendable (String) throws -> [String]
    /// Wraps the work of every node: sets the number of threads, for one.
    public let scope: @Sendable (_ work: () throws -> any Artifact) throws -> any Artifact

    public init(
        numerics: String,
        version: String,
        companions: @escaping @Sendable (String) throws -> [String] = { _ in [] },
        scope: @escaping @Sendable (_ work: () throws -> any Artifact) throws -> any Artifact = { try $0() }
    ) {
        self.numerics = numerics
        self.version = version
        self.companions = companions
        self.scope = scope
    }
}
