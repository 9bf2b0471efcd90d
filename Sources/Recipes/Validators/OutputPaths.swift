import Graph

/// Output names must stay inside the output folder, differ from each other on every file system, and end in an
/// extension that says how to write what goes into them.
final class OutputPaths {
    private static let longestName = 255
    private static let longestPath = 1024
    private static let tableExtensions = ["csv", "json"]

    private struct File {
        let path: String
        let location: SourceLocation
    }

    private let recipe: CompiledRecipe
    /// What is first written to each path, by the path in lower case: file systems that ignore case would take two for one.
    private var written: [String: File] = [:]

    init(recipe: CompiledRecipe) { self.recipe = recipe }

    /// The name at each cell of the output's axes with whether it is a table; nil when something was reported.
    ///
    /// - Parameter isReadable: whether it is known at which cells there is something to write; else what is said of the
    ///   names alone is checked.
    func check(_ output: CompiledOutput, isReadable: Bool) -> [(path: String, isTable: Bool)]? {
        let hasCells = isReadable && hasCells(output.axes)
        let names = names(of: output.name, source: output.source, over: hasCells ? output.axes : output.name.path.axes)
        return hasCells ? names : nil
    }

    /// The name of an output of which it is not known what goes into it.
    func check(_ name: OutputName) { _ = names(of: name, source: nil, over: name.path.axes) }

    private func hasCells(_ axes: AxisSet) -> Bool {
        !recipe.mentionsBrokenAxis(axes) && recipe.space.count(of: axes) != nil
    }

    private func names(of name: OutputName, source: Source?, over axes: AxisSet) -> [(path: String, isTable: Bool)]? {
        guard hasCells(axes) else {
            checkExtension(of: name, source: source)
            return nil
        }
        let table = recipe.space.table(of: axes)
        var result: [(path: String, isTable: Bool)] = []
        var kinds: [String: Bool] = [:]
        var taken = TakenPaths()
        var isValid = true
        var warned: Set<String> = []
        let mayBeEmpty = mayBeEmpty(name)
        result.reserveCapacity(table.count)
        written.reserveCapacity(written.count + table.count)
        for cell in 0..<table.count {
            let cell = SweepCell(space: recipe.space, table: table, index: cell)
            let path = name.path.value(at: cell).value.description
            if mayBeEmpty {
                let empty = EmptyInsertion.all(in: name, at: cell, scope: recipe.scope)
                if let nameless = empty.first(where: { $0.effect == .noName }) {
                    nameless.report(path, at: name.location, to: recipe.diagnostics)
                    return nil
                }
                for odd in empty where warned.insert(odd.name).inserted {
                    odd.report(path, at: name.location, to: recipe.diagnostics)
                }
            }
            if let problem = Self.problem(with: path) {
                recipe.diagnostics.error(problem.message, at: name.location, hint: problem.hint)
                return nil
            }
            if let source {
                let fileExtension = FilePath.fileExtension(of: path) ?? ""
                guard
                    let isTable = kinds[fileExtension]
                        ?? kind(of: fileExtension.lowercased(), path: path, at: name.location, source)
                else { return nil }
                kinds[fileExtension] = isTable
                result.append((path, isTable))
            }
            switch claim(path, for: name, besides: &taken) {
            case nil: break
            case .other(let other):
                if isValid { reportTwin(path, at: name.location, of: other) }
                isValid = false
            case .itself(let other):
                reportTwin(path, of: name, source: source, other: other, over: axes)
                return nil
            }
        }
        return isValid ? result : nil
    }

    /// Whether a value that the name inserts has no text.
    private func mayBeEmpty(_ name: OutputName) -> Bool {
        name.pieces.contains { piece in
            guard case .insertion(let name, _) = piece else { return false }
            if let axis = recipe.scope.axes[name.text] { return recipe.space.texts[axis].contains("") }
            return recipe.scope.params[name.text]?.value?.value.description.isEmpty == true
        }
    }

    /// Of a name whose axes could not be read, the end may still be known.
    private func checkExtension(of name: OutputName, source: Source?) {
        let path = name.path.written(recipe.space.axes).description
        guard let source, let fileExtension = FilePath.fileExtension(of: path), !fileExtension.contains("$"),
            !fileExtension.contains("}")
        else { return }
        _ = kind(of: fileExtension.lowercased(), path: path, at: name.location, source)
    }

