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
    /// Files that are being written.
    var unfinished: String { path + "/unfinished" }
    /// Tells back-up tools, and us, that the folder is a cache: https://bford.info/cachedir/
    public var tag: String { path + "/CACHEDIR.TAG" }

    static let tagText = """
        Signature: 8a477f597d28d172789f06886806bc55
        # This file marks a cache of pulid-run. Everything in this folder is safe to delete.

        """

    /// The cache that a command uses: the one asked for, else `$PULID_CACHE`, else `cache/` of the checkout that
    /// `directory` lies in, else the user's own.
    ///
    /// - Parameters:
    ///   - user: whose caches are taken without being asked for; those of root, too.
    ///   - warn: told of caches of others, which could hold anything.
    /// - Throws: `StoreError.noHome`.
    public static func standard(
        asked: String? = nil,
        environment: [String: String],
        directory: String,
        user: UInt32 = geteuid(),
        warn: (String) -> Void = { _ in }
    ) throws(StoreError) -> CacheFolder {
        func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : directory + "/" + path }
        if let asked { return CacheFolder(absolute(asked)) }
        if let path = environment["PULID_CACHE"], !path.isEmpty { return CacheFolder(absolute(path)) }
        var ancestor = directory
        while !ancestor.isEmpty {
            let candidate = CacheFolder(ancestor + "/cache")
            if candidate.isOurs {
                if candidate.isSafe(for: user) { return candidate }
                warn("\(candidate.path) belongs to another user and is not used; --cache \(candidate.path) takes it")
            }
            ancestor = String(ancestor[..<(ancestor.lastIndex(of: "/") ?? ancestor.startIndex)])
        }
        if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return CacheFolder(base + "/pulid-run") }
        guard let home = environment["HOME"], home.hasPrefix("/") else {
            throw .noHome(environment["HOME"])
        }
        return CacheFolder(home + "/.cache/pulid-run")
    }

    /// Whether the folder carries our tag, and not that of another program's cache.
    private var isOurs: Bool {
        guard let text = try? String(contentsOfFile: tag, encoding: .utf8) else { return false }
        return text.contains("pulid-run")
    }

    /// Whether nobody but the user and root can have made it.
    private func isSafe(for user: UInt32) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && (status.st_uid == user || status.st_uid == 0)
    }

    /// Makes the folder and its tag where they are missing.
    func prepare() throws(StoreError) {
        try makeFolder(path)
        guard access(path, R_OK | X_OK) == 0 else {
            throw .unusable(path: path, reason: String(cString: strerror(errno)))
        }
        if access(tag, F_OK) != 0 { _ = try? WholeFile(tag).replace(with: Self.tagText.utf8) }
    }

    /// Whether the folder is there.
    public var isThere: Bool { access(path, F_OK) == 0 }

    /// Whether it has a cache as this version keeps it, which opening it changes nothing of.
    public var hasCache: Bool { DatabaseHeader(path: database) == .ours(version: StoreSchema.version) }

    /// Fails as `prepare` would where the folder cannot be made, and makes none: what is missing of it is tried, and
    /// removed again.
    ///
    /// - Throws: `StoreError`
    public func checkCanBeMade() throws(StoreError) {
        var missing = path
        while let slash = missing.lastIndex(of: "/"), slash != missing.startIndex,
            access(String(missing[..<slash]), F_OK) != 0
        {
            missing = String(missing[..<slash])
        }
        if mkdir(missing, 0o777) == 0 {
            rmdir(missing)
            return
        }
        guard errno == EEXIST else {
            throw .unusable(path: path, reason: "\(missing) cannot be made: \(String(cString: strerror(errno)))")
        }
        var status = stat()
        guard stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFDIR else {
            throw .unusable(path: path, reason: "it is no folder")
        }
        guard access(path, R_OK | X_OK) == 0 else {
            throw .unusable(path: path, reason: String(cString: strerror(errno)))
        }
    }

    /// For whom looks at the cache itself: fails where something stands in its place that this version does not read.
    ///
    /// - Throws: `StoreError`
    public func checkCanBeRead() throws(StoreError) {
        try checkCanBeMade()
        let name = (database as NSString).lastPathComponent
        switch DatabaseHeader(path: database) {
        case .absent, .ours(StoreSchema.version): break
        case .ours(let found) where found > StoreSchema.version:
            throw .newerSchema(path: path, found: found, supported: StoreSchema.version)
        case .ours(let found):
            let reason = "it has format \(found), which an older pulid-run wrote; this one knows \(StoreSchema.version)"
            throw .unusable(path: path, reason: reason)
        case .empty: throw .unusable(path: path, reason: "its \(name) is empty")
        case .foreign(let reason): throw .unusable(path: path, reason: "its \(name): \(reason)")
        }
    }

    /// Removes what writers that live no more left unfinished.
    func removeUnfinished() {
        for folder in [path, unfinished] { WholeFile.removeStrays(in: folder) }
    }

    /// With those around it.
    private func makeFolder(_ folder: String) throws(StoreError) {
        if mkdir(folder, 0o777) == 0 { return }
        if errno == ENOENT || errno == ENOTDIR, let slash = folder.lastIndex(of: "/"), slash != folder.startIndex {
            try makeFolder(String(folder[..<slash]))
            if mkdir(folder, 0o777) == 0 { return }
        }
        let reason = errno
        // What is there already need not be made, whatever the reason is that it cannot be.
        var status = stat()
        if stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
        let isThere = lstat(folder, &status) == 0
        let problem = isThere ? "is no folder" : "cannot be made: \(String(cString: strerror(reason)))"
        throw .unusable(path: path, reason: "\(folder == path ? "it" : folder) \(problem)")
    }

    /// Whether this process may write here.
    public var isWritable: Bool {
        guard access(path, W_OK) == 0 else { return false }
        return access(database, F_OK) != 0 || access(database, W_OK) == 0
    }

    /// Whether the folder and all of the database that is there may be written.
    var hasWritableFiles: Bool {
        access(path, W_OK) == 0
            && ["", "-wal", "-shm"].allSatisfy { access(database + $0, F_OK) != 0 || access(database + $0, W_OK) == 0 }
    }
}
