import Graph
import ModelFiles

extension DownloadFolder {
    /// One problem for all files that are missing here; nil if none is.
    func problem(_ parameter: String, missing files: [OfficialFile]) -> ParameterProblem? {
        guard !files.isEmpty else { return nil }
        let count = files.count == 1 ? "a file is" : "\(files.count) files are"
        return ParameterProblem(
            parameter,
            "\(count) missing in \(path) and its folders:\n"
                + files.map { "  \($0.description)" }.joined(separator: "\n"),
            hint:
                "put \(files.count == 1 ? "it" : "them") there under \(files.count == 1 ? "that name" : "these names"), "
                + "or name the folder where \(files.count == 1 ? "it is" : "they are")"
        )
    }
}

extension PathReference {
    /// The file itself, or what is found under its official name in the folder; nil if nothing is.
    func located(_ file: OfficialFile) -> String? {
        isFolder(path) ? DownloadFolder(withoutHubLayout(path)).find(file) : path
    }

    /// - Throws: `ModelFileError.missingFile` when the folder does not hold it
    func required(_ file: OfficialFile) throws -> String {
        guard let found = located(file) else {
            throw ModelFileError.missingFile(path: "\(path)/\(file.names[0])", purpose: file.purpose)
        }
        return found
    }
}
