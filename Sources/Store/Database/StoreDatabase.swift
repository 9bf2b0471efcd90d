import Foundation
import GRDB
import Graph
import Synchronization

/// The cache's SQLite file: one connection that reads, one that writes, and what happens when the file is damaged, or is
/// taken away.
///
/// Nothing here fails a run: reads of what cannot be read find nothing, and writes say how they ended. No lock is held
/// while SQLite works; a change of connections holds back only those who would change them too.
final class StoreDatabase: Sendable {
    /// How a transaction ended.
    enum Outcome: Equatable {
        case committed
        /// It may go another time; why it did not, and whether less might have gone.
        case postponed(String, isForWantOfRoom: Bool = false)
        /// Nothing can be written any more.
        case refused
    }

    private struct Connections {
        var reader: DatabaseQueue?
        var writer: DatabaseQueue?
        /// Whether the reader sees what was there when it was opened, for want of room to follow what is written.
        var isMakeshift = false
        /// The file that they have open.
        var file: OpenFile?
        var isWritable: Bool
        var replacements = 0
        var losses = 0
        var damage: [String] = []
    }

    private struct OpenFile: Equatable {
        let device: UInt64
        let inode: UInt64

        init?(path: String) {
            var status = stat()
            guard lstat(path, &status) == 0 else { return nil }
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
        }
    }

    private let folder: CacheFolder
    private let notices: Notices
    /// Called when the cache was taken away, before a new one is used.
    private let onLoss: @Sendable () -> Void
    private let connections: Mutex<Connections>
    /// Held by whoever opens or replaces; nothing that runs on a connection asks for it.
    private let changing = NSLock()

    /// - Throws: `StoreError` when a later pulid-run made the cache.
    init(
        folder: CacheFolder,
        access: ResultStore.Access,
        notices: Notices,
        onLoss: @escaping @Sendable () -> Void
    ) throws {
        self.folder = folder
        self.notices = notices
        self.onLoss = onLoss
        connections = Mutex(Connections(isWritable: access == .readWrite))
        do {
            try connect()
        } catch let error as StoreError {
            throw error
        } catch {
            noteUnopened(error)
        }
    }

    var isWritable: Bool { connections.withLock(\.isWritable) }

    /// What was found wrong with the file as a whole, though it may be set aside by now.
    var damage: [String] { connections.withLock(\.damage) }

    /// - Returns: `fallback` where there is no database or it cannot be read.
    func read<Result>(_ fallback: Result, _ body: (Database) throws -> Result) -> Result {
        guard let reader = connections.withLock(\.reader) else { return fallback }
        do {
            return try reader.unsafeRead(body)
        } catch {
            // Another thread may have closed it.
            guard connections.withLock({ $0.reader === reader }) else { return fallback }
            let reason = DatabaseFault.reason(error)
            switch DatabaseFault(error) {
            case .damage: replace(reader, because: error)
            case .locking: giveUp(because: reason)
            case .readOnly, .passing:
                notices.warn("the cache \(folder.path) cannot be read now (\(reason))", onceFor: "read")
            }
            return fallback
        }
    }

    /// Runs `body` in one transaction.
    @discardableResult
    func write(_ body: (Database) throws -> Void) -> Outcome {
        perform { writer in
            try writer.inTransaction(.immediate) { db in
                try body(db)
                return .commit
            }
        }
    }

    /// Runs statements that no transaction may hold, such as checkpoints.
    @discardableResult
    func maintain(_ body: (Database) throws -> Void) -> Outcome {
        perform { try $0.writeWithoutTransaction(body) }
    }

