/// Finds files, and what was meant where one is not there. A folder is listed once, however many cells of a sweep ask.
final class FileIndex {
    let files: any RecipeFiles
    private var names: [String: [String]] = [:]

    init(_ files: any RecipeFiles) { self.files = files }

    func kind(of path: String) -> PathKind? { files.kind(of: path) }

    /// What the misspelt `path`, written below `folder`, most likely meant, as the recipe would write it: the first
    /// component that does not exist is compared with what is there.
    func nearMatch(to path: String, in folder: String, diagnostics: DiagnosticCollector) -> String? {
        let components = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        var parent = path.hasPrefix("/") ? "/" : folder
        for (i, component) in components.enumerated() where !component.isEmpty && component != "." {
            let next = FilePath.join(parent, component)
            if component == ".." || kind(of: next) != nil {
                parent = next
                continue
            }
            let siblings = names[parent] ?? files.names(in: parent)
            names[parent] = siblings
            guard let match = diagnostics.nearMatch(to: component, among: siblings) else { return nil }
            let corrected = (components[..<i] + [match] + components[(i + 1)...]).joined(separator: "/")
            return kind(of: FilePath.join(folder, corrected)) == nil ? nil : corrected
        }
        return nil
    }
}
