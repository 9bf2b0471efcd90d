import Foundation
import Graph
import Recipes
import Runner
import Workflows

extension PictureOrigin {
    /// The recipe that the picture carries, read where its recipe lay.
    ///
    /// - Parameters:
    ///   - picture: the picture's file
    ///   - folder: where its recipe lay; nil for where most of its files are
    ///   - name: the file that the recipe writes
    /// - Returns: with its file, which is not there
    /// - Throws: `ReplayError`; `RecipeError`
    func carried(
        by picture: String,
        from folder: String?,
        writing name: String
    ) throws -> (recipe: LoadedRecipe, graph: ExecutionGraph, file: String) {
        guard let text = result else { throw ReplayError.noRecipe(picture: picture, recipe: recipe) }
        let folder = folder ?? (likelyRecipeFile(near: picture) as NSString).deletingLastPathComponent
        let missing = missingFiles(from: folder)
        guard missing.isEmpty else { throw ReplayError.filesAreGone(picture: picture, folder: folder, missing) }
        let file = URL(fileURLWithPath: folder).standardizedFileURL.appendingPathComponent(name).path
        let files = RecipeText(path: file, bytes: Array(text.utf8))
        let loaded = try RecipeLoader(registry: Program.registry, files: files).load(file: file, settings: [])
        guard let graph = loaded.graph.writingItsPicture(as: name) else {
            throw ReplayError.noSuchNode(title: title, recipe: file)
        }
        return (loaded, graph, file)
    }
}

/// The recipe that a picture of this program carries, to be kept and changed as any other.
struct CarriedRecipe {
    let text: String

    /// - Parameters:
    ///   - picture: the picture's file
    ///   - folder: where its recipe lay; nil for where most of its files are
    ///   - destination: the folder that the recipe is for
    /// - Returns: nil for a file that is no picture, or does not say what made it
    /// - Throws: as `PictureOrigin.carried`
    init?(_ picture: String, from folder: String?, destination: String) throws {
        guard let origin = try? OriginalPicture.origin(of: picture) else { return nil }
        let name = (picture as NSString).lastPathComponent
        let graph = try origin.carried(by: picture, from: folder, writing: name).graph
        let file = URL(fileURLWithPath: destination, isDirectory: true).appendingPathComponent(name).path
        guard case .map(let document)? = graph.recipeOfItsPicture(in: file) else {
            throw ReplayError.noRecipe(picture: picture, recipe: origin.recipe)
        }
        var order: [String] = []
        for instance in graph.instances where !order.contains(instance.node) { order.append(instance.node) }
        let draft = RecipeDraft(document, name: (name as NSString).deletingPathExtension, order: order)
        text = "# Carried by \(TerminalText(name).escaped()).\n" + draft.text
    }
}