    /// Has what is committed written to the disk, which SQLite puts off otherwise.
    func syncLog() { maintain { db in _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(PASSIVE)") } }

    /// Has the log folded back into the file and made empty, which may be all the room that there is on a disk.
    func foldLog() { maintain { db in _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") } }

    private func perform(_ work: (DatabaseQueue) throws -> Void) -> Outcome {
        noticeLoss()
        // A damaged file is replaced once, and the work tried again on the new one.
        for _ in 0..<2 {
            var writer: DatabaseQueue?
            do {
                writer = try openWriter()
                guard let writer else { return .refused }
                try work(writer)
                return .committed
            } catch {
                let reason = DatabaseFault.reason(error)
                switch DatabaseFault(error) {
                case .damage:
                    // Also where a file went bad after it was opened to be read, and cannot be opened to be written.
                    guard let damaged = writer ?? connections.withLock(\.reader) else { return .postponed(reason) }
                    replace(damaged, because: error)
                case .locking:
                    giveUp(because: reason)
                    return .refused
                case .readOnly:
                    guard !folder.hasWritableFiles else {
                        // Where opening the log is refused for a moment, SQLite is content with reading it: not for good.
                        forgetWriter()
                        return .postponed(reason)
                    }
                    stopWriting(because: reason)
                    return .refused
                case .passing:
                    return .postponed(reason, isForWantOfRoom: DatabaseFault.isWantOfRoom(error))
                }
            }
        }
        return .refused
    }

    func close() {
        changing.withLock {
            let old = takeConnections()
            guard old.file == OpenFile(path: folder.database) else { return abandon(old) }
            // The last connection folds the log back into the file, and it must be one that may write.
            try? old.reader?.close()
            try? old.writer?.close()
        }
    }

    // MARK: - Connections

    private func takeConnections() -> Connections {
        connections.withLock { connections in
            defer {
                (connections.reader, connections.writer, connections.file) = (nil, nil, nil)
                connections.isMakeshift = false
            }
            return connections
        }
    }

    private func abandon(_ old: Connections) {
        Self.abandon(old.reader)
        Self.abandon(old.writer)
    }

    /// The next write opens another.
    private func forgetWriter() {
        let writer = changing.withLock {
            connections.withLock { connections in
                defer { connections.writer = nil }
                return connections.writer
            }
        }
        try? writer?.close()
    }

    private func openWriter() throws -> DatabaseQueue? {
        try changing.withLock {
            let (reader, writer, isWritable) = connections.withLock { ($0.reader, $0.writer, $0.isWritable) }
            guard isWritable else { return nil }
            if let writer { return writer }
            if reader == nil { try connect() }
            try replaceMakeshift()
            let new = try Self.connect(folder.database)
            connections.withLock { $0.writer = new }
            return new
        }
    }

    /// Opens what is there, or makes it.
    private func connect() throws {
        guard isWritable else {
            let reader = try openReadOnly()
            return connections.withLock { $0.reader = reader }
        }
        setCompanionFoldersAside()
        var reader: DatabaseQueue?
        if case .ours(StoreSchema.version) = DatabaseHeader(path: folder.database) {
            do {
                reader = try Self.connect(folder.database)
            } catch  where DatabaseFault(error) == .damage {
            } catch  where DatabaseFault.isWantOfRoom(error) {
                return try connectAsItIs(because: error)
            }
        }
        let opened = try reader ?? makeUsable()
        let file = OpenFile(path: folder.database)
        connections.withLock { ($0.reader, $0.file) = (opened, file) }
    }

    /// A disk that is full has no room for the log's index, which even readers need. Where the log has been folded back
    /// into the file, that alone is all there is, and can be read.
    ///
    /// - Parameter error: thrown where it is not.
    private func connectAsItIs(because error: any Error) throws {
        var log = stat()
        let hasLog = stat(folder.database + "-wal", &log) == 0 && log.st_size > 0
        guard !hasLog, let reader = try? Self.connectUnchanging(folder.database) else { throw error }
        let file = OpenFile(path: folder.database)
        connections.withLock { ($0.reader, $0.isMakeshift, $0.file) = (reader, true, file) }
        notices.warn(
            "the cache \(folder.path) cannot be written now (\(DatabaseFault.reason(error))): what is in it is used",
            onceFor: "makeshift"
        )
    }

    /// Before anything is written, which a makeshift reader would not see.
    private func replaceMakeshift() throws {
        guard connections.withLock(\.isMakeshift) else { return }
        let reader = try Self.connect(folder.database)
        let old = connections.withLock { connections in
            defer { (connections.reader, connections.isMakeshift) = (reader, false) }
            return connections.reader
        }
        try? old?.close()
    }

    /// Under the lock that every process takes for this: sets aside what cannot be used, makes a new cache if there is
    /// none, and connects.
    private func makeUsable() throws -> DatabaseQueue {
        let lock = try? FileLock(path: folder.locks + "/open")
        lock?.wait(atMost: 10)
        defer { lock?.release() }
        Self.removeUnfinished(beside: folder.database)
        switch DatabaseHeader(path: folder.database) {
        case .absent: try Self.create(at: folder.database)
        case .empty: try replaceFile(because: "it is empty")
        case .foreign(let reason): try replaceFile(because: reason)
        case .ours(let version) where version > StoreSchema.version:
            throw StoreError.newerSchema(path: folder.path, found: version, supported: StoreSchema.version)
        case .ours(let version) where version < StoreSchema.version:
            try replaceFile(because: "it has the older format \(version)", isDamage: false)
        case .ours: break
        }
        do {
            return try Self.connect(folder.database)
        } catch  where DatabaseFault(error) == .damage {
            try replaceFile(because: "it is damaged")
            return try Self.connect(folder.database)
        }
    }

    private func openReadOnly() throws -> DatabaseQueue? {
        switch DatabaseHeader(path: folder.database) {
        case .absent: return nil
        case .ours(StoreSchema.version):
            do {
                return try Self.connectReadOnly(folder.database)
            } catch  where DatabaseFault(error) == .damage {
                note(damage: "\(folder.database): it is damaged")
                throw error
            }
        case .ours(let version):
            let known = StoreSchema.version
            notices.warn("the cache \(folder.path) has format \(version), not \(known): running without it")
        case .empty:
            note(damage: "\(folder.database): it is empty")
            notices.warn("\(folder.database) cannot be read (it is empty): running without it")
        case .foreign(let reason):
            note(damage: "\(folder.database): \(reason)")
            notices.warn("\(folder.database) cannot be read (\(reason)): running without it")
        }
        return nil
    }

    // MARK: - What goes wrong

    /// The file was removed, renamed or replaced: what would be written to it is lost. Goes on with what is at its path
    /// now, or a new one.
    private func noticeLoss() {
        let isLost = connections.withLock { $0.file != nil && $0.file != OpenFile(path: folder.database) }
        guard isLost else { return }
        let isRepeated = changing.withLock {
            guard let file = connections.withLock(\.file), file != OpenFile(path: folder.database) else { return false }
            abandon(takeConnections())
            return connections.withLock { connections in
                connections.losses += 1
                return connections.losses > 3
            }
        }
        if isRepeated { return stopWriting(because: "it is removed again and again") }
        notices.warn(
            "the cache \(folder.path) was removed or replaced while it was in use: what it held is not found any more",
            onceFor: "loss"
        )
        try? folder.prepare()
        onLoss()
    }

    /// After `queue` met damage: sets its file aside and opens a new one, once.
    private func replace(_ queue: DatabaseQueue, because error: any Error) {
        changing.withLock {
            // Another thread may have come before.
            guard connections.withLock({ $0.reader === queue || $0.writer === queue }) else { return }
            let old = takeConnections()
            abandon(old)
            // While it was read, others may have written to it.
            guard !old.isMakeshift else { return }
            guard old.isWritable, old.replacements == 0 else {
                note(damage: "\(folder.database): \(DatabaseFault.reason(error))")
                if old.isWritable || old.damage.isEmpty {
                    notices.warn("the cache \(folder.path) is damaged: running without it")
                }
                return connections.withLock { $0.isWritable = false }
            }
            connections.withLock { $0.replacements += 1 }
            do {
                let lock = try? FileLock(path: folder.locks + "/open")
                lock?.wait(atMost: 10)
                defer { lock?.release() }
                // Another process may have replaced the file already.
                if old.file == OpenFile(path: folder.database) { try replaceFile(because: "it is damaged") }
            } catch {
                return noteUnopened(error)
            }
            do { try connect() } catch { noteUnopened(error) }
        }
    }

    private func replaceFile(because reason: String, isDamage: Bool = true) throws {
        let moved = Self.quarantine(folder.database)
        notices.warn("\(folder.database) cannot be used (\(reason)): moved to \(moved), and a new cache made")
        if isDamage { note(damage: "\(folder.database): \(reason)") }
        try Self.create(at: folder.database)
    }

    /// Sets the file aside for what was found in it, and begins a new one.
    func startAnew() {
        guard let reader = connections.withLock(\.reader) else { return }
        replace(reader, because: DatabaseError(resultCode: .SQLITE_CORRUPT))
    }

    /// A folder or a link in the place of the log or its index is nobody's, and keeps SQLite from opening its file.
    private func setCompanionFoldersAside() {
        for path in ["-wal", "-shm"].map({ folder.database + $0 }) {
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { continue }
            let moved = Self.quarantine(path)
            note(damage: "\(path) is no ordinary file")
            notices.warn("\(path) is no ordinary file: moved to \(moved)")
        }
    }

    private func note(damage: String) { connections.withLock { $0.damage.append(damage) } }

    private func noteUnopened(_ error: any Error) {
        let reason = DatabaseFault.reason(error)
        if DatabaseFault(error) == .locking { return forgetConnections(because: reason) }
        let blocked = ["-wal", "-shm"].map { folder.database + $0 }
            .first { access($0, F_OK) == 0 && access($0, isWritable ? R_OK | W_OK : R_OK) != 0 }
        let place = blocked.map { ": \($0) is in the way" } ?? ""
        guard isWritable else {
            return notices.warn("the cache \(folder.path) cannot be read (\(reason)\(place)): running without it")
        }
        notices.warn("the cache \(folder.path) cannot be opened (\(reason)\(place)): running without it for now")
    }

    /// Goes on as if there were no cache.
    private func giveUp(because reason: String) { changing.withLock { forgetConnections(because: reason) } }

    /// Under `changing`, or before anybody else is there.
    private func forgetConnections(because reason: String) {
        abandon(takeConnections())
        connections.withLock { $0.isWritable = false }
        notices.warn("the cache \(folder.path) cannot be locked (\(reason)): running without it", onceFor: "locking")
    }

    private func stopWriting(because reason: String) {
        let wasWritable = connections.withLock { connections in
            defer { connections.isWritable = false }
            return connections.isWritable
        }
        if wasWritable { notices.warn("the cache \(folder.path) cannot be written (\(reason)): results are not kept") }
    }
}
