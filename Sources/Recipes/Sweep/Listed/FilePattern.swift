/// `photos/*.jpg`, `**/*.png`: names with `*`, `?` and `[a-z]`, and `**` for any number of folders, none included.
///
/// As in a shell, what begins with a dot is found only by a pattern that begins with one.
struct FilePattern {
    enum Problem: Error { case tooMany }

    /// As many folders and files as are looked at.
    static let mostNames = 1_000_000
    private static let deepest = 32

    private let components: [String]
    private let start: String

    /// - Parameter text: absolute, or from a folder.
    init(_ text: String) {
        start = text.hasPrefix("/") ? "/" : ""
        components = text.split(separator: "/").map(String.init).filter { $0 != "." }
    }

    static func isPattern(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }

    /// Files as the pattern writes them, in the order of their bytes.
    struct Matches {
        var found: [String]
        /// Those that would match if capital and small letters were the same.
        var inAnotherCase: [String]
    }

    /// - Throws: `Problem`.
    func matches(in folder: String, _ files: FileIndex) throws(Problem) -> Matches {
        var search = Search(folder: folder, files: files)
        try search.find(components[...], at: start, depth: 0)
        func sorted(_ names: Set<String>) -> [String] { names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
        return Matches(found: sorted(search.found), inAnotherCase: sorted(search.inAnotherCase))
    }

    private struct Search {
        let folder: String
        let files: FileIndex
        var found: Set<String> = []
        var inAnotherCase: Set<String> = []
        private var seen = 0
        /// Folders that `**` is going through: links may lead back to them.
        private var open: Set<String> = []

        init(folder: String, files: FileIndex) {
            self.folder = folder
            self.files = files
        }

        mutating func find(_ components: ArraySlice<String>, at path: String, depth: Int) throws(Problem) {
            guard let first = components.first else { return }
            let rest = components.dropFirst()
            if first == "**" { return try findBelow(rest.isEmpty ? ["*"] : rest, at: path, depth: depth) }
            guard FilePattern.isPattern(first) else { return try enter(first, rest, at: path, depth: depth) }
            for name in try names(at: path) {
                if NamePattern.matches(first, name) {
                    try enter(name, rest, at: path, depth: depth)
                } else if rest.isEmpty, NamePattern.matches(first.lowercased(), name.lowercased()) {
                    let next = FilePath.join(path, name)
                    if files.kind(of: FilePath.join(folder, next)) == .file { inAnotherCase.insert(next) }
                }
            }
        }

        private mutating func enter(
            _ name: String,
            _ rest: ArraySlice<String>,
            at path: String,
            depth: Int
        ) throws(Problem) {
            let next = FilePath.join(path, name)
            switch files.kind(of: FilePath.join(folder, next)) {
            case .file where rest.isEmpty: found.insert(next)
            case .folder where !rest.isEmpty: try find(rest, at: next, depth: depth)
            default: break
            }
        }

        private mutating func findBelow(
            _ rest: ArraySlice<String>,
            at path: String,
            depth: Int
        ) throws(Problem) {
            let canonical = files.files.canonicalPath(FilePath.join(folder, path))
            guard depth < FilePattern.deepest, open.insert(canonical).inserted else { return }
            defer { open.remove(canonical) }
            try find(rest, at: path, depth: depth)
            for name in try names(at: path) where !name.hasPrefix(".") {
                let next = FilePath.join(path, name)
                guard files.kind(of: FilePath.join(folder, next)) == .folder else { continue }
                try findBelow(rest, at: next, depth: depth + 1)
            }
        }

        private mutating func names(at path: String) throws(Problem) -> [String] {
            let names = files.files.names(in: FilePath.join(folder, path))
            seen += names.count
            guard seen <= FilePattern.mostNames else { throw .tooMany }
            return names
        }
    }
}

/// One name against one component of a pattern.
private enum NamePattern {
    static func matches(_ pattern: String, _ name: String) -> Bool {
        guard !name.hasPrefix(".") || pattern.hasPrefix(".") else { return false }
        return matches(Array(pattern.unicodeScalars)[...], Array(name.unicodeScalars)[...])
    }

    /// Goes back to the last `*` alone, so that no pattern takes long.
    private static func matches(_ pattern: ArraySlice<Unicode.Scalar>, _ name: ArraySlice<Unicode.Scalar>) -> Bool {
        var (pattern, name) = (pattern, name)
        var retry: (pattern: ArraySlice<Unicode.Scalar>, name: ArraySlice<Unicode.Scalar>)?
        while true {
            if pattern.first == "*" {
                pattern = pattern.dropFirst()
                retry = (pattern, name)
                continue
            }
            if let scalar = name.first, let rest = rest(of: pattern, after: scalar) {
                (pattern, name) = (rest, name.dropFirst())
                continue
            }
            if pattern.isEmpty, name.isEmpty { return true }
            guard let last = retry, !last.name.isEmpty else { return false }
            retry = (last.pattern, last.name.dropFirst())
            (pattern, name) = (last.pattern, last.name.dropFirst())
        }
    }

    /// What is left of a pattern once its first sign stands for a scalar; nil where it does not.
    private static func rest(
        of pattern: ArraySlice<Unicode.Scalar>,
        after scalar: Unicode.Scalar
    ) -> ArraySlice<Unicode.Scalar>? {
        guard let sign = pattern.first else { return nil }
        if sign == "?" { return pattern.dropFirst() }
        // `[]` that is never closed is a bracket.
        guard sign == "[", let end = pattern.dropFirst(2).firstIndex(of: "]") else {
            return sign == scalar ? pattern.dropFirst() : nil
        }
        var set = pattern[pattern.index(after: pattern.startIndex)..<end]
        let isNegated = set.first == "!" || set.first == "^"
        if isNegated { set = set.dropFirst() }
        var isIn = false
        while let low = set.first {
            set = set.dropFirst()
            if set.first == "-", let high = set.dropFirst().first {
                isIn = isIn || low <= scalar && scalar <= high
                set = set.dropFirst(2)
            } else {
                isIn = isIn || low == scalar
            }
        }
        return isIn == isNegated ? nil : pattern[pattern.index(after: end)...]
    }
}
