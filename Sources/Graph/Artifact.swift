/// A value that flows between nodes: immutable, stored and compared by its record.
public protocol Artifact: PortType {
    /// What recipes and messages call it: `image`, `latent`, `face models`.
    static var kind: String { get }
    /// The fields that `expect` and tables may read, in the order of a table's columns.
    static var fields: [String] { get }
    /// What one of `fields` is, and its unit.
    static func help(field name: String) -> String?
    /// What values one of `fields` can have; nil where any number is possible.
    static func range(field name: String) -> ClosedRange<Double>?
    /// The file name extensions under which it can be written, without the dot.
    static var extensions: [String] { get }
    /// Raised when `encoded` or `field` may give something else for the same artifact: files in place are then written
    /// anew.
    static var encoderRevision: Int { get }
    /// The node that reads it from a file, where a recipe may give a file name in place of a reference. The node's
    /// parameter is named `file`.
    static var loader: String? { get }

    var record: ArtifactRecord { get }
    /// - Throws: when the record is of another kind or damaged.
    init(record: ArtifactRecord) throws

    /// The artifact without what does not belong to the part of that name; itself where it has no such parts. A port
    /// that declares a part sees nothing else, and only that is in the key of its node (`Evaluation.reference` alone:
    /// of other artifacts the whole is in the key).
    func part(_ name: String) -> Self

    /// The value of one of `fields`; nil where it was not measured.
    func field(_ name: String) -> Double?
    /// The bytes of a file with one of `extensions`; `metadata` goes into formats that have a place for it.
    func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8]
}

/// An artifact that people can look at: reports show it.
public protocol VisibleArtifact: Artifact {
    func previews() throws -> [Preview]
}

/// A picture of an artifact or of a part of it.
public struct Preview: Sendable {
    /// The part, such as `aligned`; empty for the whole.
    public let name: String
    public let png: [UInt8]

    public init(_ name: String, png: [UInt8]) {
        self.name = name
        self.png = png
    }
}

extension Artifact {
    public static var fields: [String] { [] }
    public static func help(field name: String) -> String? { nil }
    public static func range(field name: String) -> ClosedRange<Double>? { nil }
    public static var extensions: [String] { [] }
    public static var encoderRevision: Int { 1 }
    public static var loader: String? { nil }
    public func part(_ name: String) -> Self { self }
    public func field(_ name: String) -> Double? { nil }

    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        throw ArtifactError.cannotBeWritten(kind: Self.kind, fileExtension: fileExtension)
    }
}

/// A line of text that travels inside a picture file: which recipe, node and settings made it.
public struct FileMetadata: Hashable, Sendable {
    public let key: String
    public let text: String

    public init(_ key: String, _ text: String) {
        self.key = key
        self.text = text
    }
}

public enum ArtifactError: Error, Hashable {
    case cannotBeWritten(kind: String, fileExtension: String)
    case wrongKind(expected: String, found: String)
    case damaged(kind: String, reason: String)
}

extension ArtifactError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cannotBeWritten(let kind, let fileExtension): "a \(kind) cannot be written as .\(fileExtension)"
        case .wrongKind(let expected, let found): "expected a \(expected), found a \(found)"
        case .damaged(let kind, let reason): "the stored \(kind) is damaged: \(reason)"
        }
    }
}
