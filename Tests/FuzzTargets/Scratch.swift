import Foundation

/// A folder for one input, for readers that take a path.
struct Scratch {
    let path: String

    init() throws {
        let template = strdup("\(FileManager.default.temporaryDirectory.path)/fuzz-XXXXXX")
        defer { free(template) }
        guard let template, let made = mkdtemp(template) else {
            throw Contradiction(what: "no folder can be made for the input")
        }
        path = String(cString: made)
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

    func remove(_ names: [String]) {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}
