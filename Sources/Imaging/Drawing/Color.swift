import Foundation

/// A colour as a screen shows it (sRGB values, 0...1) with opacity `a`, not premultiplied.
public struct Color: Equatable, Sendable {
    public var r, g, b, a: Float

    public init(_ r: Float, _ g: Float, _ b: Float, _ a: Float = 1) {
        (self.r, self.g, self.b, self.a) = (r, g, b, a)
    }

    /// 0xRRGGBB.
    public init(hex: UInt32) {
        func channel(_ shift: UInt32) -> Float { Float(hex >> shift & 0xFF) / 255 }
        self.init(channel(16), channel(8), channel(0))
    }

    /// `hue` in turns (0 red, 1/3 green, 2/3 blue), `saturation` and `value` in 0...1.
    public init(hue: Float, saturation: Float, value: Float) {
        func channel(_ n: Float) -> Float {
            let k = (n + (hue - hue.rounded(.down)) * 6).truncatingRemainder(dividingBy: 6)
            return value - value * saturation * max(0, min(k, 4 - k, 1))
        }
        self.init(channel(5), channel(3), channel(1))
    }

    public static let white = Color(1, 1, 1)
    public static let black = Color(0, 0, 0)

    /// Rec. 601 luma.
    public var luma: Float { 0.299 * r + 0.587 * g + 0.114 * b }

    /// Hue in turns, saturation, value.
    public var hsv: (hue: Float, saturation: Float, value: Float) {
        let top = max(r, g, b)
        let span = top - min(r, g, b)
        guard top > 0, span > 0 else { return (0, 0, top) }
        let sector: Float =
            top == r ? (g - b) / span : top == g ? 2 + (b - r) / span : 4 + (r - g) / span
        return ((sector < 0 ? sector + 6 : sector) / 6, span / top, top)
    }

    /// The same colour with opacity `a`.
    public func opacity(_ a: Float) -> Color { Color(r, g, b, a) }

    /// A step of `t` (0...1) on the way to `other`, opacity included.
    public func mixed(with other: Color, _ t: Float) -> Color {
        Color(r + (other.r - r) * t, g + (other.g - g) * t, b + (other.b - b) * t, a + (other.a - a) * t)
    }

    /// Darker and richer, as paint in shade is: saturation goes up while value goes down.
    public func shaded(_ t: Float) -> Color {
        let (hue, saturation, value) = hsv
        return Color(hue: hue, saturation: min(1, saturation * (1 + 0.35 * t)), value: value * (1 - t)).opacity(a)
    }

    public func lightened(_ t: Float) -> Color { mixed(with: Color(1, 1, 1, a), t) }
}
