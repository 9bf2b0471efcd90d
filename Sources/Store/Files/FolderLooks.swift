import Foundation

/// Looks at many files, of which one lies mostly in the folder of the one before: that is kept open, so that the system
/// does not walk the whole path for each.
struct FolderLooks: ~Copyable {
    private var folder: [CChar] = []
    private var descriptor: Int32 = -1

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// As `FileIdentity(path:)`.
    mutating func identity(of path: String) -> FileIdentity? {
        look(at: path) { folder, name in
            var status = stat()
            return fstatat(folder, name, &status, 0) == 0 ? FileIdentity(status) : nil
        }
    }

    /// As `FileIdentity(opening:)`.
    mutating func identity(opening path: String) -> FileIdentity? {
        look(at: path) { folder, name in
            let file = openat(folder, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
            guard file >= 0 else { return FileIdentity(path: path) }
            defer { close(file) }
            return FileIdentity(descriptor: file)
        }
    }

    private mutating func look(
        at path: String,
        _ body: (_ folder: Int32, _ name: UnsafePointer<CChar>) -> FileIdentity?
    ) -> FileIdentity? {
        path.withCString { start in
            guard let slash = strrchr(start, Int32(UInt8(ascii: "/"))), slash > UnsafeMutablePointer(mutating: start)
            else { return body(AT_FDCWD, start) }
            enter(UnsafeBufferPointer(start: start, count: slash - UnsafeMutablePointer(mutating: start)))
            return descriptor >= 0 ? body(descriptor, slash + 1) : body(AT_FDCWD, start)
        }
    }

    private mutating func enter(_ path: UnsafeBufferPointer<CChar>) {
        guard folder.count != path.count || !folder.elementsEqual(path) else { return }
        if descriptor >= 0 { close(descriptor) }
        folder = Array(path)
        // Where it cannot be opened, paths are walked.
        descriptor = open(folder + [0], O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
}
