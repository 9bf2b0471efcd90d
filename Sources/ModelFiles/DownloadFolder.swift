import Foundation

/// A folder in which official files lie, at its top or in folders within it: as they were downloaded, or as other
/// programs keep them.
package struct DownloadFolder {
    package let path: String
    /// Files and folders, those nearer to the top first, then by name.
    private let entries: [(name: String, path: String)]

    private static let depth = 4
    private static let limit = 20_000

    package init(_ path: String) {
        self.path = path
        var entries: [(name: String, path: String)] = []
        var level = [path]
        for _ in 0..<Self.depth {
            let start = entries.count
            for folder in level where entries.count < Self.limit {
                let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
                entries += names.sorted().filter { !$0.hasPrefix(".") }.map { name in
                    let path = "\(folder)/\(name)"
                    guard let hub = HubFolder(path), let snapshot = hub.snapshot else {
                        return (Self.withoutModelScope(name), path)
                    }
                    return (hub.name, snapshot)
                }
            }
            level = entries[start...].map(\.path).filter(isFolder)
        }
        self.entries = entries
    }

    /// ModelScope's cache writes a dot as three underscores.
    private static func withoutModelScope(_ name: String) -> String { name.replacing("___", with: ".") }

    /// The first of the file's names that is there, at its place nearest to the top. A folder counts if it is an SDXL
    /// model in the layout of diffusers.
    package func find(_ file: OfficialFile) -> String? {
        for name in file.names {
            let found = entries.first { entry in
                entry.name == name && (!isFolder(entry.path) || isSDXLFolder(entry.path))
            }
            if let found { return found.path }
        }
        return file.ownName.map { "\(path)/\($0)" }.flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
    }

    /// What a portrait is made with and none of these folders has, each as messages say it; nothing where no folder of downloads
    /// is among them.
    package static func missing(in paths: [String]) -> [String] {
        let folders = paths.filter { isFolder($0) && !isSDXLFolder($0) && !isUNetFolder($0) }.map(DownloadFolder.init)
        guard !folders.isEmpty else { return [] }
        return OfficialFile.ofPortraits.filter { file in
            !folders.contains { $0.find(file) != nil }
        }.map(\.description)
    }
}
