/// What a file that is not the expected kind looks like, told from its first bytes.
public enum FileKind: Hashable, Sendable {
    case empty
    case zip
    case pickle
    case json
    case html
    case gitLFSPointer
    case gzip
    case gguf
    case hdf5
    case picture
    /// Nothing but zero bytes at its start: space that was reserved and not written.
    case zeros
    /// Words, such as a server's error message.
    case text(beginning: String)
    case unknown

    public init(_ bytes: UnsafeRawBufferPointer) {
        let start = Array(bytes.prefix(512))
        func begins(_ magic: [UInt8]) -> Bool { start.starts(with: magic) }
        func begins(_ text: String) -> Bool { start.starts(with: text.utf8) }

        if start.isEmpty {
            self = .empty
        } else if begins("PK\u{3}\u{4}") || begins("PK\u{5}\u{6}") {
            self = .zip
        } else if start.count > 1, start[0] == 0x80, (2...5).contains(start[1]), !Self.isSafetensors(start) {
            self = .pickle
        } else if begins("version https://git-lfs") {
            self = .gitLFSPointer
        } else if begins([0x1f, 0x8b]) {
            self = .gzip
        } else if begins("GGUF") {
            self = .gguf
        } else if begins([0x89] + Array("HDF".utf8)) {
            self = .hdf5
        } else if begins([0x89] + Array("PNG".utf8)) || begins([0xff, 0xd8, 0xff]) || begins("GIF8") || begins("RIFF")
            || start.dropFirst(4).starts(with: "ftyp".utf8)
        {
            self = .picture
        } else if start.allSatisfy({ $0 == 0 }) {
            self = .zeros
        } else {
            self = FileKind(text: start)
        }
    }

    /// The length of a header below 4 GB, and the brace that it begins with: lengths such as 640 begin as a pickle does.
    private static func isSafetensors(_ start: [UInt8]) -> Bool {
        start.count > 8 && start[4..<8].allSatisfy { $0 == 0 } && start[8] == UInt8(ascii: "{")
    }

    private init(text start: [UInt8]) {
        let isText = start.allSatisfy { $0 >= 0x20 && $0 != 0x7f || (9...13).contains($0) }
        let visible = start.drop { $0 == 0x20 || (9...13).contains($0) }
        guard isText, let first = visible.first else {
            self = .unknown
            return
        }
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["): self = .json
        case UInt8(ascii: "<"): self = .html
        case 0x20..<0x7f:
            let line = visible.prefix { (0x20..<0x7f).contains($0) }
            self = .text(beginning: String(decoding: line.prefix(60), as: UTF8.self))
        default: self = .unknown
        }
    }
}

extension FileKind: CustomStringConvertible {
    /// Follows "this is ".
    public var description: String {
        switch self {
        case .empty: "an empty file"
        case .zip: "a zip archive, probably PyTorch's (.bin, .pt, .ckpt)"
        case .pickle: "a Python pickle, probably PyTorch's old format"
        case .json: "JSON text, perhaps an index or a server's error message"
        case .html: "an HTML or XML page, perhaps a server's error message"
        case .gitLFSPointer: "a Git LFS pointer, not the file itself (fetch it with `git lfs pull`)"
        case .gzip: "a gzip archive"
        case .gguf: "a GGUF model"
        case .hdf5: "an HDF5 file"
        case .picture: "a picture"
        case .zeros: "a file that begins with nothing but zeros, as an unfinished download does"
        case .text(let beginning): "text that begins with \"\(beginning)\""
        case .unknown: "of an unknown format"
        }
    }
}
