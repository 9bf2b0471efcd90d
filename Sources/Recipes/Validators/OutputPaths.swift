import Graph

/// Output names must stay inside the output folder, differ from each other on every file system, and end in an
/// extension that says how to write what goes into them.
final class OutputPaths {
    private static let longestName = 255
    private static let longestPath = 1024
    private static let tableExtensions = ["csv", "json"]

    private let recipe: CompiledRecipe
    private var written: [(path: String, location: SourceLocation)] = []
    /// Indices into `written` by the path in lower case: file systems that ignore case would take two for one.
    private var indices: [String: Int32] = [:]

    init(recipe: CompiledRecipe) { self.recipe = recipe }

    /// The name at each cell of the output's axes with whether it is a table; nil when something was reported.
    func check(_ output: CompiledOutput) -> [(path: String, isTable: Bool)]? {
        guard !recipe.mentionsBrokenAxis(output.axes), recipe.space.count(of: output.axes) != nil else { return nil }
        // Of a node that is wrong itself, only the name can be checked.
        let isReadable = !recipe.nodes[output.source.node].isBroken
        let axes = isReadable ? output.axes : output.path.axes
        let table = recipe.space.table(of: axes)
        var result: [(path: String, isTable: Bool)] = []
        var kinds: [String: Bool] = [:]
        if isReadable { reserve(table.count, in: &result) }
        for cell in 0..<table.count {
            let path = output.path.value(at: SweepCell(space: recipe.space, table: table, index: cell)).value
                .description
            if let problem = Self.problem(with: path) {
                recipe.diagnostics.error(problem.message, at: output.location, hint: problem.hint)
                return nil
            }
            guard isReadable else { continue }
            let fileExtension = FilePath.fileExtension(of: path) ?? ""
            guard
                let isTable = kinds[fileExtension]
                    ?? kind(of: fileExtension.lowercased(), path: path, output)
            else { return nil }
            kinds[fileExtension] = isTable
            if let other = indices.updateValue(Int32(written.count), forKey: Self.withoutCase(path)) {
                reportTwin(path, output, other: written[Int(other)])
                return nil
            }
            written.append((path, output.location))
            result.append((path, isTable))
        }
        return isReadable ? result : nil
    }

    private func reserve(_ count: Int, in result: inout [(path: String, isTable: Bool)]) {
        result.reserveCapacity(count)
        written.reserveCapacity(written.count + count)
        indices.reserveCapacity(indices.count + count)
    }

    /// No output may lie in a folder that is itself a file written by another.
    func checkFolders() {
        var clashes: [(path: String, location: SourceLocation, folder: String, file: Int)] = []
        var last: (folder: String, clash: (folder: String, file: Int)?) = ("", nil)
        for (path, location) in written {
            let folder = FilePath.folder(of: path)
            if folder != last.folder { last = (folder, clash(with: folder)) }
            if let clash = last.clash { clashes.append((path, location, clash.folder, clash.file)) }
        }
        for (path, location, folder, file) in clashes.sorted(by: { $0.path < $1.path }) {
            recipe.diagnostics.error(
                "\(code(path)) needs a folder \(code(folder)), but that is a file",
                at: location,
                notes: [Diagnostic.Note("\(code(written[file].path)) is written here", at: written[file].location)]
            )
        }
    }

    /// The folder, or the nearest around it, that is a file.
    private func clash(with folder: String) -> (folder: String, file: Int)? {
        var folder = folder
        while !folder.isEmpty {
            if let file = indices[Self.withoutCase(folder)] { return (folder, Int(file)) }
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
        if components.contains("") || components.contains(".") {
            return ("\(code(path)) does not name a file", "write a relative path such as `style/neon.png`")
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
    private func kind(of fileExtension: String, path: String, _ output: CompiledOutput) -> Bool? {
        let read = recipe.nodes[output.source.node]
        guard let artifact = read.schema?.output else { return nil }
        let canBeTable = !artifact.fields.isEmpty
        if output.source.gathers {
            if canBeTable, Self.tableExtensions.contains(fileExtension) { return true }
            let axes = recipe.axisNames(read.axes).map { "${\($0)}" }.joined(separator: "-")
            let own = artifact.extensions.first ?? "png"
            recipe.diagnostics.error(
                canBeTable
                    ? "a table cannot be written as \(code(path))"
                    : "\(noun(artifact.kind)) has no fields to make a table of",
                at: canBeTable ? output.location : output.source.location,
                hint: canBeTable
                    ? "name it .csv or .json" : "write a file for each: \"\(axes).\(own)\": $\(read.name)"
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
            at: output.location,
            hint: all.isEmpty ? nil : "use \(enumeration(all.map { ".\($0)" }, "or"))"
        )
        return nil
    }

    private func reportTwin(_ path: String, _ output: CompiledOutput, other: (path: String, location: SourceLocation)) {
        guard other.location == output.location else {
            recipe.diagnostics.error(
                path == other.path
                    ? "\(code(path)) is written twice"
                    : "\(code(path)) and \(code(other.path)) differ only in case, which some disks ignore",
                at: output.location,
                notes: [Diagnostic.Note("it is first written here", at: other.location)]
            )
            return
        }
        let missing = recipe.axisNames(output.axes - output.path.axes)
        guard !missing.isEmpty else {
            recipe.diagnostics.error(
                path == other.path
                    ? "several cells are written to \(code(path))"
                    : "\(code(path)) and \(code(other.path)) differ only in case, which some disks ignore",
                at: output.location,
                hint: "put \(enumeration(recipe.axisNames(output.path.axes).map { "`${\($0).index}`" })) into the name"
            )
            return
        }
        let read = recipe.nodes[output.source.node]
        let isTable = Self.tableExtensions.contains(Self.format(of: path))
        let names = missing.map { "`${\($0)}`" }
        recipe.diagnostics.error(
            "\(code(path)) is one file, but \(code(read.name)) has a result for each \(enumeration(missing))",
            at: output.location,
            hint: (isTable && read.schema?.output.fields.isEmpty == false
                ? "write `$\(read.name)[*]`, or put " : "put ")
                + "\(enumeration(names)) into the name"
        )
    }
}
