import Foundation
import Imaging
import Testing

/// Pictures as terminals take them, byte by byte.
struct TerminalPictureTests {
    /// Red, green and black above blue, white and black, and a band's height of grey below.
    private var picture: Bitmap {
        var picture = Bitmap(width: 3, height: 7, filledWith: RGB(128, 128, 128))
        for (x, color) in [RGB(255, 0, 0), RGB(0, 255, 0), .black].enumerated() { picture[x, 0] = color }
        for (x, color) in [RGB(0, 0, 255), .white, .black].enumerated() { picture[x, 1] = color }
        return picture
    }

    @Test func sixel() {
        // Grey 128 is nearest to level 3 of 5. Bit 0 is the top row: 1, 2, 3 and the four rows below, 60.
        let colors = [0: "0;0;0", 5: "0;0;100", 30: "0;100;0", 129: "60;60;60", 180: "100;0;0", 215: "100;100;100"]
        let palette = colors.sorted { $0.key < $1.key }.map { "#\($0.key);2;\($0.value)" }.joined()
        let first = ["#0??B", "#5A??", "#30?@?", "#129{{{", "#180@??", "#215?A?"].joined(separator: "$")
        #expect(picture.sixel() == "\u{1B}P0;1q\"1;1;3;7\(palette)\(first)-#129@@@-\u{1B}\\")
    }

    /// Of a colour that goes on, a count.
    @Test func sixelRuns() {
        let line = Bitmap(width: 300, height: 2, filledWith: .white)
        #expect(line.sixel() == "\u{1B}P0;1q\"1;1;300;2#215;2;100;100;100#215!300B-\u{1B}\\")
    }

    @Test func kitty() {
        let dot = Bitmap(width: 1, height: 1, filledWith: RGB(1, 2, 3))
        #expect(dot.kitty(rows: 2) == "\u{1B}_Ga=T,f=24,s=1,v=1,i=17,p=1,r=2,C=1,q=2,m=0;AQID\u{1B}\\")
        // In chunks of 4096 bytes, which together are the pixels.
        let large = Bitmap(width: 70, height: 30, filledWith: RGB(9, 8, 7))
        let parts = large.kitty(rows: 3).components(separatedBy: "\u{1B}\\").dropLast()
        #expect(
            parts.map { $0.prefix { $0 != ";" } } == [
                "\u{1B}_Ga=T,f=24,s=70,v=30,i=17,p=1,r=3,C=1,q=2,m=1", "\u{1B}_Gm=1", "\u{1B}_Gm=0",
            ]
        )
        let payload = parts.map { $0.drop { $0 != ";" }.dropFirst() }
        #expect(payload.map(\.count) == [4096, 4096, 208])
        #expect(Data(base64Encoded: payload.joined()) == Data(large.pixels))
    }

    @Test func magnified() {
        var two = Bitmap(width: 2, height: 1, filledWith: .black)
        two[1, 0] = .white
        let large = two.magnified(2)
        #expect(large.width == 4 && large.height == 2)
        #expect((0..<4).map { large[$0, 1] } == [.black, .black, .white, .white])
        #expect(two.magnified(1) == two)
    }
}
