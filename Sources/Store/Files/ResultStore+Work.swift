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

    /// Removes the folders that nobody has come back to for a month.
    func removeOldWorkFolders() {
        let files = FileManager.default
        for name in (try? files.contentsOfDirectory(atPath: folder.work)) ?? [] {
            let path = "\(folder.work)/\(name)"
            let newest = ([path] + ((try? files.subpathsOfDirectory(atPath: path)) ?? []).map { "\(path)/\($0)" })
                .compactMap { (try? files.attributesOfItem(atPath: $0))?[.modificationDate] as? Date }.max()
            if let newest, -newest.timeIntervalSinceNow > 30 * 86400 { try? files.removeItem(atPath: path) }
        }
    }

    private func path(_ key: Digest) -> String { "\(folder.work)/\(key.hex)" }
}
