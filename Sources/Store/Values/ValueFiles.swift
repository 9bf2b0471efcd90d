import Foundation
import Graph

/// Values kept as files beside the database, named by their digests.
struct ValueFiles: Sendable {
    let folder: String

    func path(_ digest: Digest) -> String {
        let hex = digest.hex
        return "\(folder)/\(hex.prefix(2))/\(hex.dropFirst(2))"
    }

    func read(_ digest: Digest) -> [UInt8]? {
        FileManager.default.contents(atPath: path(digest)).map { [UInt8]($0) }
    }

    /// Written beside and renamed: no reader ever finds half a value.
    func write(_ bytes: [UInt8], as digest: Digest) throws {
        let path = path(digest)
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        let temporary = "\(path).\(getpid())-\(UInt32.random(in: 0...UInt32.max)).new"
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: temporary))
            guard rename(temporary, path) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    func remove(_ digest: Digest) { unlink(path(digest)) }

    /// Every file in the folder: its path, the digest it is named after (nil for unfinished ones), and its age in
    /// seconds.
    func all() -> [(path: String, digest: Digest?, age: TimeInterval)] {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { name in
            var status = stat()
            let path = folder + "/" + name
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            let age = Date().timeIntervalSince1970 - TimeInterval(status.st_mtim.tv_sec)
            return (path, Digest(hex: name.replacingOccurrences(of: "/", with: "")), age)
        }
    }
}
