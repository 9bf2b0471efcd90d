/// Why a picture could not be read, written, or compared. The data is here; the words are in `description`.
public enum ImageError: Error, Equatable, Sendable {
    case unreadable(name: String, reason: String)
    case empty(name: String)
    /// `found` follows "this is ".
    case unknownFormat(name: String, found: String)
    case fileTooLarge(name: String, bytes: Int, limit: Int)
    case tooManyPixels(name: String, width: Int, height: Int, limit: Int)
    case truncated(name: String, format: ImageFormat)
    case damaged(name: String, format: ImageFormat, detail: String)
    /// A valid file that uses what this library does not read; `remedy` is an instruction.
    case unsupported(name: String, format: ImageFormat, feature: String, remedy: String)
    case cannotEncode(format: ImageFormat, width: Int, height: Int, reason: String)
    case badMetadata(key: String, reason: String)
    case sizesDiffer(width: Int, height: Int, otherWidth: Int, otherHeight: Int)
    /// A mask leaves every pixel out.
    case nothingToMeasure
    case sheetShape(reason: String)
    case sheetTooLarge(width: Int, height: Int, limit: Int)
}

extension ImageError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let name, let reason):
            "\(name): cannot be read: \(reason)"
        case .empty(let name):
            "\(name): the file is empty; was it written or downloaded completely?"
        case .unknownFormat(let name, let found):
            "\(name): this is \(found); convert it to PNG, JPEG or WebP"
        case .fileTooLarge(let name, let bytes, let limit):
            "\(name): \(bytes) bytes is over the limit of \(limit >> 20) MiB; save it smaller"
        case .tooManyPixels(let name, let width, let height, let limit):
            "\(name): \(width)x\(height) pixels is over the limit of \(area(limit)); scale it down first"
        case .truncated(let name, let format):
            "\(name): truncated \(format.rawValue): the file ends too early; copy or download it again"
        case .damaged(let name, let format, let detail):
            "\(name): damaged \(format.rawValue): \(detail); copy or download it again"
        case .unsupported(let name, let format, let feature, let remedy):
            "\(name): this \(format.rawValue) is \(feature); \(remedy)"
        case .cannotEncode(let format, let width, let height, let reason):
            "cannot write \(width)x\(height) pixels as \(format.rawValue): \(reason)"
        case .badMetadata(let key, let reason):
            "cannot write the PNG text \"\(key)\": \(reason)"
        case .sizesDiffer(let width, let height, let otherWidth, let otherHeight):
            "cannot compare \(width)x\(height) pixels with \(otherWidth)x\(otherHeight): resize one of them"
        case .nothingToMeasure:
            "the mask is black all over, so that nothing is measured; white marks what counts"
        case .sheetShape(let reason):
            "cannot lay out the contact sheet: \(reason)"
        case .sheetTooLarge(let width, let height, let limit):
            "the contact sheet would be \(width)x\(height) pixels, over the limit of \(area(limit));"
                + " use fewer or smaller pictures"
        }
    }

    private func area(_ pixels: Int) -> String {
        if pixels < 100_000 { return "\(pixels) pixels" }
        return pixels % 1_000_000 == 0 ? "\(pixels / 1_000_000) Mpx" : "\(Double(pixels / 10_000) / 100) Mpx"
    }
}
