import Imaging

/// FNV-1a, 64 bits: enough to notice any changed byte.
func digest(_ bitmap: Bitmap) -> String {
    let hash = bitmap.pixels.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return String(hash, radix: 16)
}
