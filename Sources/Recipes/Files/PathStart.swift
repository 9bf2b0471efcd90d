/// From which folder a path starts, for hints: the folder of the file that it is written in; for one given by `--set`, and for a
/// recipe of the standard input, the folder that one is in.
struct PathStart {
    private let files: any RecipeFiles
    private let sources: RecipeSources
    /// The file that the path is written in, or what `--set` gives.
    private let origin: String

    init(of origin: String, sources: RecipeSources, files: any RecipeFiles) {
        self.origin = origin
        self.sources = sources
        self.files = files
    }

    private var source: SourceText? { sources[origin] }
    private var here: String { files.workingFolder }

    /// For a relative path that leads nowhere: how it is to be written where it would lead somewhere from the other folder.
    ///
    /// - Parameter isFound: whether it leads somewhere from a folder.
    func correction(of path: String, isFound: (_ folder: String) -> Bool) -> String? {
        guard !path.isEmpty, !path.hasPrefix("/"), !path.hasPrefix("~") else { return nil }
        guard let source else {
            let folders = sources.texts.values.filter { $0.folder != here }.map(\.folder).sorted()
            guard let folder = folders.first(where: isFound) else { return nil }
            let there = FilePath.relative(FilePath.join(folder, path), to: here)
            return "a path given by --set starts from the folder you are in: from there it is \(code(there))"
        }
        guard source.folder != here, isFound(here) else { return nil }
        let there = FilePath.relative(FilePath.join(here, path), to: source.folder)
        return "\(text): from there it is \(code(there))"
    }

    /// The rule, for a path of which no more is known.
    var text: String {
        guard let source, source.folder != here else { return "the path starts from the folder you are in" }
        return "the path starts from \(code(FilePath.folder(of: origin) + "/"))"
    }
}
