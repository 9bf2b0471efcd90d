/// Paths as text: nothing here looks at the disk.
enum FilePath {
    /// `path` itself if it is absolute, else below `folder`; leading `./` are dropped.
    static func join(_ folder: String, _ path: String) -> String {
        guard path.utf8.first == UInt8(ascii: ".") || path.utf8.first == UInt8(ascii: "/") || folder.isEmpty else {
            if path.isEmpty { return folder }
            return folder.utf8.last == UInt8(ascii: "/") ? folder + path : "\(folder)/\(path)"
        }
        var path = Substring(path)
        while path.hasPrefix("./") {
            path = path.dropFirst(2)
            while path.hasPrefix("/") { path = path.dropFirst() }
        }
        if path.hasPrefix("/") || folder.isEmpty { return String(path) }
        if path.isEmpty || path == "." { return folder }
        return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
    }

    /// An absolute path as seen from an absolute folder.
    static func relative(_ path: String, to folder: String) -> String {
        func components(_ path: String) -> [Substring] {
            path.split(separator: "/").reduce(into: []) { found, next in
                if next == "..", !found.isEmpty { found.removeLast() } else if next != "." { found.append(next) }
            }
        }
        let (there, from) = (components(path), components(folder))
        let common = zip(there, from).prefix { $0 == $1 }.count
        return (Array(repeating: "..", count: from.count - common) + there.dropFirst(common)).joined(separator: "/")
    }

    /// All but the last component, as `join` takes it: "recipes" for "recipes/a.yaml", nothing for "a.yaml".
    static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last component.
    static func name(of path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
    }

    /// What follows the name's last dot; nil where there is no dot, or only a leading one.
    static func fileExtension(of path: String) -> String? {
        let start = path.utf8.lastIndex(of: UInt8(ascii: "/")).map(path.utf8.index(after:)) ?? path.startIndex
        guard let dot = path.utf8[start...].lastIndex(of: UInt8(ascii: ".")), dot != start else { return nil }
        return String(path[path.utf8.index(after: dot)...])
    }

    /// The name without its extension.
    static func stem(of path: String) -> String {
        let name = name(of: path)
        guard let fileExtension = fileExtension(of: path) else { return name }
        return String(name.utf8.dropLast(fileExtension.utf8.count + 1)) ?? name
    }
}
