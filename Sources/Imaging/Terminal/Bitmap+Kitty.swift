import Foundation

extension Bitmap {
    /// The picture as a terminal shows it that knows kitty's graphics protocol: where the cursor is, which stays there, and in
    /// the place of the picture shown before.
    ///
    /// - Parameter rows: that it takes, in lines of text; it is as wide as its proportions make it
    public func kitty(rows: Int) -> String {
        let encoded = Array(Data(pixels).base64EncodedString().utf8)
        let starts = Array(stride(from: 0, to: encoded.count, by: Self.chunk))
        return starts.map { start in
            let end = min(encoded.count, start + Self.chunk)
            let last = end == encoded.count
            let keys =
                start == 0
                ? "a=T,f=24,s=\(width),v=\(height),i=17,p=1,r=\(rows),C=1,q=2,m=\(last ? 0 : 1)" : "m=\(last ? 0 : 1)"
            return "\u{1B}_G\(keys);\(String(decoding: encoded[start..<end], as: UTF8.self))\u{1B}\\"
        }.joined()
    }

    /// The most that one escape sequence may hold.
    private static let chunk = 4096
}
