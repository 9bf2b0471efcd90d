import Foundation
import Graph
import Store

/// What the accepted pictures of a recipe are made of: a file beside the recipe, written by `pulid-run approve` alone.
///
/// `portrait.yaml` has `portrait.lock`. For each baseline it holds one entry for each accepted picture: its file, if the
/// picture has one, its value's digest, the numerics class that made it, and the nodes behind it (`NodeTrace`), of which
/// those that cells share are held once.
public struct BaselineLock: Equatable, Sendable {
    /// One accepted picture.
    public struct Entry: Equatable, Sendable {
        /// As seen from the recipe's folder; nil where the picture is in the cache alone.
        public var file: String?
        /// The picture, as the cache knows it.
        public var picture: Digest
        /// What may decide bits beside the recipe.
        public var numerics: String
        /// The nodes behind the picture, in the graph's order; itself the last.
        public var traces: [NodeTrace]

        public init(file: String?, picture: Digest, numerics: String, traces: [NodeTrace]) {
            self.file = file
            self.picture = picture
            self.numerics = numerics
            self.traces = traces
        }
    }

    /// The recipe's name.
    public let recipe: String
    /// By the baseline's path as the recipe gives it, seen from the recipe's folder.
    public var entries: [String: [Entry]]

    public init(recipe: String, entries: [String: [Entry]] = [:]) {
        self.recipe = recipe
        self.entries = entries
    }

    // MARK: - Where it is

    /// `recipes/portrait.lock`
    public static func path(for recipeFile: String) -> String {
        (recipeFile as NSString).deletingPathExtension + ".lock"
    }

    /// A file's path as seen from the recipe's folder.
    public static func relative(_ path: String, to recipeFile: String) -> String {
        let folder = URL(fileURLWithPath: recipeFile).standardizedFileURL.deletingLastPathComponent().pathComponents
        let file = URL(fileURLWithPath: path).standardizedFileURL.pathComponents
        let common = zip(folder, file).prefix { $0 == $1 }.count
        return (Array(repeating: "..", count: folder.count - common) + file[common...]).joined(separator: "/")
    }

    /// The path of a file that a lock file names.
    public static func absolute(_ relative: String, from recipeFile: String) -> String {
        URL(fileURLWithPath: recipeFile).standardizedFileURL.deletingLastPathComponent()
            .appendingPathComponent(relative).standardizedFileURL.path
    }

    // MARK: - Reading and writing

    private static let format = 1
    private static let largest = 64 << 20

