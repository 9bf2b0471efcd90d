import Foundation
import Graph
import Store

extension OutputFolder {
    /// A file that is to be written.
    struct Wanted {
        /// In the folder.
        let path: String
        /// Whether it has to be written though it is there.
        let isChanged: Bool
    }

    /// What keeps a file from being written, or the whole folder.
    struct Obstacle {
        /// nil for the folder.
        let path: String?
        let failure: Failure
    }

    /// Why these files cannot be written here, as far as that shows before they are.
    ///
    /// - Parameter tries: makes a file for a moment, in the folder or in the one that it will be made in: full disks and some
    ///   systems say it only then.
    func obstacles(to files: [Wanted], tries: Bool) -> [Obstacle] {
        guard !files.isEmpty else { return [] }
        var existing = path
        while access(existing, F_OK) != 0, errno == ENOENT, existing.contains(where: { $0 != "/" }) {
            existing = (existing as NSString).deletingLastPathComponent
        }
        func whole(_ reason: String) -> [Obstacle] {
            let failure: Failure = existing == path ? .file(reason: reason) : .folder(path: existing, reason: reason)
            return [Obstacle(path: nil, failure: failure)]
        }
        let root = open(existing, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { return whole(Self.reason()) }
        defer { close(root) }
        var reason: String? {
            Self.reasonAgainstWriting(in: root) ?? (tries ? WholeFile.trial(in: root)?.reason : nil)
        }
        guard existing == path else {
            return reason.map(whole) ?? []
        }
        var found: [Obstacle] = []
        var isRootWritten = false
        for (folder, files) in Self.byFolder(files) {
            found += obstacles(to: files, in: folder, of: root, &isRootWritten)
        }
        return isRootWritten ? reason.map(whole) ?? found : found
    }

    /// - Parameter isRootWritten: becomes true where the output folder itself has to take something new.
    private func obstacles(
        to files: [Wanted],
        in folder: Substring,
        of root: Int32,
        _ isRootWritten: inout Bool
    ) -> [Obstacle] {
        func all(_ failure: Failure) -> [Obstacle] { files.map { Obstacle(path: $0.path, failure: failure) } }
        var current = dup(root)
        defer { close(current) }
        var isRoot = true
        for component in folder.split(separator: "/").map(String.init) {
            var status = stat()
            guard fstatat(current, component, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                // It will be made.
                if isRoot {
                    isRootWritten = true
                } else if let reason = Self.reasonAgainstWriting(in: current) {
                    return all(.folder(path: component, reason: reason))
                }
                return []
            }
            if status.st_mode & S_IFMT == S_IFLNK { return all(.symbolicLink(component: component)) }
            let inner = openat(current, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard inner >= 0 else { return all(.folder(path: component, reason: Self.reason())) }
            close(current)
            (current, isRoot) = (inner, false)
        }
        let reason = isRoot ? nil : Self.reasonAgainstWriting(in: current)
        return files.compactMap { file in
            var status = stat()
            let name = file.path.split(separator: "/").last.map(String.init) ?? ""
            let isThere = fstatat(current, name, &status, AT_SYMLINK_NOFOLLOW) == 0
            if isThere, status.st_mode & S_IFMT == S_IFDIR {
                return Obstacle(path: file.path, failure: .file(reason: String(cString: strerror(EISDIR))))
            }
            guard !isThere || file.isChanged else { return nil }
            if isRoot { isRootWritten = true }
            return reason.map { Obstacle(path: file.path, failure: .file(reason: $0)) }
        }
    }

    /// By the folders in which they lie, in order.
    private static func byFolder(_ files: [Wanted]) -> [(folder: Substring, files: [Wanted])] {
        var groups: [(folder: Substring, files: [Wanted])] = []
        var places: [Substring: Int] = [:]
        for file in files {
            let folder = file.path.utf8.lastIndex(of: UInt8(ascii: "/")).map { file.path[..<$0] } ?? ""
            if let place = places[folder] {
                groups[place].files.append(file)
            } else {
                places[folder] = groups.count
                groups.append((folder, [file]))
            }
        }
        return groups
    }

    private static func reasonAgainstWriting(in folder: Int32) -> String? {
        faccessat(folder, ".", W_OK | X_OK, AT_EACCESS) == 0 ? nil : reason()
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}

extension OutputReport {
    /// What keeps everything from being written to an output folder, as far as looking at it tells.
    ///
    /// - Parameter out: as the user names it.
    public static func obstacle(in out: String) -> OutputReport? {
        let anything = OutputFolder.Wanted(path: "output", isChanged: true)
        let obstacles = OutputFolder(named: out).obstacles(to: [anything], tries: false)
        return obstacles.first { $0.path == nil }.map { OutputReport(folder: out, $0.failure, files: 1) }
    }

    /// - Parameter files: how many it was to take.
    init(folder out: String, _ failure: OutputFolder.Failure, files: Int) {
        let option = SourceLocation(file: "--out \(out)", line: 0, column: 0)
        self.init(path: out, outcome: .failed(failure), location: option, files: files)
    }
}
