import Graph

/// The values of axes that stand outside of the recipe: files of a folder, lines of a text, columns of a table.
///
///     photo: {files: "photos/*.jpg"}
///     text: {lines: prompts.txt}
///     name: {csv: people.csv, column: name}
final class ListedValues {
    /// Which of them a mapping asks for.
    enum Form: String, CaseIterable {
        case files, lines, csv
    }

    private static let largestFile = 16 << 20

    private let files: FileIndex
    private let diagnostics: DiagnosticCollector
    private(set) var sources: RecipeSources

    init(files: FileIndex, sources: RecipeSources, diagnostics: DiagnosticCollector) {
        self.files = files
        self.sources = sources
        self.diagnostics = diagnostics
    }

    private func folder(of origin: String) -> String { sources[origin]?.folder ?? files.files.workingFolder }

    private func start(_ origin: String) -> PathStart { PathStart(of: origin, sources: sources, files: files.files) }

    /// Whether a text names a file as seen from the folder that one is in.
    func isFileHere(_ text: String) -> Bool { files.kind(of: FilePath.join(files.files.workingFolder, text)) == .file }

    // MARK: - Files

    /// - Parameter patterns: one, or a list of them.
    func files(_ patterns: LocatedValue, axis: String) -> [LocatedValue]? {
        var items = [patterns]
        if case .list(let list) = patterns.content { items = list }
        var found: [LocatedValue] = []
        var seen: Set<String> = []
        var nearly: [(pattern: String, item: LocatedValue, names: [String])] = []
        for item in items {
            guard case .string(let pattern) = item.value, !pattern.isEmpty, !pattern.utf8.contains(0) else {
                diagnostics.error(
                    "`files` of the axis \(code(axis)) needs a pattern, but \(described(item.value))",
                    at: item.location,
                    notes: item.notes,
                    hint: "write `{files: \"photos/*.jpg\"}`"
                )
                return nil
            }
            guard let names = matches(of: pattern, item) else { return nil }
            nearly.append((pattern, item, names.inAnotherCase))
            for name in names.found where seen.insert(name).inserted {
                found.append(
                    LocatedValue(content: .scalar(.string(name)), location: item.location, origin: item.origin)
                )
            }
        }
        for (pattern, item, names) in nearly { warn(of: names.filter { !seen.contains($0) }, leftOutBy: pattern, item) }
        return found
    }

    /// `photos/*.jpg` and a camera that writes .JPG.
    private func warn(of names: [String], leftOutBy pattern: String, _ item: LocatedValue) {
        guard let first = names.first else { return }
        let others = names.count > 1 ? " and \(counted(names.count - 1, "other"))" : ""
        let written = first.split(separator: "/", omittingEmptySubsequences: false).last?.split(separator: ".").last
        let start = pattern.lastIndex(of: ".").map { pattern[..<$0] }
        diagnostics.warning(
            "\(code(pattern)) leaves out \(code(first))\(others), for capital and small letters count",
            at: item.location,
            notes: item.notes,
            hint: start.flatMap { start in
                written.map {
                    "write `{files: [\"\(printable(pattern, limit: 60))\", \"\(printable("\(start).\($0)", limit: 60))\"]}`"
                }
            }
        )
    }

    private func matches(of pattern: String, _ item: LocatedValue) -> FilePattern.Matches? {
        let folder = folder(of: item.origin)
        do {
            let names = try FilePattern(pattern).matches(in: folder, files)
            if !names.found.isEmpty, names.found.count <= AxisReader.mostValues { return names }
            if names.found.isEmpty {
                diagnostics.error(
                    "no file is called \(code(pattern))",
                    at: item.location,
                    notes: item.notes,
                    hint: start(item.origin).correction(of: pattern) {
                        (try? FilePattern(pattern).matches(in: $0, files))?.found.isEmpty == false
                    } ?? hint(forMissing: pattern, in: folder)
                )
                return nil
            }
        } catch {}
        diagnostics.error(
            "\(code(pattern)) finds more than \(AxisReader.mostValues) files",
            at: item.location,
            notes: item.notes
        )
        return nil
    }