    /// The paths of one output that another has, each with how the output itself first writes it.
    private typealias TakenPaths = [String: File]

    private enum Twin {
        case other(File)
        case itself(File)
    }

    /// Takes a path for an output.
    ///
    /// - Parameter taken: the paths of this output that another one had before.
    /// - Returns: who has it already; the output itself before another
    private func claim(_ path: String, for name: OutputName, besides taken: inout TakenPaths) -> Twin? {
        let key = Self.withoutCase(path)
        let own = File(path: path, location: name.location)
        guard let other = written[key] else {
            written[key] = own
            return nil
        }
        if other.location == own.location { return .itself(other) }
        return taken.updateValue(own, forKey: key).map(Twin.itself) ?? .other(other)
    }

    /// No output may lie in a folder that is itself a file written by another.
    func checkFolders() {
        var known: [String: (folder: String, file: File)?] = [:]
        var clashes: [(file: File, folder: String, other: File)] = []
        for file in written.values {
            let folder = FilePath.folder(of: file.path)
            let found = known[folder] ?? clash(with: folder)
            known[folder] = .some(found)
            if let found { clashes.append((file, found.folder, found.file)) }
        }
        for (file, folder, other) in clashes.sorted(by: { $0.file.path < $1.file.path }) {
            recipe.diagnostics.error(
                "\(code(file.path)) needs a folder \(code(folder)), but that is a file",
                at: file.location,
                notes: [Diagnostic.Note("\(code(other.path)) is written here", at: other.location)]
            )
        }
    }

    /// The folder, or the nearest around it, that is a file.
    private func clash(with folder: String) -> (folder: String, file: File)? {
        var folder = folder
        while !folder.isEmpty {
            if let file = written[Self.withoutCase(folder)] { return (folder, file) }
            folder = FilePath.folder(of: folder)
        }
        return nil
    }

