import Foundation

/// Writes PNGs of every kind, straight from the specification and without libpng, as files to decode.
struct PNGWriter {
    var width = 7
    var height = 6
    /// 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA
    var colorType = 2
    var bitDepth = 8
    var interlaced = false
    /// Colours of a palette, and its opacities.
    var palette: [[UInt8]] = []
    var extraChunks: [(String, [UInt8])] = []

    var channels: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colorType] ?? 1 }

    /// A sample's value, 0..<2^bitDepth, different everywhere.
    func sample(_ x: Int, _ y: Int, _ channel: Int) -> Int {
        let range = colorType == 3 ? palette.count : 1 << bitDepth
        return (x * 7919 + y * 104729 + channel * 1299709 + x * y * 31) % range
    }

    func file() -> Data {
        var header = big(width) + big(height)
        header += [UInt8(bitDepth), UInt8(colorType), 0, 0, interlaced ? 1 : 0]
        var png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + PNGWriter.chunk("IHDR", header)
        for (name, data) in extraChunks { png += PNGWriter.chunk(name, data) }
        if colorType == 3 {
            png += PNGWriter.chunk("PLTE", palette.flatMap { $0.prefix(3) })
            if palette.contains(where: { $0.count > 3 }) {
                png += PNGWriter.chunk("tRNS", palette.map { $0.count > 3 ? $0[3] : 255 })
            }
        }
        png += PNGWriter.chunk("IDAT", zlibStored(scanlines()))
        return Data(png + PNGWriter.chunk("IEND", []))
    }

    private func scanlines() -> [UInt8] {
        guard interlaced else { return rows(x: 0, y: 0, stepX: 1, stepY: 1) }
        let passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
        return passes.flatMap { rows(x: $0.0, y: $0.1, stepX: $0.2, stepY: $0.3) }
    }

    private func rows(x startX: Int, y startY: Int, stepX: Int, stepY: Int) -> [UInt8] {
        guard startX < width else { return [] }
        var bytes: [UInt8] = []
        for y in stride(from: startY, to: height, by: stepY) {
            bytes.append(0)
            var (bits, count) = (0, 0)
            for x in stride(from: startX, to: width, by: stepX) {
                for channel in 0..<channels {
                    let value = sample(x, y, channel)
                    if bitDepth == 16 {
                        bytes += [UInt8(value >> 8), UInt8(value & 255)]
                        continue
                    }
                    bits = bits << bitDepth | value
                    count += bitDepth
                    if count == 8 {
                        bytes.append(UInt8(bits))
                        (bits, count) = (0, 0)
                    }
                }
            }
            if count > 0 { bytes.append(UInt8(bits << (8 - count))) }
        }
        return bytes
    }

    /// A zlib stream that stores its data (RFC 1950 and 1951).
    private func zlibStored(_ data: [UInt8]) -> [UInt8] {
        precondition(data.count < 65536)
        let length = data.count
        var (a, b) = (1, 0)
        for byte in data {
            a = (a + Int(byte)) % 65521
            b = (b + a) % 65521
        }
        let lengths = [length & 255, length >> 8, ~length & 255, (~length >> 8) & 255].map { UInt8($0) }
        return [0x78, 0x01, 0x01] + lengths + data + big(b << 16 | a)
    }

    private func big(_ value: Int) -> [UInt8] { PNGWriter.big(value) }

    static func big(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 255) } }

    static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in body {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return big(data.count) + body + big(Int(~crc))
    }
}
