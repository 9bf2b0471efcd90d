import Graph

/// What the program that runs recipes provides: the engine itself knows no mathematics.
public struct RunEnvironment: Sendable {
    /// Names what may change the bits of a result, such as `x86-64-v3`; part of every key.
    public let numerics: String
    /// Names the precision that the run chose, if it is not the usual one; part of the keys of nodes that it matters to.
    public let precision: String?
    /// The program's version, for the metadata of pictures.
    public let version: String
    /// The other files that are read with one, such as the shards of an index.
    public let companions: @Sendable (String) throws -> [String]
    /// Which of several accepted pictures of a baseline is of this class: what may change bits, without its revisions, of
    /// which a later one takes the place of an earlier.
    public var baselineClass: String {
        ([numerics] + (precision.map { [$0] } ?? [])).joined(separator: ", ").filter { !$0.isNumber }
            .split(whereSeparator: { $0 == " " }).joined(separator: " ").replacing(" ,", with: ",")
    }
    /// Shows pictures that are being made; nil where nobody looks.
    public let preview: (@Sendable (InstanceName, PreviewPicture) -> Void)?
    /// Processes that run some nodes together with this one; nil where it is alone.
    public let team: (any NodeTeam)?
    /// Wraps the work of every node: sets the number of threads, and the precision for nodes that it matters to.
    public let scope: @Sendable (_ usesPrecision: Bool, _ work: () throws -> any Artifact) throws -> any Artifact

    public init(
        numerics: String,
        precision: String? = nil,
        version: String,
        companions: @escaping @Sendable (String) throws -> [String] = { _ in [] },
        preview: (@Sendable (InstanceName, PreviewPicture) -> Void)? = nil,
        team: (any NodeTeam)? = nil,
        scope: @escaping @Sendable (_ usesPrecision: Bool, _ work: () throws -> any Artifact) throws -> any Artifact = {
            try $1()
        }
    ) {
        self.numerics = numerics
        self.precision = precision
        self.version = version
        self.companions = companions
        self.preview = preview
        self.team = team
        self.scope = scope
    }
}
