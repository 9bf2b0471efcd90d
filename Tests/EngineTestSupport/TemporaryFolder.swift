import Foundation

/// A folder of its own for a test, removed with the value.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        let name = "pulid-run-test-\(UInt64.random(in: 0...UInt64.max))"
        // Links resolved, so that paths compare equal to what the engine makes of them.
        path = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path + "/" + name
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The absolute path of a name in the folder.
    public func callAsFunction(_ name: String) -> String { path + "/" + name }

    /// - Parameter age: seconds since the file's last change: caches do not trust files that are younger than two.
    @discardableResult
    public func write(_ text: String, to name: String, age: TimeInterval = 0) throws -> String {
        try write(Array(text.utf8), to: name, age: age)
    }

    @discardableResult
    public func write(_ bytes: [UInt8], to name: String, age: TimeInterval = 0) throws -> String {
        let file = self(name)
        let folder = (file as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        if age > 0 {
            let date = Date(timeIntervalSinceNow: -age)
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file)
        }
        return file
    }

    public func bytes(of name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: self(name))))
    }

    public func text(of name: String) throws -> String { String(decoding: try bytes(of: name), as: UTF8.self) }

    /// Every file below, by its path in the folder, sorted.
    public func files(under name: String = "") throws -> [String] {
        let root = name.isEmpty ? path : self(name)
        return try FileManager.default.subpathsOfDirectory(atPath: root).filter { file in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: root + "/" + file, isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }
}