    /// - Parameter graph: the recipe
    /// - Returns: nil where there is none.
    /// - Throws: `BaselineLockError`.
    public static func read(for graph: ExecutionGraph) throws(BaselineLockError) -> BaselineLock? {
        let path = path(for: graph.file)
        guard access(path, F_OK) == 0 || errno != ENOENT else { return nil }
        guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: largest + 1),
            data.count <= largest
        else { throw .unreadable(path: path, recipe: graph.file) }
        let lock = try BaselineLock(json: data, path: path, recipe: graph.file)
        guard lock.recipe == graph.name else {
            throw .otherRecipe(path: path, found: lock.recipe, expected: graph.name, recipe: graph.file)
        }
        return lock
    }

    /// Writes the file beside the recipe, whole or not at all; not at all where it is as it should be.
    ///
    /// - Throws: what `WholeFile` throws.
    public func write(for recipeFile: String) throws {
        let path = Self.path(for: recipeFile)
        let text = json
        if let found = FileManager.default.contents(atPath: path), found == Data(text.utf8) { return }
        _ = try WholeFile(path).replace(with: Array(text.utf8), isDurable: true)
    }

    /// Keys in their order, each entry's nodes by the digests of what they hold.
    var json: String {
        var nodes: [String: Value] = [:]
        let baselines = entries.mapValues { entries in
            Value.list(
                entries.map { entry in
                    var ids: [Value] = []
                    for trace in entry.traces {
                        let value = Self.value(of: trace)
                        let id = Digest(of: Array(value.json.utf8)).short
                        nodes[id] = value
                        ids.append(.string(id))
                    }
                    return .map([
                        "file": entry.file.map { .string($0) } ?? .null, "picture": .string(entry.picture.hex),
                        "numerics": .string(entry.numerics), "nodes": .list(ids),
                    ])
                }
            )
        }
        var content: [String: Value] = [
            "format": .integer(Int128(Self.format)), "recipe": .string(recipe), "nodes": .map(nodes),
            "baselines": .map(baselines),
        ]
        content["seal"] = .string(Self.seal(of: content))
        return Value.map(content).prettyJSON() + "\n"
    }

    private static func value(of trace: NodeTrace) -> Value {
        .map([
            "title": .string(trace.title), "node": .string(trace.node), "value": .string(trace.value.hex),
            "parts": .map(trace.parts.mapValues { .string($0) }),
        ])
    }

    private static func seal(of content: [String: Value]) -> String {
        Digest(of: Array(Value.map(content).json.utf8)).hex
    }

    init(json data: Data, path: String, recipe file: String) throws(BaselineLockError) {
        guard let content = (try? JSONDecoder().decode(JSONText.self, from: data))?.value, case .map(var map) = content,
            case .string(let seal)? = map.removeValue(forKey: "seal"), case .string(let name)? = map["recipe"],
            case .integer(let format)? = map["format"], case .map(let nodes)? = map["nodes"],
            case .map(let baselines)? = map["baselines"]
        else { throw .damaged(path: path, recipe: file) }
        guard format == Self.format else { throw .otherFormat(path: path, found: Int(clamping: format), recipe: file) }
        guard seal == Self.seal(of: map) else { throw .edited(path: path, recipe: file) }
        var traces: [String: NodeTrace] = [:]
        for (id, node) in nodes {
            guard let trace = NodeTrace(node) else { throw .damaged(path: path, recipe: file) }
            traces[id] = trace
        }
        var entries: [String: [Entry]] = [:]
        for (key, list) in baselines {
            guard case .list(let items) = list else { throw .damaged(path: path, recipe: file) }
            for item in items {
                guard let entry = Entry(item, traces) else { throw .damaged(path: path, recipe: file) }
                entries[key, default: []].append(entry)
            }
        }
        self.init(recipe: name, entries: entries)
    }
}

extension BaselineLock.Entry {
    fileprivate init?(_ value: Value, _ traces: [String: NodeTrace]) {
        guard case .map(let map) = value, case .string(let hex)? = map["picture"], let picture = Digest(hex: hex),
            case .string(let numerics)? = map["numerics"], case .list(let ids)? = map["nodes"]
        else { return nil }
        let found = ids.compactMap { id in if case .string(let id) = id { traces[id] } else { nil } }
        guard found.count == ids.count else { return nil }
        var file: String?
        if case .string(let path)? = map["file"] { file = path }
        self.init(file: file, picture: picture, numerics: numerics, traces: found)
    }
}

extension NodeTrace {
    fileprivate init?(_ value: Value) {
        guard case .map(let map) = value, case .string(let title)? = map["title"], case .string(let node)? = map["node"],
            case .string(let hex)? = map["value"], let digest = Digest(hex: hex), case .map(let parts)? = map["parts"]
        else { return nil }
        var texts: [String: String] = [:]
        for (name, part) in parts {
            guard case .string(let text) = part else { return nil }
            texts[name] = text
        }
        self.init(title: title, node: node, parts: texts, value: digest)
    }
}

/// JSON without numbers that are not whole.
private struct JSONText: Decodable {
    let value: Value

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            value = .null
        } else if let text = try? container.decode(String.self) {
            value = .string(text)
        } else if let number = try? container.decode(Int.self) {
            value = .integer(Int128(number))
        } else if let list = try? container.decode([JSONText].self) {
            value = .list(list.map(\.value))
        } else {
            value = .map(try container.decode([String: JSONText].self).mapValues(\.value))
        }
    }
}
