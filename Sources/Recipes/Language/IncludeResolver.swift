import Graph

/// Reads a recipe and all it includes, and merges them into one document. What a file includes comes before what it
/// declares itself; a file that several others include is read once.
final class IncludeResolver {
    private static let deepestInclude = 16
    private static let mostFiles = 64

    private let index: FileIndex
    private let diagnostics: DiagnosticCollector
    private(set) var sources = RecipeSources()

    private var merged = RecipeDocument()
    private var names: [String: (noun: String, location: SourceLocation)] = [:]
    /// The files being read, the outermost first, each with the place that includes it.
    private var open: [(path: String, place: SourceLocation?)] = []
    private var finished: Set<String> = []

    init(index: FileIndex, diagnostics: DiagnosticCollector) {
        self.index = index
        self.diagnostics = diagnostics
    }

    /// The merged document; nil when some file could not be read as YAML, which makes further checks pointless.
    func resolve(_ file: String) -> RecipeDocument? {
        let isComplete = add(file, written: file, below: index.files.workingFolder, includedAt: nil)
        return isComplete ? merged : nil
    }

    /// - Parameters:
    ///   - file: what locations call it.
    ///   - written: its path as the command line or an `include` gives it, relative to `folder`.
    private func add(_ file: String, written: String, below folder: String, includedAt place: SourceLocation?) -> Bool {
        let location = place ?? SourceLocation(file: file, line: 0, column: 0)
        guard let canonical = find(written, below: folder, at: location, isRoot: place == nil) else { return false }
        let path = FilePath.join(folder, written)
        if finished.contains(canonical) { return true }
        if let first = open.firstIndex(where: { $0.path == canonical }) {
            let loop = (open[first...].map(\.path) + [canonical]).map(FilePath.name)
            diagnostics.error(
                "recipes include each other in a circle: \(loop.joined(separator: " → "))",
                at: location,
                notes: open[(first + 1)...].compactMap { step in
                    step.place.map { Diagnostic.Note("\(code(FilePath.name(of: step.path))) is included here", at: $0) }
                }
            )
            return true
        }
        guard open.count < Self.deepestInclude, sources.texts.count < Self.mostFiles else {
            let limit = open.count < Self.deepestInclude ? "\(Self.mostFiles) files" : "\(Self.deepestInclude) deep"
            diagnostics.error("recipes include each other more than \(limit)", at: location)
            return true
        }
        let bytes: [UInt8]
        do {
            bytes = try index.files.read(path, limit: TextCheck.largestFile + 1)
        } catch {
            diagnostics.error("\(code(file)) cannot be read: \(error.reason)", at: location)
            return false
        }
        let source = SourceText(name: file, folder: FilePath.folder(of: path), bytes: bytes)
        sources.add(source)
        guard let root = SyntaxParser(source: source, diagnostics: diagnostics).parse() else { return false }
        let document = DocumentReader(diagnostics: diagnostics).read(root)

        open.append((canonical, place))
        defer { open.removeLast() }
        var isComplete = true
        for included in document.includedFiles {
            let name = FilePath.join(FilePath.folder(of: file), included.text)
            if !add(name, written: included.text, below: source.folder, includedAt: included.location) {
                isComplete = false
            }
        }
        merge(document, isRoot: place == nil)
        finished.insert(canonical)
        return isComplete
    }

    private func find(_ written: String, below folder: String, at location: SourceLocation, isRoot: Bool) -> String? {
        // Below a folder, no name would be the folder itself.
        guard !written.isEmpty else {
            diagnostics.error("the name of a recipe is empty", at: location)
            return nil
        }
        let path = FilePath.join(folder, written)
        switch index.kind(of: path) {
        case .file: return index.files.canonicalPath(path)
        case .folder: diagnostics.error("\(code(written)) is a folder, not a recipe", at: location)
        case .other: diagnostics.error("\(code(written)) is not a regular file", at: location)
        case nil:
            let match = index.nearMatch(to: written, in: folder, diagnostics: diagnostics)
            diagnostics.error(
                isRoot ? "there is no such file" : "there is no recipe \(code(written))",
                at: location,
                hint: match.map { "did you mean \(code($0))?" }
            )
        }
        return nil
    }

    private func merge(_ document: RecipeDocument, isRoot: Bool) {
        if isRoot {
            merged.name = document.name
            merged.description = document.description
        }
        merged.params += document.params.filter { isNew($0.name, "param") }
        merged.axes += document.axes.filter { isNew($0.name, "axis") }
        merged.nodes += document.nodes.filter { isNew($0.name, "node") }
        merged.outputs += document.outputs.filter { isNew($0.key, "output") }
        merged.zips += document.zips
        merged.includedCells += document.includedCells
        merged.excludedCells += document.excludedCells
        merged.expectations += document.expectations
    }

    /// Params and axes share `${name}`, and so share their names.
    private func isNew(_ name: Scalar, _ noun: String) -> Bool {
        let key = (noun == "axis" ? "param" : noun) + " " + name.text
        guard let first = names[key] else {
            names[key] = (noun, name.location)
            return true
        }
        let isClash = first.noun != noun
        diagnostics.error(
            isClash
                ? "\(code(name.text)) is both \(Recipes.noun(first.noun)) and \(Recipes.noun(noun))"
                : "the \(noun) \(code(name.text)) is defined twice",
            at: name.location,
            notes: [Diagnostic.Note("it is first defined here", at: first.location)],
            hint: isClash ? "rename one, for `${\(name.text)}` could mean either" : nil
        )
        return false
    }
}
