import Foundation
import Graph

/// A folder in which official files lie, at its top or in folders within it: as they were downloaded, or as other
/// programs keep them.
struct DownloadFolder {
    let path: String
    /// Files and folders, those nearer to the top first, then by name.
    private let entries: [(name: String, path: String)]

    private static let depth = 4
    private static let limit = 20_000

    init(_ path: String) {
        self.path = path
        var entries: [(name: String, path: String)] = []
        var level = [path]
        for _ in 0..<Self.depth {
            let start = entries.count
            for folder in level where entries.count < Self.limit {
                let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
                entries += names.sorted().filter { !$0.hasPrefix(".") }.map { ($0, "\(folder)/\($0)") }
            }
            level = entries[start...].map(\.path).filter(isFolder)
        }
        self.entries = entries
    }

    /// The first of the file's names that is there, at its place nearest to the top. A folder counts if it is an SDXL
    /// model in the layout of diffusers.
    func find(_ file: OfficialFile) -> String? {
        for name in file.names {
            let found = entries.first { entry in
                entry.name == name && (!isFolder(entry.path) || isSDXLFolder(entry.path))
            }
            if let found { return found.path }
        }
        return file.ownName.map { "\(path)/\($0)" }.flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
    }

    /// One problem for all files that are missing here; nil if none is.
    func problem(_ parameter: String, missing files: [OfficialFile]) -> ParameterProblem? {
        guard !files.isEmpty else { return nil }
        let count = files.count == 1 ? "a file is" : "\(files.count) files are"
        return ParameterProblem(
            parameter,
            "\(count) missing in \(path) and its folders:\n"
                + files.map { "  \($0.description)" }.joined(separator: "\n"),
            hint:
                "put \(files.count == 1 ? "it" : "them") there under \(files.count == 1 ? "that name" : "these names"), "
                + "or name the folder where \(files.count == 1 ? "it is" : "they are")"
        )
    }
}

extension PathReference {
    /// The file itself, or what is found under its official name in the folder; nil if nothing is.
    func located(_ file: OfficialFile) -> String? { isFolder(path) ? DownloadFolder(path).find(file) : path }

    /// - Throws: `NodeError.missingFile` when the folder does not hold it
    func required(_ file: OfficialFile) throws -> String {
        guard let found = located(file) else {
            throw NodeError.missingFile(path: "\(path)/\(file.names[0])", purpose: file.purpose)
        }
        return found
    }
}
