import Graph
import ModelFiles

/// A file or folder of a model as a recipe names it: where the files lie, also where that is huggingface_hub's cache.
struct ModelPath: ParameterType, Hashable {
    private let named: String
    /// The file, or the folder that holds the files.
    let path: String

    static var parameterForm: ParameterForm { PathReference.parameterForm }
    var parameterValue: Value { .string(named) }

    init(parameter value: Value) throws(ParameterMismatch) {
        named = try PathReference(parameter: value).path
        path = withoutHubLayout(named)
    }

    /// Of folders of which nothing says which revision is meant.
    static func problems(_ paths: [(parameter: String, path: ModelPath?)]) -> [ParameterProblem] {
        paths.compactMap { parameter, path in
            guard let path, let ambiguity = HubFolder(path.named)?.ambiguity else { return nil }
            return ParameterProblem(parameter, "\(path.named): \(ambiguity.message)", hint: ambiguity.hint)
        }
    }

    /// The file itself, or what is found under its official name in the folder; nil if nothing is.
    func located(_ file: OfficialFile) -> String? { isFolder(path) ? DownloadFolder(path).find(file) : path }

    /// - Throws: `ModelFileError.missingFile` when the folder does not hold it
    func required(_ file: OfficialFile) throws -> String {
        guard let found = located(file) else {
            throw ModelFileError.missingFile(path: "\(path)/\(file.names[0])", purpose: file.purpose)
        }
        return found
    }
}
