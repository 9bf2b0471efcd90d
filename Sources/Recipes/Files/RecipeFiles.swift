/// The file system as recipes see it; tests put their own in its place.
public protocol RecipeFiles: Sendable {
    /// The absolute folder in which the program runs.
    var workingFolder: String { get }

    /// nil where there is nothing, or nothing that may be seen.
    func kind(of path: String) -> PathKind?
    /// The names in a folder; none where it cannot be read.
    func names(in folder: String) -> [String]
    /// One name for all the names of a file, so that it is recognised when it is met again.
    func canonicalPath(_ path: String) -> String
    /// At most `limit` bytes of a file; the caller asks for one more than it accepts.
    func read(_ path: String, limit: Int) throws(FileReadingError) -> [UInt8]
}

public enum PathKind: Sendable {
    case file
    case folder
    /// A pipe, a device or a socket.
    case other
}

public struct FileReadingError: Error, Hashable {
    /// Such as "Permission denied".
    public let reason: String

    public init(reason: String) { self.reason = reason }
}
