import Foundation
import GRDB
import Graph
import Synchronization

/// The cache's SQLite file: one connection that reads, one that writes, and what happens when the file is damaged.
///
/// Nothing here fails a run: reads of a damaged file find nothing, and writes that cannot be made are given up after one
/// warning.
final class StoreDatabase: Sendable {
    private struct Connections {
        var reader: DatabaseQueue?
        var writer: DatabaseQueue?
        /// The file that they have open, so that only that very file is ever set aside.
        var inode: UInt64 = 0
        var replacements = 0
        var isWritable: Bool
    }

    private let folder: CacheFolder
    private let warn: @Sendable (String) -> Void
    private let connections: Mutex<Connections>

    /// - Throws: `StoreError` when a later pulid-run made the cache.
    init(folder: CacheFolder, access: ResultStore.Access, warn: @escaping @Sendable (String) -> Void) throws {
        self.folder = folder
        self.warn = warn
        connections = Mutex(Connections(isWritable: access == .readWrite))
        try connections.withLock { connections in try open(&connections) }
    }

    var isWritable: Bool { connections.withLock(\.isWritable) }

    /// - Returns: `fallback` where there is no database or it cannot be read.
    func read<Result>(_ fallback: Result, _ body: (Database) throws -> Result) -> Result {
        guard let reader = connections.withLock({ $0.reader }) else { return fallback }
        do {
            return try reader.unsafeRead(body)
        } catch {
            giveUp(on: reader, because: error)
            return fallback
        }
    }

    /// Runs `body` in one transaction.
    /// - Returns: whether it was committed.
    @discardableResult
    func write(_ body: (Database) throws -> Void) -> Bool {
        // A damaged file is replaced once, and the transaction tried again on the new one.
        for _ in 0..<2 {
            do {
                guard let writer = try openWriter() else { return false }
                do {
                    try writer.inTransaction(.immediate) { db in
                        try body(db)
                        return .commit
                    }
                    return true
                } catch {
                    giveUp(on: writer, because: error)
                }
            } catch {
                stopWriting(because: error)
            }
        }
        return false
    }

    /// Runs statements that no transaction may hold, such as checkpoints.
    func maintain(_ body: (Database) throws -> Void) {
        guard let writer = try? openWriter() else { return }
        do { try writer.writeWithoutTransaction(body) } catch { giveUp(on: writer, because: error) }
    }

    func close() {
        let (reader, writer) = connections.withLock { connections in
            defer { (connections.reader, connections.writer) = (nil, nil) }
            return (connections.reader, connections.writer)
        }
        // The last connection folds the log back into the file, and it must be one that may write.
        try? reader?.close()
        try? writer?.close()
    }

    // MARK: - Opening and setting aside

    private func open(_ connections: inout Connections) throws {
        guard connections.isWritable else {
            do {
                connections.reader = try openReadOnly()
            } catch {
                warn("the cache \(folder.path) cannot be read (\(Self.reason(error))): running without it")
            }
            return
        }
        do {
            if case .ours(StoreSchema.version) = DatabaseHeader(path: folder.database) {
                do {
                    connections.reader = try Self.connect(folder.database, readOnly: false)
                } catch  where Self.isDamage(error) {}
            }
            if connections.reader == nil { try replace(&connections) }
        } catch let error as StoreError {
            throw error
        } catch {
            // A full disk, for one: the run can do without.
            connections.isWritable = false
            warn("the cache \(folder.path) cannot be opened (\(Self.reason(error))): running without it")
        }
        connections.inode = inode
    }

    /// Under the lock that every process takes for this: sets aside what cannot be used, makes a new cache if there is
    /// none, and connects.
    private func replace(_ connections: inout Connections) throws {
        let lock = try? FileLock(path: folder.locks + "/open")
        lock?.wait()
        defer { lock?.release() }
        switch DatabaseHeader(path: folder.database) {
        case .absent:
            try? FileManager.default.removeItem(atPath: folder.database + "-wal")
            try Self.create(at: folder.database)
        case .foreign(let reason):
            setAside(because: reason)
            try Self.create(at: folder.database)
        case .ours(let version) where version > StoreSchema.version:
            throw StoreError.newerSchema(path: folder.path, found: version, supported: StoreSchema.version)
        case .ours(let version) where version < StoreSchema.version:
            setAside(because: "it has the older format \(version)")
            try Self.create(at: folder.database)
        case .ours: break
        }
        do {
            connections.reader = try Self.connect(folder.database, readOnly: false)
        } catch  where Self.isDamage(error) {
            setAside(because: "it is damaged")
            try Self.create(at: folder.database)
            connections.reader = try Self.connect(folder.database, readOnly: false)
        }
    }

    private func openReadOnly() throws -> DatabaseQueue? {
        switch DatabaseHeader(path: folder.database) {
        case .absent: return nil
        case .ours(StoreSchema.version): return try Self.connect(folder.database, readOnly: true)
        case .ours(let version):
            warn("the cache \(folder.path) has format \(version), not \(StoreSchema.version): running without it")
        case .foreign(let reason): warn("\(folder.database) is not a cache: \(reason): running without it")
        }
        return nil
    }

    private func openWriter() throws -> DatabaseQueue? {
        try connections.withLock { connections in
            guard connections.isWritable, connections.reader != nil else { return nil }
            if let writer = connections.writer { return writer }
            let writer = try Self.connect(folder.database, readOnly: false)
            connections.writer = writer
            return writer
        }
    }

    /// After an error of `queue`: a damaged file is replaced, anything else ends writing.
    private func giveUp(on queue: DatabaseQueue, because error: any Error) {
        guard Self.isDamage(error) else { return stopWriting(because: error) }
        connections.withLock { connections in
            guard connections.reader === queue || connections.writer === queue else { return }
            try? connections.reader?.close()
            try? connections.writer?.close()
            (connections.reader, connections.writer) = (nil, nil)
            guard connections.isWritable, connections.replacements == 0 else {
                connections.isWritable = false
                warn("the cache \(folder.path) is damaged: running without it")
                return
            }
            connections.replacements += 1
            let lock = try? FileLock(path: folder.locks + "/open")
            lock?.wait()
            // Another process may have replaced the file already.
            if inode == connections.inode { setAside(because: "it is damaged") }
            lock?.release()
            do { try open(&connections) } catch { connections.isWritable = false }
        }
    }

    private func stopWriting(because error: any Error) {
        let wasWritable = connections.withLock { connections in
            defer { connections.isWritable = false }
            return connections.isWritable
        }
        if wasWritable {
            warn("the cache \(folder.path) cannot be written (\(Self.reason(error))): results are not kept")
        }
    }

    private func setAside(because reason: String) {
        let moved = Self.quarantine(folder.database)
        warn("\(folder.database) cannot be used (\(reason)): moved to \(moved), and a new cache made")
    }

    private var inode: UInt64 {
        var status = stat()
        return lstat(folder.database, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    private static func isDamage(_ error: any Error) -> Bool {
        guard let error = error as? DatabaseError else { return false }
        return [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_ERROR, .SQLITE_MISMATCH].contains(
            error.resultCode.primaryResultCode
        )
    }

    private static func reason(_ error: any Error) -> String {
        (error as? DatabaseError)?.message ?? error.localizedDescription
    }
}
