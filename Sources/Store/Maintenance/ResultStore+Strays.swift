import Foundation
import GRDB
import Graph

extension ResultStore {
    /// Value files that no row names, but for those that a process may be about to name.
    func strays() -> [FoundFile] {
        let files = valueFiles.all().filter { $0.file.age > 3600 }
        let known: Set<Digest>? = database.read(nil) { db in
            let digests = files.compactMap(\.digest)
            var known: Set<Digest> = []
            let sql = "SELECT 1 FROM contents WHERE place IS NULL AND digest = ?"
            try db.eachRow(sql, of: digests) { place, _ in known.insert(digests[place]) }
            return known
        }
        guard let known else { return [] }
        return files.filter { $0.digest.map { !known.contains($0) } ?? true }.map(\.file)
    }

    /// Removes them, and what killed processes left unfinished.
    func removeStrays() {
        removeUnnamed(strays().map { ($0.path, Digest(hex: $0.name.replacing("/", with: ""))) })
        folder.removeUnfinished()
    }

    /// Removes value files, but for those that got a row meanwhile. Within a transaction, and rows of values in files
    /// are only written in one that sees the file: so no row is left without its file, and no file without its row.
    func removeUnnamed(_ files: [(path: String, digest: Digest?)]) {
        guard !files.isEmpty else { return }
        database.write { [valueFiles] db in
            let named = try db.cachedStatement(sql: "SELECT 1 FROM contents WHERE digest = ? AND place IS NULL")
            for (path, digest) in files {
                guard let digest else {
                    unlink(path)
                    continue
                }
                if try Row.fetchOne(named, arguments: [Data(digest.bytes)]) == nil { valueFiles.remove(digest) }
            }
        }
    }
}
