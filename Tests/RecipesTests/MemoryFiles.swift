import Recipes

/// Files that exist only in a test, below `/project`, which is also the working folder.
struct MemoryFiles: RecipeFiles {
    /// By path relative to the working folder.
    var contents: [String: [UInt8]]

    init(_ texts: [String: String]) { contents = texts.mapValues { Array($0.utf8) } }

    var workingFolder: String { "/project" }

    /// Relative to the working folder, with `.` and `..` resolved; nil outside of it.
    private func resolve(_ path: String) -> String? {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        if parts.isEmpty { return nil }
        return parts.first == "project" ? parts.dropFirst().joined(separator: "/") : nil
    }

    func kind(of path: String) -> PathKind? {
        guard let path = resolve(path) else { return nil }
        if contents[path] != nil { return .file }
        return path.isEmpty || contents.keys.contains { $0.hasPrefix(path + "/") } ? .folder : nil
    }

    func names(in folder: String) -> [String] {
        guard let folder = resolve(folder) else { return [] }
        let prefix = folder.isEmpty ? "" : folder + "/"
        return Set(
            contents.keys.filter { $0.hasPrefix(prefix) }
                .compactMap { $0.dropFirst(prefix.count).split(separator: "/").first.map(String.init) }
        ).sorted()
    }

    func canonicalPath(_ path: String) -> String { resolve(path) ?? path }

    func read(_ path: String, limit: Int) throws(FileReadingError) -> [UInt8] {
        guard let path = resolve(path), let bytes = contents[path] else {
            throw FileReadingError(reason: "No such file or directory")
        }
        return Array(bytes.prefix(limit))
    }
}