    private static func withoutCase(_ path: String) -> String {
        let isLower = path.utf8.allSatisfy { $0 < 0x80 && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        return isLower ? path : path.lowercased()
    }

    /// Whether a name is plainly good: the common case, decided in one pass.
    private static func isPlain(_ path: String) -> Bool {
        guard path.utf8.count <= longestName else { return false }
        var previous = UInt8(ascii: "/")
        for byte in path.utf8 {
            let startsComponent = previous == UInt8(ascii: "/")
            if byte < 0x20 || byte > 0x7E || startsComponent && (byte == previous || byte == UInt8(ascii: ".")) {
                return false
            }
            previous = byte
        }
        return previous != UInt8(ascii: "/")
    }

    private static func problem(with path: String) -> (message: String, hint: String?)? {
        if isPlain(path) { return nil }
        let components = path.split(separator: "/", omittingEmptySubsequences: false)
        if path.hasPrefix("/") {
            return ("\(code(path)) is an absolute path", "outputs go below `--out`; write a relative path")
        }
        if components.contains("..") {
            return ("\(code(path)) points outside the output folder", "outputs go below `--out`")
        }
        if path.isEmpty || path.hasSuffix("/") || components.last == "." {
            return ("\(code(path)) does not name a file", "write a relative path such as `style/neon.png`")
        }
        if components.contains("") || components.contains(".") {
            let plain = components.filter { !$0.isEmpty && $0 != "." }.joined(separator: "/")
            return ("\(code(path)) is a roundabout way to name a file", "write \(code(plain))")
        }
        if path.unicodeScalars.contains(where: isControl) {
            return ("\(code(path)) contains a control character", nil)
        }
        if path.utf8.count > longestPath || components.contains(where: { $0.utf8.count > longestName }) {
            return (
                "the name is too long: \(path.utf8.count) bytes",
                "a name may have \(longestName) bytes, a whole path \(longestPath)"
            )
        }
        return nil
    }

    /// The extension without regard to case: `a.PNG` is written as `a.png` is.
    private static func format(of path: String) -> String { (FilePath.fileExtension(of: path) ?? "").lowercased() }

    /// Whether a file with this extension is a table; nil when the node's result cannot be written like that.
    private func kind(of fileExtension: String, path: String, at location: SourceLocation, _ source: Source) -> Bool? {
        let read = recipe.nodes[source.node]
        guard let artifact = read.schema?.output else { return nil }
        let canBeTable = !artifact.fields.isEmpty
        if source.gathers {
            if canBeTable, Self.tableExtensions.contains(fileExtension) { return true }
            let axes = insertions(of: read.axes).joined(separator: "-")
            let name = axes.isEmpty ? read.name : axes
            let own = artifact.extensions.first ?? "png"
            recipe.diagnostics.error(
                canBeTable
                    ? "a table cannot be written as \(code(path))"
                    : "\(noun(artifact.kind)) has no fields to make a table of",
                at: canBeTable ? location : source.location,
                hint: canBeTable
                    ? "name it .csv or .json" : "write a file for each: \"\(name).\(own)\": $\(read.name)"
            )
            return nil
        }
        if artifact.extensions.contains(fileExtension) { return false }
        if canBeTable, Self.tableExtensions.contains(fileExtension) { return true }
        let all =
            artifact.extensions + (canBeTable ? Self.tableExtensions.filter { !artifact.extensions.contains($0) } : [])
        recipe.diagnostics.error(
            all.isEmpty
                ? "\(noun(artifact.kind)), which \(code(read.name)) makes, cannot be written to a file"
                : "\(noun(artifact.kind)) cannot be written as \(code(path))",
            at: location,
            hint: all.isEmpty ? nil : "use \(enumeration(all.map { ".\($0)" }, "or"))"
        )
        return nil
    }

    /// `${style}` and its like, by which a name tells the values of axes apart; of a path only a part can be in a name.
    private func insertions(of axes: AxisSet) -> [String] {
        axes.indices.map { axis in
            let name = recipe.space.axes[axis].name
            let texts = recipe.space.texts[axis]
            guard texts.contains(where: Self.isPath) else { return "${\(name)}" }
            let stems = Set(texts.map { Self.withoutCase(FilePath.stem(of: $0)) })
            return stems.count == texts.count ? "${\(name).stem}" : "${\(name).index}"
        }
    }

    /// Whether a value names a file, by its folder or the letters of its extension.
    private static func isPath(_ text: String) -> Bool {
        text.contains("/")
            || FilePath.fileExtension(of: text).map { $0.count > 1 && $0.allSatisfy(\.isLetter) } ?? false
    }

    /// Two outputs have one path.
    private func reportTwin(_ path: String, at location: SourceLocation, of other: File) {
        recipe.diagnostics.error(
            path == other.path
                ? "\(code(path)) is written twice"
                : "\(code(path)) and \(code(other.path)) differ only in case, which some disks ignore",
            at: location,
            notes: [Diagnostic.Note("it is first written here", at: other.location)]
        )
    }

    /// Two cells of an output have one path.
    private func reportTwin(_ path: String, of name: OutputName, source: Source?, other: File, over axes: AxisSet) {
        guard recipe.space.isSound else { return }
        let missing = recipe.axisNames(axes - name.path.axes)
        guard let source, !missing.isEmpty else {
            recipe.diagnostics.error(
                path == other.path
                    ? "several cells are written to \(code(path))"
                    : "\(code(path)) and \(code(other.path)) differ only in case, which some disks ignore",
                at: name.location,
                hint: "put \(enumeration(recipe.axisNames(name.path.axes).map { "`${\($0).index}`" })) into the name"
            )
            return
        }
        let read = recipe.nodes[source.node]
        let isTable = Self.tableExtensions.contains(Self.format(of: path))
        let names = insertions(of: axes - name.path.axes).map { "`\($0)`" }
        recipe.diagnostics.error(
            "\(code(path)) is one file, but \(code(read.name)) has a result for each \(enumeration(missing))",
            at: name.location,
            hint: (isTable && read.schema?.output.fields.isEmpty == false
                ? "write `$\(read.name)[*]`, or put " : "put ")
                + "\(enumeration(names)) into the name"
        )
    }
}
