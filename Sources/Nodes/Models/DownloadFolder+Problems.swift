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
