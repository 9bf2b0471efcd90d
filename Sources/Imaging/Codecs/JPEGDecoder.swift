import CTurboJPEG

/// Decodes a baseline or progressive JPEG with libjpeg-turbo: in colour, grey, or the four inks of print.
struct JPEGDecoder {
    let bytes: [UInt8]
    let name: String
    let limits: DecodeLimits

    func decode() throws -> (Bitmap, Orientation) {
        guard let decompressor = tjInitDecompress() else { throw damage("libjpeg-turbo could not start") }
        defer { tjDestroy(decompressor) }
        let markers = JPEGMarkers(bytes)

        // 1. The header, and with it the size.
        var (width, height, subsampling, colorspace): (CInt, CInt, CInt, CInt) = (0, 0, 0, 0)
        let status = tjDecompressHeader3(
            decompressor,
            bytes,
            CUnsignedLong(bytes.count),
            &width,
            &height,
            &subsampling,
            &colorspace
        )
        guard status == 0 || tjGetErrorCode(decompressor) == CInt(TJERR_WARNING.rawValue) else {
            throw failure(message(decompressor), markers)
        }
        try limits.check(width: Int(width), height: Int(height), name: name, format: .jpeg)
        let hasInks = [CInt(TJCS_CMYK.rawValue), CInt(TJCS_YCCK.rawValue)].contains(colorspace)

        // 2. The pixels. TJFLAG_LIMITSCANS refuses a progressive file with over 500 scans, which would take forever.
        var pixels = [UInt8](repeating: 0, count: Int(width) * Int(height) * (hasInks ? 4 : 3))
        let decoded = tjDecompress2(
            decompressor,
            bytes,
            CUnsignedLong(bytes.count),
            &pixels,
            width,
            0,
            height,
            CInt((hasInks ? TJPF_CMYK : TJPF_RGB).rawValue),
            TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS
        )
        if decoded != 0 { try judge(decompressor, markers) }
        if hasInks { pixels = Self.light(inks: pixels) }
        return (Bitmap(width: Int(width), height: Int(height), pixels: pixels), markers.orientation(bytes))
    }

    /// The colours of cyan, magenta, yellow and black, stored as Adobe does: what is left of the light. No colour profile is
    /// followed.
    ///
    /// Pillow: src/libImaging/Convert.c::cmyk2rgb
    private static func light(inks: [UInt8]) -> [UInt8] {
        var rgb = [UInt8](repeating: 0, count: inks.count / 4 * 3)
        for pixel in 0..<inks.count / 4 {
            let left = Int(inks[4 * pixel + 3])
            for channel in 0..<3 {
                let product = (255 - Int(inks[4 * pixel + channel])) * left + 128
                rgb[3 * pixel + channel] = UInt8(clamping: left - (product >> 8 + product) >> 8)
            }
        }
        return rgb
    }

    /// libjpeg-turbo gives a picture even from half a file, and calls it a warning. Stray bytes between markers are
    /// common and harmless; everything else means that part of the picture was made up.
    private func judge(_ decompressor: tjhandle, _ markers: JPEGMarkers) throws {
        let text = message(decompressor)
        let isHarmless =
            tjGetErrorCode(decompressor) == CInt(TJERR_WARNING.rawValue)
            && text.contains("extraneous bytes before marker")
        // Only the first warning is reported: a harmless one may hide that the file also ends early.
        guard isHarmless, markers.hasEnd(bytes) else { throw failure(text, markers) }
    }

    /// Truncated, if the end marker is missing and nothing else is known to be wrong; else damaged.
    private func failure(_ text: String, _ markers: JPEGMarkers) -> ImageError {
        !markers.isBroken && !markers.hasEnd(bytes) ? .truncated(name: name, format: .jpeg) : damage(text)
    }

    private func message(_ decompressor: tjhandle) -> String {
        guard let text = tjGetErrorStr2(decompressor) else { return "unknown error" }
        return String(cString: text)
    }

    private func damage(_ detail: String) -> ImageError { .damaged(name: name, format: .jpeg, detail: detail) }
}

/// The marker segments before the first scan (ITU-T T.81, annex B), as far as they are needed: where EXIF data starts.
struct JPEGMarkers {
    /// Where the TIFF structure of the EXIF segment starts, and where that segment ends.
    private(set) var exif: Range<Int>?
    /// Where the length of the first frame's header stands, which the precision and both sides follow.
    private(set) var frame: Int?
    /// Where the first scan starts, if the file goes that far.
    private(set) var scanStart: Int?
    /// A byte that should start a marker does not.
    private(set) var isBroken = false

    init(_ bytes: [UInt8]) {
        var offset = 2
        while offset < bytes.count {
            guard bytes[offset] == 0xFF else {
                isBroken = true
                return
            }
            while offset < bytes.count, bytes[offset] == 0xFF { offset += 1 }
            guard offset < bytes.count else { return }
            let marker = bytes[offset]
            offset += 1
            switch marker {
            case 0x01, 0xD0...0xD8: continue  // markers without a length
            case 0xD9: return
            case 0xDA:
                scanStart = offset
                return
            default: break
            }
            guard let length = bytes.uint16(at: offset, littleEndian: false) else { return }
            guard length >= 2 else {
                isBroken = true
                return
            }
            let end = offset + length
            // DHT, JPG and DAC stand among the frames.
            if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker), frame == nil { frame = offset }
            if marker == 0xE1, exif == nil, length >= 8, end <= bytes.count, bytes.has("Exif\0\0", at: offset + 2) {
                exif = offset + 8..<end
            }
            offset = end
        }
    }

    func orientation(_ bytes: [UInt8]) -> Orientation {
        guard let exif else { return .upright }
        return Orientation(tiff: Array(bytes[exif]), at: 0)
    }

    /// Whether an end-of-image marker follows the first scan's start.
    func hasEnd(_ bytes: [UInt8]) -> Bool {
        guard let scanStart else { return false }
        return zip(bytes[scanStart...], bytes[scanStart...].dropFirst()).contains { $0 == 0xFF && $1 == 0xD9 }
    }
}
