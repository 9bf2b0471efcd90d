/// What a picture file may ask for. Checked against the file's header before anything is allocated for its pixels.
public struct DecodeLimits: Equatable, Sendable {
    /// The largest `width * height`.
    public var pixels: Int
    /// The largest file, in bytes.
    public var bytes: Int

    public init(pixels: Int = 50_000_000, bytes: Int = 64 << 20) {
        self.pixels = pixels
        self.bytes = bytes
    }

    /// 50 million pixels, 64 MiB: any camera's photo, no decompression bomb.
    public static let standard = DecodeLimits()

    /// Throws unless a picture of this size is allowed.
    func check(width: Int, height: Int, name: String, format: ImageFormat) throws {
        guard width > 0, height > 0 else {
            throw ImageError.damaged(name: name, format: format, detail: "its header says \(width)x\(height) pixels")
        }
        let (count, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, count <= pixels else {
            throw ImageError.tooManyPixels(name: name, width: width, height: height, limit: pixels)
        }
    }
}
