import Foundation
import Store

/// Writes files beneath one folder and nowhere else, each beside its name and then renamed.
///
/// Paths are walked one component at a time from the folder's descriptor, and symbolic links on the way are refused, so
/// that a link planted in the folder cannot lead a write out of it.
package struct OutputFolder: Sendable {
    package enum Failure: Error, Equatable {
        case leavesFolder(path: String)
        case symbolicLink(component: String)
        /// Of the file itself.
        case file(reason: String)
        /// Of a folder on the way to it.
        case folder(path: String, reason: String)
    }

    package let path: String

    package init(path: String) { self.path = path }

    /// - Parameter out: as the user names it.
    init(named out: String) {
        path = out.hasPrefix("/") ? out : FileManager.default.currentDirectoryPath + "/" + out
    }

    /// What became of a file, and what the very file was then.
    package enum Outcome {
        case written(FileIdentity?)
        case unchanged(FileIdentity?)
    }

    /// - Parameter relative: the file's path in the folder; missing folders are made.
    /// - Throws: `Failure`.
    package func write(_ bytes: [UInt8], to relative: String) throws(Failure) -> Outcome {
        let components = relative.split(separator: "/").map(String.init)
        guard let name = components.last, !relative.hasPrefix("/"), !relative.hasSuffix("/"),
            !relative.utf8.contains(0), components.allSatisfy({ $0 != ".." && $0 != "." })
        else { throw .leavesFolder(path: relative) }
        var folder = try root()
        defer { close(folder) }
        for component in components.dropLast() {
            let inner = try enter(component, in: folder)
            close(folder)
            folder = inner
        }
        if let (content, identity) = Self.content(of: name, in: folder, length: bytes.count), content == bytes {
            return .unchanged(identity)
        }
        do {
            return .written(try WholeFile(name, in: folder).replace(with: bytes))
        } catch {
            throw .file(reason: (error as? SystemError)?.reason ?? "\(error)")
        }
    }

    /// Removes a file, where there is one; folders stay, and links on the way are not followed.
    package func remove(_ relative: String) {
        let components = relative.split(separator: "/").map(String.init)
        guard let name = components.last, !components.contains("..") else { return }
        var folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        for component in components.dropLast() where folder >= 0 {
            let inner = openat(folder, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            close(folder)
            folder = inner
        }
        guard folder >= 0 else { return }
        unlinkat(folder, name, 0)
        close(folder)
    }

    /// Removes what killed runs left unfinished beside these files.
    func clearStrays(beside relatives: [String]) {
        for folder in Self.folders(of: relatives) {
            var descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            for component in folder.split(separator: "/") where descriptor >= 0 {
                let inner = openat(descriptor, String(component), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                close(descriptor)
                descriptor = inner
            }
            guard descriptor >= 0 else { continue }
            WholeFile.removeStrays(in: "/proc/self/fd/\(descriptor)")
            close(descriptor)
        }
    }

    /// The folders in which these files lie: of many, one is mostly in the folder of the one before.
    private static func folders(of relatives: [String]) -> Set<Substring> {
        var folders: Set<Substring> = []
        var last: Substring?
        for relative in relatives {
            let name = relative.utf8.lastIndex(of: UInt8(ascii: "/"))
            let folder = name.map { relative[..<$0] } ?? ""
            guard folder != last else { continue }
            folders.insert(folder)
            last = folder
        }
        return folders
    }

    private func root() throws(Failure) -> Int32 {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .folder(path: path, reason: "the folder cannot be made")
        }
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        return descriptor
    }

    private func enter(_ name: String, in folder: Int32) throws(Failure) -> Int32 {
        if mkdirat(folder, name, 0o777) != 0, errno != EEXIST { throw failure(name) }
        let descriptor = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        if descriptor >= 0 { return descriptor }
        var status = stat()
        let reason = errno
        if fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFLNK {
            throw .symbolicLink(component: name)
        }
        errno = reason
        throw failure(name)
    }

    /// nil where there is no ordinary file of that many bytes.
    private static func content(
        of name: String,
        in folder: Int32,
        length: Int
    ) -> (bytes: [UInt8], identity: FileIdentity?)? {
        // Without O_NONBLOCK a pipe of that name would hold us up.
        let descriptor = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard let identity = FileIdentity(descriptor: descriptor), identity.size == length else { return nil }
        let bytes = (try? file.readToEnd()).map { [UInt8]($0) } ?? []
        return (bytes, FileIdentity(descriptor: descriptor) == identity ? identity : nil)
    }

    private func failure(_ name: String) -> Failure { .folder(path: name, reason: String(cString: strerror(errno))) }
}

extension OutputFolder.Failure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .leavesFolder(let path): "\(path) does not name a file in the output folder"
        case .symbolicLink(let component): "the folder \(component) is a symbolic link, which could lead elsewhere"
        case .file(let reason): reason
        case .folder(let path, let reason): "\(path): \(reason)"
        }
    }
}
