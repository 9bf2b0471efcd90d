import Checkpoints
import Tensors

/// Textual inversions by the names that prompts call them, ready for either encoder.
struct PromptEmbeddings: Sendable {
    /// The vectors of each name.
    let first: [String: [[Float]]]
    let second: [String: [[Float]]]

    var names: [String] { first.keys.sorted() }

    /// - Parameter widths: those of the two encoders
    /// - Throws: `CheckpointError`; `SDXLPromptError.embedding` for one of another model
    init(_ embeddings: [TextualInversion], widths: (first: Int, second: Int)) throws {
        var (first, second): ([String: [[Float]]], [String: [[Float]]]) = ([:], [:])
        for embedding in embeddings {
            let vectors = try embedding.vectors()
            for (encoder, found, width) in [(1, vectors.first, widths.first), (2, vectors.second, widths.second)] {
                guard found.shape[1] == width else {
                    throw SDXLPromptError.embedding(
                        name: embedding.name,
                        encoder: encoder,
                        width: found.shape[1],
                        expected: width,
                        file: embedding.source.name
                    )
                }
            }
            first[embedding.name] = Self.rows(vectors.first)
            second[embedding.name] = Self.rows(vectors.second)
        }
        (self.first, self.second) = (first, second)
    }

    private static func rows(_ x: Tensor) -> [[Float]] {
        let (values, width) = (x.values, x.shape[1])
        return (0..<x.shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }
    }
}

/// A word of a prompt that names a textual inversion, as in `embedding:style,`.
///
/// ComfyUI: comfy/sd1_clip.py::SDTokenizer._try_get_embedding: commas at its end are text; the file's ending may be named.
struct EmbeddingWord {
    static let marker = "embedding:"
    /// As the prompt has it, without commas.
    let name: String
    /// What follows the name.
    let rest: String

    /// nil for other words.
    init?(_ word: String) {
        guard word.hasPrefix(Self.marker) else { return nil }
        let named = word.dropFirst(Self.marker.count)
        let commas = named.reversed().prefix { $0 == "," }.count
        name = String(named.dropLast(commas))
        rest = String(repeating: ",", count: commas)
    }

    /// What it stands for; nil if nothing of that name is known.
    func vectors(in known: [String: [[Float]]]) -> [[Float]]? { names.lazy.compactMap { known[$0] }.first }

    /// What it may mean, the likelier first: its own name, and that without a file's ending.
    var names: [String] {
        let ending = [".safetensors", ".pt", ".bin"].first(where: name.hasSuffix)
        return [name] + (ending.map { [String(name.dropLast($0.count))] } ?? [])
    }
}