    /// The folder that is misspelt, or what the folder holds instead.
    private func hint(forMissing pattern: String, in folder: String) -> String? {
        let components = pattern.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let fixed = components.prefix { !FilePattern.isPattern($0) }
        if fixed.count == components.count, files.kind(of: FilePath.join(folder, pattern)) == .folder {
            let name = pattern.hasSuffix("/") ? String(pattern.dropLast()) : pattern
            return "it is a folder: write `\(printable(name, limit: 60))/*`"
        }
        let start = fixed.joined(separator: "/")
        let rest = components.dropFirst(fixed.count).joined(separator: "/")
        if !start.isEmpty, files.kind(of: FilePath.join(folder, start)) == nil {
            return files.nearMatch(to: start, in: folder, diagnostics: diagnostics).map {
                "did you mean \(code(rest.isEmpty ? $0 : $0 + "/" + rest))?"
            } ?? "there is no folder \(code(start))"
        }
        let names = files.files.names(in: FilePath.join(folder, start))
        let kinds = Dictionary(grouping: names.compactMap(FilePath.fileExtension), by: \.self)
        guard let most = kinds.max(by: { ($0.value.count, $1.key) < ($1.value.count, $0.key) })?.key else { return nil }
        return "did you mean \(code((start.isEmpty ? "" : start + "/") + "*.\(most)"))?"
    }

    // MARK: - Lines

    /// The lines of a text, without those that are empty or begin with `#`, and without spaces around them.
    func lines(of file: LocatedValue, axis: String) -> [LocatedValue]? {
        guard let source = read(file, for: .lines) else { return nil }
        var values: [LocatedValue] = []
        for (number, line) in source.lines.enumerated() {
            let text = String(decoding: line, as: UTF8.self)
            let start = text.prefix { $0 == " " || $0 == "\t" }.unicodeScalars.count
            let trimmed = text.trimmingSpaces
            guard !trimmed.isEmpty, !trimmed.hasPrefix("#") else { continue }
            guard values.count < AxisReader.mostValues else { return tooLong(file) }
            values.append(
                LocatedValue(
                    content: .scalar(.string(trimmed)),
                    location: SourceLocation(
                        file: source.name,
                        line: number + 1,
                        column: start + 1,
                        length: trimmed.unicodeScalars.count
                    ),
                    origin: source.name
                )
            )
        }
        if values.isEmpty {
            diagnostics.error(
                "\(code(source.name)) has no line for the axis \(code(axis))",
                at: file.location,
                notes: file.notes,
                hint: "empty lines and those that begin with `#` do not count"
            )
            return nil
        }
        return values
    }

    // MARK: - Tables

    struct Column {
        let name: Scalar
        let values: [LocatedValue]
    }

