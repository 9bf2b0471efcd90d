import Foundation
import Store

/// Says when one of some files is changed, made, replaced or removed.
///
/// Their folders are watched, as editors and `approve` put a new file in the place of the old one. On network file systems
/// changes by other machines are not heard of.
struct FileChanges: ~Copyable {
    private let descriptor: Int32
    /// By watch: the names that count there, or all of them.
    private var names: [Int32: Set<String>?] = [:]

    /// How long nothing more must happen until it is said: a file is often written in several pieces.
    private static let pause: Int32 = 300

    /// - Throws: `SystemError` where the system watches no more files.
    init() throws {
        descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        guard descriptor >= 0 else { throw SystemError(path: "inotify") }
    }

    /// Watches these files and no others; what has happened before to those that were watched still counts.
    ///
    /// - Parameter paths: absolute; of a folder, every file in it counts.
    /// - Throws: `SystemError`.
    mutating func watch(_ paths: Set<String>) throws {
        var wanted: [String: Set<String>?] = [:]
        for path in paths {
            var url = URL(fileURLWithPath: path).standardizedFileURL
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue {
                wanted.updateValue(nil, forKey: url.path)
                continue
            }
            // Of a folder that is not there yet, the first that is will see it made.
            while access(url.deletingLastPathComponent().path, F_OK) != 0, url.path != "/" {
                url.deleteLastPathComponent()
            }
            let folder = url.deletingLastPathComponent().path
            if case .some(.none) = wanted[folder] { continue }
            wanted[folder] = (wanted[folder] ?? [])?.union([url.lastPathComponent])
        }
        let events = UInt32(IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)
        names = [:]
        for (folder, files) in wanted {
            let watch = inotify_add_watch(descriptor, folder, events)
            guard watch >= 0 else { throw SystemError(path: folder) }
            names.updateValue(files, forKey: watch)
        }
    }

    deinit { close(descriptor) }

    /// Waits for a change, and until the files have come to rest.
    ///
    /// - Parameter isOver: asked several times a second.
    /// - Returns: whether there was a change; not where it is over before.
    func wait(unless isOver: () -> Bool) -> Bool {
        var hasChanged = false
        while !isOver() {
            var events = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let count = poll(&events, 1, hasChanged ? Self.pause : 200)
            if count > 0 {
                if read() { hasChanged = true }
            } else if count == 0, hasChanged {
                return true
            }
        }
        return false
    }

    /// Takes what has happened.
    /// - Returns: whether some of it counts.
    private func read() -> Bool {
        var counts = false
        withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 8) { buffer in
            let length = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            var place = 0
            let head = MemoryLayout<inotify_event>.size
            while place + head <= length {
                let event = buffer.loadUnaligned(fromByteOffset: place, as: inotify_event.self)
                let nameLength = min(Int(event.len), length - place - head)
                let bytes = buffer[(place + head)..<(place + head + nameLength)].prefix { $0 != 0 }
                let name = String(decoding: bytes, as: UTF8.self)
                place += head + Int(event.len)
                // Too many at once, and some were lost: any may have been ours.
                if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { counts = true }
                if let names = names[event.wd], names?.contains(name) ?? !name.hasPrefix(".pulid-run-") {
                    counts = true
                }
            }
        }
        return counts
    }
}
