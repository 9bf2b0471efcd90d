import Foundation

/// Files for readers that take a path, written anew for each input.
final class Scratch: Sendable {
    static let shared = Scratch()

    let path: String

    private init() {
        path = NSTemporaryDirectory() + "fuzz-\(getpid())"
        mkdir(path, 0o700)
    }

    func write(_ bytes: [UInt8], as name: String) throws -> String {
        let file = "\(path)/\(name)"
        guard let stream = fopen(file, "w") else { throw Contradiction(what: "\(file) cannot be written") }
        defer { fclose(stream) }
        guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else {
            throw Contradiction(what: "\(file) cannot be written")
        }
        return file
    }
}
