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
    /// The recipe of this result alone (`ResultRecipe`); nil in pictures of older programs, and where it cannot be told.
    public let result: String?
    /// The digests of the files that it rests on, by their paths as seen from the recipe's folder.
    public let files: [String: String]
    /// By name: what it was computed with, such as the versions of nodes.
    public let tools: [String: String]

    /// - Parameter texts: those of the file, by their names
    /// - Returns: nil where one of them is missing or is not what this program writes
    public init?(texts: [String: String]) {
        func text(_ name: OutputMetadata.Name) -> String? { texts[name.full] }
        func map(_ name: OutputMetadata.Name) -> [String: String] {
            (text(name).flatMap { try? JSONDecoder().decode([String: String].self, from: Data($0.utf8)) }) ?? [:]
        }
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
        result = text(.result)
        files = map(.files)
        tools = map(.tools)
    }

    /// `latent` or `latent {"seed": 1}`.
    public var title: String { cell == "{}" ? node : "\(node) \(cell)" }

    /// The nodes of `result`, by name: their settings as recipes write them.
    public var nodes: [String: [String: Value]] {
        guard let result, case .map(let document)? = try? Value.parsed(json: Array(result.utf8)),
            case .map(let nodes)? = document["nodes"]
        else { return [:] }
        return nodes.compactMapValues { if case .map(let entries) = $0 { entries } else { nil } }
    }

    /// The recipe's file: as seen from the picture's folder, or from a folder around it, as outputs may lie in folders; and for a
    /// picture that was moved, as it lay in a folder around the picture, or around the one that the program runs in.
    ///
    /// - Parameters:
    ///   - picture: the file's path.
    ///   - working: the folder that the program runs in.
    /// - Returns: nil where no file is there
    public func recipeFile(
        near picture: String,
        working: String = FileManager.default.currentDirectoryPath
    ) -> String? {
        places(near: picture, working).first { file in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }

    /// Where the recipe would lie, judged by how many of its files are there.
    public func likelyRecipeFile(
        near picture: String,
        working: String = FileManager.default.currentDirectoryPath
    ) -> String {
        let places = places(near: picture, working)
        let missing = places.map { missingFiles(from: ($0 as NSString).deletingLastPathComponent).count }
        return missing.min().flatMap(missing.firstIndex).map { places[$0] } ?? recipe
    }

    /// Of the files that the picture rests on those that are not there.
    ///
    /// - Parameter folder: where the recipe lies
    public func missingFiles(from folder: String) -> [String] {
        files.keys.sorted().filter { path in
            let url = URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: folder, isDirectory: true))
            return !FileManager.default.fileExists(atPath: url.standardizedFileURL.path)
        }
    }

    private func places(near picture: String, _ working: String) -> [String] {
        let home = URL(fileURLWithPath: picture).standardizedFileURL.deletingLastPathComponent().path
        let outer = Self.andAround(home) + Self.andAround(working)
        // The way out of the output folder leads elsewhere from where the picture is now.
        let inner = recipe.split(separator: "/").drop { $0 == ".." }.joined(separator: "/")
        return Self.andAround(home).map { Self.joined($0, recipe) } + outer.map { Self.joined($0, inner) }
    }

    private static func joined(_ folder: String, _ path: String) -> String {
        URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: folder, isDirectory: true)).standardizedFileURL.path
    }

    /// A folder and those around it, the nearest first.
    private static func andAround(_ folder: String) -> [String] {
        var url = URL(fileURLWithPath: folder, isDirectory: true).standardizedFileURL
        return (0..<8).map { _ in
            defer { url.deleteLastPathComponent() }
            return url.path
        }
    }

    /// The recipe's graph with the picture for its only output.
    ///
    /// - Parameter name: the output's file
    /// - Returns: nil where the recipe has no such node at such a cell
    public func graph(of recipe: ExecutionGraph, writing name: String) -> ExecutionGraph? {
        let index = recipe.instances.firstIndex { $0.node == node && OutputMetadata.text(of: $0.cell) == cell }
        return index.map { recipe.writing($0, as: name) }
    }
}

extension ExecutionGraph {
    /// The graph of a recipe that a picture carries (`ResultRecipe`), whose only output goes to another file.
    public func writingItsPicture(as name: String) -> ExecutionGraph? {
        guard outputs.count == 1, case .artifact(let index) = outputs[0].source else { return nil }
        return writing(index, as: name)
    }

    /// The recipe of its only output, a picture, with paths as seen from a file of another folder.
    ///
    /// - Returns: nil where it cannot be told as a recipe
    public func recipeOfItsPicture(in file: String) -> Value? {
        guard outputs.count == 1, case .artifact(let index) = outputs[0].source else { return nil }
        return ResultRecipe(self, recipe: file).recipe(of: index, output: outputs[0].path)
    }

    fileprivate func writing(_ index: Int, as name: String) -> ExecutionGraph {
        ExecutionGraph(
            name: self.name,
            file: file,
            parameters: parameters,
            instances: instances,
            outputs: [Output(path: name, source: .artifact(index), location: instances[index].location)],
            expectations: []
        )
    }
}
