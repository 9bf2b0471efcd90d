import Foundation
import Graph

extension ResultStore {
    /// A folder for what the making of the result under `key` keeps until it is done; made when it is asked for, and
    /// found again by the next attempt.
    ///
    /// - Returns: nil where this store cannot be written
    /// - Throws: `StoreError.noFolder`
    public func workFolder(for key: Digest) throws -> String? {
        guard isWritable else { return nil }
        let path = path(key)
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch { throw StoreError.noFolder(path: path, reason: error.localizedDescription) }
        return path
    }

    /// Removes that folder, if there is one, with all that is in it.
    public func removeWorkFolder(for key: Digest) { try? FileManager.default.removeItem(atPath: path(key)) }

    private func path(_ key: Digest) -> String { "\(folder.work)/\(key.hex)" }
}
