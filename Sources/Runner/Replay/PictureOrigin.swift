import Foundation
import Graph

/// What a picture says of its own making, read back (`OutputMetadata`).
public struct PictureOrigin: Hashable, Sendable {
    /// The program that made it.
    public let version: String
    /// The recipe's file as seen from the output folder.
    public let recipe: String
    /// As for `--set`.
    public let settings: [String]
    public let node: String
    /// Its coordinates, as JSON.
    public let cell: String
    /// Of the result that the picture shows, in hexadecimal digits.
    public let key: String

    /// - Parameter texts: those of the file, by their names
    /// - Returns: nil where one of them is missing or is not what this program writes
    public init?(texts: [String: String]) {
        func text(_ name: OutputMetadata.Name) -> String? { texts[name.full] }
        guard let version = text(.version), let recipe = text(.file), let node = text(.node), let cell = text(.cell),
            let key = text(.key), let list = text(.settings),
            let settings = try? JSONDecoder().decode([String].self, from: Data(list.utf8))
        else { return nil }
        self.version = version
        self.recipe = recipe
        self.settings = settings
        self.node = node
        self.cell = cell
        self.key = key
    }

    /// `latent` or `latent {"seed": 1}`.
    public var title: String { cell == "{}" ? node : "\(node) \(cell)" }

    /// The recipe's file: as seen from the picture's folder, or from a folder around it, as outputs may lie in folders.
    ///
    /// - Parameter picture: the file's path
    /// - Returns: nil where no file is there
    public func recipeFile(near picture: String) -> String? {
        var folder = URL(fileURLWithPath: picture).standardizedFileURL.deletingLastPathComponent()
        for _ in 0..<8 {
            let file = folder.appendingPathComponent(recipe).standardizedFileURL.path
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), !isFolder.boolValue { return file }
            folder.deleteLastPathComponent()
        }
        return nil
    }

    /// The recipe's graph with the picture for its only output.
    ///
    /// - Parameter name: the output's file
    /// - Returns: nil where the recipe has no such node at such a cell
    public func graph(of recipe: ExecutionGraph, writing name: String) -> ExecutionGraph? {
        let index = recipe.instances.firstIndex { $0.node == node && OutputMetadata.text(of: $0.cell) == cell }
        guard let index else { return nil }
        return ExecutionGraph(
            name: recipe.name,
            file: recipe.file,
            parameters: recipe.parameters,
            instances: recipe.instances,
            outputs: [Output(path: name, source: .artifact(index), location: recipe.instances[index].location)],
            expectations: []
        )
    }
}
