import CHEIF

/// Decodes the primary picture of an AVIF or HEIC file with libheif, which turns it as the file says; what its EXIF data says of
/// that is for the record alone (ISO/IEC 23000-22, MIAF).
struct HEIFDecoder {
    let bytes: [UInt8]
    let name: String
    let limits: DecodeLimits
    let format: ImageFormat

    func decode() throws -> Bitmap { try read(bitmap) }

    /// How large the picture will be, by the file's header alone.
    func size() throws -> (width: Int, height: Int) {
        try read { handle, library in (Int(library.width(handle)), Int(library.height(handle))) }
    }

    /// Reads the header, checks the size that it states, and goes on with the primary picture.
    private func read<Result>(_ use: (OpaquePointer, HEIFLibrary) throws -> Result) throws -> Result {
        guard let library = HEIFLibrary.installed else {
            throw unsupported(
                "read by libheif, which is not installed",
                "install it (Debian, Ubuntu: `apt install libheif1`), or convert the picture to JPEG"
            )
        }
        guard let context = library.contextAlloc() else { throw damage("libheif could not start") }
        defer { library.contextFree(context) }
        return try bytes.withUnsafeBytes { try read($0, library, context, use) }
    }

    private func read<Result>(
        _ bytes: UnsafeRawBufferPointer,
        _ library: HEIFLibrary,
        _ context: OpaquePointer,
        _ use: (OpaquePointer, HEIFLibrary) throws -> Result
    ) throws -> Result {
        library.limitSide(context, CInt(clamping: Self.sideLimit))
        try check(library.read(context, bytes.baseAddress, bytes.count, nil))
        var found: OpaquePointer?
        try check(library.primaryImage(context, &found))
        guard let handle = found else { throw damage("it holds no picture") }
        defer { library.handleRelease(handle) }
        for (width, height) in [
            (library.width(handle), library.height(handle)), (library.codedWidth(handle), library.codedHeight(handle)),
        ] { try limits.check(width: Int(width), height: Int(height), name: name, format: format) }
        return try use(handle, library)
    }

    /// The pixels, in 8 bits whatever the file has.
    private func bitmap(_ handle: OpaquePointer, _ library: HEIFLibrary) throws -> Bitmap {
        guard let options = library.optionsAlloc() else { throw damage("libheif could not start") }
        defer { library.optionsFree(options) }
        if options.pointee.version >= 2 { options.pointee.convert_hdr_to_8bit = 1 }
        let hasAlpha = library.hasAlpha(handle) != 0
        var decoded: OpaquePointer?
        let chroma = hasAlpha ? HEIF_CHROMA_RGBA : HEIF_CHROMA_RGB
        try check(
            library.decode(handle, &decoded, CInt(HEIF_COLORSPACE_RGB), CInt(chroma), options)
        )
        guard let image = decoded else { throw damage("its pixels cannot be decoded") }
        defer { library.imageRelease(image) }
        return try bitmap(image, channels: hasAlpha ? 4 : 3, library)
    }

    private static let sideLimit = 1 << 16

    private func bitmap(_ image: OpaquePointer, channels: Int, _ library: HEIFLibrary) throws -> Bitmap {
        let interleaved = CInt(HEIF_CHANNEL_INTERLEAVED)
        let (width, height) = (
            Int(library.imageWidth(image, interleaved)), Int(library.imageHeight(image, interleaved))
        )
        try limits.check(width: width, height: height, name: name, format: format)
        var stride: CInt = 0
        guard let plane = library.plane(image, interleaved, &stride), Int(stride) >= width * channels else {
            throw damage("its pixels cannot be decoded")
        }
        var pixels = [UInt8](repeating: 0, count: width * height * channels)
        pixels.withUnsafeMutableBytes { pixels in
            for y in 0..<height {
                let row = UnsafeRawBufferPointer(start: plane + y * Int(stride), count: width * channels)
                UnsafeMutableRawBufferPointer(rebasing: pixels[(y * row.count)...]).copyMemory(from: row)
            }
        }
        return channels == 4
            ? compositedOnWhite(pixels, width: width, height: height)
            : Bitmap(width: width, height: height, pixels: pixels)
    }

    // MARK: - Errors

    private func check(_ error: heif_error) throws {
        let reason = error.message.map { String(cString: $0) } ?? "unknown error"
        switch Int(error.code) {
        case HEIF_OK: return
        case HEIF_UNSUPPORTED_FILE, HEIF_UNSUPPORTED_FEATURE:
            let plugin = format == .avif ? "libheif-plugin-dav1d" : "libheif-plugin-libde265"
            throw unsupported(
                "not read by the libheif that is installed (\(reason))",
                "where decoders are packages of their own, install \(plugin); or convert the picture to JPEG"
            )
        default: throw damage(reason)
        }
    }

    private func unsupported(_ feature: String, _ remedy: String) -> ImageError {
        .unsupported(name: name, format: format, feature: feature, remedy: remedy)
    }

    private func damage(_ detail: String) -> ImageError { .damaged(name: name, format: format, detail: detail) }
}
