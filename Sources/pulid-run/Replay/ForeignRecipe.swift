import Foundation
import Graph
import Imaging
import Recipes
import Runner
import Workflows

/// A recipe made of what another program wrote.
struct ForeignRecipe {
    let draft: RecipeDraft
    /// With the remarks as comments.
    let text: String

    /// More than any workflow takes.
    private static let mostBytes = 64 << 20

    /// - Throws: `ForeignRecipeError`; `ImportError`
    init(_ path: String, folder: String) throws {
        let bytes: [UInt8]
        do throws(FileReadingError) {
            bytes = try LocalFiles().read(path, limit: Self.mostBytes + 1)
        } catch {
            throw ForeignRecipeError.unreadable(path, error.reason)
        }
        guard bytes.count <= Self.mostBytes else { throw ForeignRecipeError.tooLarge(path) }
        let stem = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
        draft = try Self.draft(of: bytes, path, name: stem, folder: folder)
        let remarks = draft.remarks.map { "# - \(TerminalText($0).escaped())\n" }
        let head = "# Made of \(TerminalText((path as NSString).lastPathComponent).escaped()) by `pulid-run import`"
        text = head + (remarks.isEmpty ? ".\n" : ". Not as there:\n\(remarks.joined())") + draft.text
    }

    /// What the recipe names and is not there; nil where all is.
    func missingFiles(seenFrom folder: String) -> String? {
        let missing = draft.files.filter { file in
            let path = file.path.hasPrefix("/") ? file.path : "\(folder)/\(file.path)"
            return !FileManager.default.fileExists(atPath: path)
        }
        guard let first = missing.first else { return nil }
        let names = missing.map { "\($0.param) (\($0.path))" }.joined(separator: ", ")
        return
            "these files are not there, seen from the recipe: \(names); --from names the other program's folder, or give "
            + "each one to the run, as in `--set \(first.param)=FILE`"
            + (missing.contains { $0.param.hasPrefix("lora") } ? "; without a LoRA, delete it from `loras`" : "")
    }

    private static func draft(of bytes: [UInt8], _ path: String, name: String, folder: String) throws -> RecipeDraft {
        let texts = PictureTexts.read(from: Data(bytes))
        let isPicture =
            !texts.isEmpty || bytes.starts(with: [0x89, 0x50]) || bytes.starts(with: [0xFF, 0xD8])
            || bytes.starts(with: "RIFF".utf8)
        guard isPicture else {
            if let parameters = GenerationParameters(String(decoding: bytes, as: UTF8.self)) {
                return parameters.recipe(name: name, folder: folder)
            }
            let json: Value
            do throws(JSONProblem) {
                json = try Value.parsed(json: bytes)
            } catch {
                if path.hasSuffix(".yaml") || path.hasSuffix(".yml") { throw ForeignRecipeError.recipe(path) }
                throw ForeignRecipeError.notJSON(path, error)
            }
            guard let workflow = Workflow(json) else { throw ForeignRecipeError.noWorkflow(path) }
            return try WorkflowImport.recipe(of: workflow, name: name, folder: folder)
        }
        // The API's form says which setting is which; ComfyUI writes WebP's texts as make and model, with their names before.
        var workflows: [(name: String, text: String)] = []
        for (key, value) in texts {
            if ["prompt", "workflow"].contains(key) { workflows.append((key, value)) }
            for name in ["prompt", "workflow"]
            where ["make", "model"].contains(key) && value.lowercased().hasPrefix("\(name):") {
                workflows.append((name, String(value.dropFirst(name.count + 1))))
            }
        }
        for (_, text) in workflows.sorted(by: { $0.name < $1.name }) {
            if let json = try? Value.parsed(json: Array(text.utf8)), let workflow = Workflow(json) {
                return try WorkflowImport.recipe(of: workflow, name: name, folder: folder)
            }
        }
        for (key, value) in texts where ["parameters", "comment", "description"].contains(key) {
            if let parameters = GenerationParameters(value) { return parameters.recipe(name: name, folder: folder) }
        }
        throw ForeignRecipeError.saysNothing(path, texts.map(\.key))
    }
}

/// Why no recipe can be made of a file.
enum ForeignRecipeError: Error, CustomStringConvertible {
    case unreadable(String, String)
    case tooLarge(String)
    case notJSON(String, JSONProblem)
    case noWorkflow(String)
    case saysNothing(String, [String])
    case recipe(String)
    case exists(String)

    var description: String {
        switch self {
        case .unreadable(let path, let reason): "\(path): \(reason)"
        case .tooLarge(let path): "\(path) is larger than any workflow"
        case .notJSON(let path, let problem):
            "\(path):\(problem.line):\(problem.column): this is no JSON (\(TerminalText(problem.reason).escaped())), nor a "
                + "picture, nor a text of A1111's web UI, which ends in `Steps: ..., Sampler: ...`"
        case .noWorkflow(let path): "\(path) is JSON, but no workflow of ComfyUI"
        case .saysNothing(let path, let names):
            "\(path) carries no workflow and no parameters"
                + (names.isEmpty
                    ? ""
                    : "; its texts are \(names.prefix(8).map { TerminalText($0).escaped() }.joined(separator: ", "))")
        case .recipe(let path):
            "\(path) is a recipe already, or none of ComfyUI's files: `pulid-run \(path)` runs a recipe"
        case .exists(let path): "\(path) is there already: name another file, or replace it with --force"
        }
    }
}
