import Foundation

/// The folder that holds a cache, and the names of what lies in it.
public struct CacheFolder: Hashable, Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    public var database: String { path + "/cache.sqlite" }
    /// Values too large for the database, as `values/<2 digits>/<62 digits>`.
    public var values: String { path + "/values" }
    public var locks: String { path + "/locks" }
    /// What long nodes keep until they are done, in a folder each.
    public var work: String { path + "/work" }
    /// Tells back-up tools, and us, that the folder is a cache: https://bford.info/cachedir/
    public var tag: String { path + "/CACHEDIR.TAG" }

    static let tagText = """
        Signature: 8a477f597d28d172789f06886806bc55
        # This file marks a cache of pulid-run. Everything in this folder is safe to delete.

        """

    /// The cache that a command uses: the one asked for, else `$PULID_CACHE`, else `cache/` of the checkout that
    /// `directory` lies in, else the user's own.
    public static func standard(
        asked: String? = nil,
        environment: [String: String],
        directory: String
    ) -> CacheFolder {
        func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : directory + "/" + path }
        if let asked { return CacheFolder(absolute(asked)) }
        if let path = environment["PULID_CACHE"], !path.isEmpty { return CacheFolder(absolute(path)) }
        var ancestor = directory
        while !ancestor.isEmpty {
            let candidate = CacheFolder(ancestor + "/cache")
            if candidate.isOurs { return candidate }
            ancestor = String(ancestor[..<(ancestor.lastIndex(of: "/") ?? ancestor.startIndex)])
        }
        if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return CacheFolder(base + "/pulid-run") }
        return CacheFolder((environment["HOME"] ?? directory) + "/.cache/pulid-run")
    }

    /// Whether the folder carries our tag, and not that of another program's cache.
    private var isOurs: Bool {
        guard let text = try? String(contentsOfFile: tag, encoding: .utf8) else { return false }
        return text.contains("pulid-run")
    }

    /// Makes the folder and its tag where they are missing.
    func prepare() throws(StoreError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw StoreError.unusable(path: path, reason: "the folder cannot be made")
        }
        guard access(path, R_OK | X_OK) == 0 else {
            throw StoreError.unusable(path: path, reason: String(cString: strerror(errno)))
        }
        if access(tag, F_OK) != 0 { try? Self.tagText.write(toFile: tag, atomically: true, encoding: .utf8) }
    }

    /// Whether this process may write here.
    var isWritable: Bool {
        guard access(path, W_OK) == 0 else { return false }
        return access(database, F_OK) != 0 || access(database, W_OK) == 0
    }
}