    /// The columns of a table whose first row names them.
    func columns(of file: LocatedValue) -> [Column]? {
        guard let source = read(file, for: .csv) else { return nil }
        func location(_ field: CommaSeparatedTable.Field) -> SourceLocation {
            SourceLocation(
                file: source.name,
                line: field.line,
                column: field.column,
                length: max(1, field.text.unicodeScalars.count + (field.isQuoted ? 2 : 0))
            )
        }
        let table: CommaSeparatedTable
        do { table = try CommaSeparatedTable(String(decoding: source.bytes, as: UTF8.self)) } catch {
            switch error {
            case .openQuote(let line, let column):
                diagnostics.error(
                    "this quote is never closed",
                    at: SourceLocation(file: source.name, line: line, column: column)
                )
            case .afterQuote(let line, let column):
                diagnostics.error(
                    "after a quoted field comes a comma or the end of the line",
                    at: SourceLocation(file: source.name, line: line, column: column),
                    hint: "a quote within quotes is written twice: `\"\"`"
                )
            }
            return nil
        }
        guard let header = table.rows.first, table.rows.count > 1 else {
            diagnostics.error(
                "\(code(source.name)) has no rows",
                at: file.location,
                notes: file.notes,
                hint: "its first line names the columns, each other one is a row"
            )
            return nil
        }
        let rows = table.rows.dropFirst()
        guard rows.count <= AxisReader.mostValues else { return tooLong(file) }
        var isValid = true
        var names: [String: SourceLocation] = [:]
        for field in header {
            let name = field.text.trimmingSpaces
            if !isName(name) {
                diagnostics.error(
                    "\(code(name)) cannot name a column, for it becomes an axis",
                    at: location(field),
                    hint: header.count == 1 && name.contains { ";\t".contains($0) }
                        ? "separate the columns by commas" : "use letters, digits, `-` and `_`, and begin with a letter"
                )
                isValid = false
            } else if let first = names[name] {
                diagnostics.error(
                    "the column \(code(name)) is there twice",
                    at: location(field),
                    notes: [Diagnostic.Note("it is first written here", at: first)]
                )
                isValid = false
            }
            names[name] = location(field)
        }
        for row in rows where row.count != header.count {
            diagnostics.error(
                "this row has \(counted(row.count, "field")), the first line names \(counted(header.count, "column"))",
                at: location(row[0]),
                hint: row.count > header.count ? "put a text that holds commas into quotes" : nil
            )
            isValid = false
        }
        guard isValid else { return nil }
        return header.indices.map { place in
            // One text among numbers makes all of them text.
            let isPlain = rows.allSatisfy { row in
                guard !row[place].isQuoted else { return false }
                return switch PlainScalar.value(of: row[place].text.trimmingSpaces) {
                case .integer, .number, .bool: true
                default: false
                }
            }
            let values = rows.map { row in
                let text = row[place].isQuoted ? row[place].text : row[place].text.trimmingSpaces
                return LocatedValue(
                    content: .scalar(isPlain ? PlainScalar.value(of: text) : .string(text)),
                    location: location(row[place]),
                    origin: source.name
                )
            }
            let name = header[place].text.trimmingSpaces
            return Column(
                name: Scalar(text: name, isPlain: true, location: location(header[place]), textOffset: nil),
                values: values
            )
        }
    }

    // MARK: - Reading

    private func tooLong<Result>(_ file: LocatedValue) -> Result? {
        diagnostics.error(
            "\(code(file.value.description)) has more than \(AxisReader.mostValues) values",
            at: file.location,
            notes: file.notes
        )
        return nil
    }

    private func read(_ file: LocatedValue, for form: Form) -> SourceText? {
        guard case .string(let name) = file.value, !name.isEmpty, !name.utf8.contains(0) else {
            diagnostics.error(
                "`\(form)` needs the name of a file, but \(described(file.value))",
                at: file.location,
                notes: file.notes
            )
            return nil
        }
        let folder = folder(of: file.origin)
        let path = FilePath.join(folder, name)
        func refuse(_ message: String, hint: String? = nil) -> SourceText? {
            diagnostics.error(message, at: file.location, notes: file.notes, hint: hint)
            return nil
        }
        switch files.kind(of: path) {
        case .file: break
        case .folder: return refuse("\(code(name)) is a folder")
        case .other: return refuse("\(code(name)) is not a regular file")
        case nil:
            let correction = start(file.origin).correction(of: name) {
                files.kind(of: FilePath.join($0, name)) == .file
            }
            let match = files.nearMatch(to: name, in: folder, diagnostics: diagnostics)
            return refuse(
                "there is no file \(code(name))",
                hint: correction ?? match.map { "did you mean \(code($0))?" }
            )
        }
        let bytes: [UInt8]
        do { bytes = try files.files.read(path, limit: Self.largestFile + 1) } catch {
            return refuse("\(code(name)) cannot be read: \(error.reason)")
        }
        guard bytes.count <= Self.largestFile else { return refuse("\(code(name)) is larger than 16 MiB") }
        let source = SourceText(
            name: FilePath.join(FilePath.folder(of: sources[file.origin]?.name ?? ""), name),
            folder: FilePath.folder(of: path),
            bytes: bytes
        )
        sources.add(source)
        return TextCheck(source: source, noun: "file", diagnostics: diagnostics).isText() ? source : nil
    }
}

extension String {
    /// Without spaces and tabs at both ends.
    fileprivate var trimmingSpaces: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let rest = drop(while: isSpace)
        guard let last = rest.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(rest[...last])
    }
}
