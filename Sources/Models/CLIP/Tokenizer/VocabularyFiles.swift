import Checkpoints
import Foundation

/// A byte-pair vocabulary as files hold it: `vocab.json` beside `merges.txt`, or both inside a `tokenizer.json`.
struct VocabularyFiles {
    /// The file that holds the vocabulary, for messages.
    private(set) var name: String
    private(set) var vocabulary: [String: Int] = [:]
    private(set) var merges: [BytePairEncoder.Pair: BytePairEncoder.Merge] = [:]
    /// Those that a `tokenizer.json` lists.
    private(set) var addedTokens: [AddedTokens.Token] = []

    /// CLIP's own vocabulary takes 1 MB, its tokenizer.json 4 MB.
    private static let sizeLimit = 64 << 20
    private static let idLimit = 1 << 24

    init(_ files: TokenizerFiles) throws {
        if files.contains("vocab.json") {
            name = files.path("vocab.json")
            try readVocabulary(merges: files.path("merges.txt"))
        } else if files.contains("tokenizer.json") {
            name = files.path("tokenizer.json")
            try readTokenizer()
        } else {
            throw TokenizerError.missingFile(folder: files.folder, tried: ["vocab.json", "tokenizer.json"])
        }
    }

    static func file(_ path: String) throws -> MappedFile {
        let file = try MappedFile(path: path)
        guard file.count <= sizeLimit else {
            throw TokenizerError.fileTooLarge(file: path, bytes: file.count, limit: sizeLimit)
        }
        return file
    }

    /// Reads a JSON file; `body` must read its one value.
    private static func scan(_ path: String, _ body: (inout JSONScanner) throws -> Void) throws {
        try file(path).withBytes { bytes in
            var scanner = JSONScanner(bytes)
            do {
                try body(&scanner)
                try scanner.end()
            } catch let fault as JSONFault {
                throw TokenizerError.malformed(file: path, reason: "\(fault.reason) at byte \(fault.offset)")
            }
        }
    }

    private static func checked(_ id: Int, of token: String, file: String) throws -> Int {
        if id < idLimit { return id }
        throw TokenizerError.malformed(file: file, reason: "the id \(id) of \"\(token)\" is too large")
    }

    // MARK: - vocab.json and merges.txt

    private mutating func readVocabulary(merges path: String) throws {
        var vocabulary: [String: Int] = [:]
        try Self.scan(name) { vocabulary = try Self.vocabulary(&$0, file: name) }
        self.vocabulary = vocabulary
        let lines = try Self.file(path).withBytes { bytes in
            bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Array($0) }
        }
        for (index, line) in lines.enumerated() {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...]
            if line.isEmpty || line.starts(with: "#version".utf8) { continue }
            let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            let tokens = parts.compactMap { String(validating: $0, as: UTF8.self) }
            if let reason = tokens.count == parts.count ? addMerge(tokens) : "it is not UTF-8" {
                throw TokenizerError.badMerge(file: path, line: index + 1, reason: reason)
            }
        }
    }

    private static func vocabulary(_ scanner: inout JSONScanner, file: String) throws -> [String: Int] {
        var vocabulary: [String: Int] = [:]
        try scanner.object { scanner, token in
            vocabulary[token] = try checked(scanner.unsigned(), of: token, file: file)
        }
        return vocabulary
    }

    /// - Returns: what is wrong with the merge, if anything
    private mutating func addMerge(_ parts: [String]) -> String? {
        guard parts.count == 2 else { return "it has \(parts.count) parts" }
        let (left, right) = (parts[0], parts[1])
        guard let leftID = vocabulary[left] else { return "the vocabulary lacks \(left)" }
        guard let rightID = vocabulary[right] else { return "the vocabulary lacks \(right)" }
        guard let id = vocabulary[left + right] else { return "the vocabulary lacks \(left + right)" }
        let pair = BytePairEncoder.Pair(left: leftID, right: rightID)
        let merge = BytePairEncoder.Merge(rank: merges.count, id: id)
        return merges.updateValue(merge, forKey: pair) == nil ? nil : "it comes twice"
    }

    // MARK: - tokenizer.json

    private mutating func readTokenizer() throws {
        var vocabulary: [String: Int] = [:]
        var pairs: [[String]] = []
        var added: [AddedTokens.Token] = []
        var type = "BPE"
        try Self.scan(name) { scanner in
            try scanner.object { scanner, key in
                switch key {
                case "added_tokens": try scanner.array { added.append(try Self.addedToken(&$0, file: name)) }
                case "model":
                    try scanner.object { scanner, key in
                        switch key {
                        case "type": type = try scanner.string()
                        case "vocab": vocabulary = try Self.vocabulary(&scanner, file: name)
                        case "merges": try scanner.array { pairs.append(try Self.merge(&$0)) }
                        default: try scanner.skipValue()
                        }
                    }
                default: try scanner.skipValue()
                }
            }
        }
        guard type == "BPE" else {
            throw TokenizerError.unsupported(file: name, feature: "a tokenizer of type \(type)")
        }
        self.vocabulary = vocabulary
        addedTokens = added
        for (index, pair) in pairs.enumerated() {
            guard let reason = addMerge(pair) else { continue }
            throw TokenizerError.malformed(file: name, reason: "merge \(index): \(reason)")
        }
    }

    /// A merge is an array of two tokens, or in older files a string with a space between them.
    private static func merge(_ scanner: inout JSONScanner) throws -> [String] {
        if scanner.nextIsArray() {
            var parts: [String] = []
            try scanner.array { parts.append(try $0.string()) }
            return parts
        }
        return try scanner.string().split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    }

    private static func addedToken(_ scanner: inout JSONScanner, file: String) throws -> AddedTokens.Token {
        var content = ""
        var id = 0
        var isNormalized = false
        try scanner.object { scanner, key in
            switch key {
            case "content": content = try scanner.string()
            case "id": id = try scanner.unsigned()
            case "normalized": isNormalized = try scanner.boolean()
            default: try scanner.skipValue()
            }
        }
        return AddedTokens.Token(
            content: content,
            id: try checked(id, of: content, file: file),
            isNormalized: isNormalized
        )
    }
}
