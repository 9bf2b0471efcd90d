import EngineTestSupport
import Graph
import Workflows

/// A workflow of ComfyUI, in either of its forms: what is made of it is YAML, whatever it holds.
func readWorkflow(_ bytes: [UInt8]) throws {
    let json: Value
    do throws(JSONProblem) { json = try Value.parsed(json: bytes) } catch { return }
    guard let workflow = Workflow(json) else { return }
    do { try check(WorkflowImport.recipe(of: workflow, name: "w", folder: ".")) } catch is ImportError {}
}

/// The parameters that A1111's web UI writes into pictures.
func readParameters(_ bytes: [UInt8]) throws {
    guard let parameters = GenerationParameters(String(decoding: bytes, as: UTF8.self)) else { return }
    try check(parameters.recipe(name: "p", folder: "web ui"))
}

private func check(_ draft: RecipeDraft) throws {
    guard let document = try? YAMLDocument(draft.text), let recipe = document.json as? [String: Any] else {
        throw Contradiction(what: "a recipe that is no YAML: \(draft.text)")
    }
    try require(recipe["nodes"] is [String: Any] && recipe["outputs"] is [String: Any], "a recipe without nodes")
}
