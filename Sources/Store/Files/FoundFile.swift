import Foundation

/// An ordinary file somewhere below a folder.
struct FoundFile {
    let path: String
    /// From the folder that was searched.
    let name: String
    let size: Int
    /// Seconds since its last change.
    let age: TimeInterval

    static func all(below folder: String) -> [FoundFile] {
        let now = FileIdentity.now
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { name in
            var status = stat()
            let path = folder + "/" + name
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            let age = TimeInterval(now) / 1e9 - TimeInterval(status.st_mtim.tv_sec)
            return FoundFile(path: path, name: name, size: Int(status.st_size), age: age)
        }
    }
}
