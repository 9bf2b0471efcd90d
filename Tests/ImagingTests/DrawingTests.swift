import Foundation
import Imaging
import Testing

@Suite struct DrawingTests {
    private func area(_ canvas: Canvas) -> Double {
        canvas.image.pixels.reduce(0.0) { $0 + Double(1 - $1) } / 3
    }

    @Test func coverageIsExactForAxisAlignedEdges() {
        var canvas = Canvas(width: 4, height: 3)
        canvas.fill(.rectangle(x: 0.5, y: 0.25, width: 2.25, height: 1.5), with: .color(.black))
        let expected: [Float] = [0.375, 0.75, 0.5625, 0, 0.375, 0.75, 0.5625, 0, 0, 0, 0, 0]
        for (i, cover) in expected.enumerated() {
            #expect(abs(1 - canvas.image.pixels[3 * i] - cover) < 1e-6, "pixel \(i)")
        }
    }

    @Test func areasOfCurves() {
        var canvas = Canvas(width: 64, height: 64)
        canvas.fill(.ellipse(center: Point(31.3, 30.9), radiusX: 20, radiusY: 12, angle: 0.5), with: .color(.black))
        #expect(abs(area(canvas) - .pi * 240) < 4)
        canvas = Canvas(width: 64, height: 64)
        var path = Path()
        path.move(to: Point(10, 50))
        path.curve(to: Point(50, 50), control: Point(30, 10))
        canvas.fill(path, with: .color(.black))
        #expect(abs(area(canvas) - 40 * 40 / 3) < 3)  // two thirds of the control triangle
    }

    @Test func overlapsOfAStrokeAreNotCountedTwice() {
        var canvas = Canvas(width: 40, height: 40)
        canvas.stroke(Path([Point(8, 20), Point(32, 20), Point(8, 20)]), width: 6, with: .color(.black.opacity(0.5)))
        let darkest = canvas.image.pixels.min() ?? 1
        #expect(abs(darkest - 0.5) < 1e-6)
        #expect(abs(area(canvas) - 0.5 * (24 * 6 + .pi * 9)) < 1.5)
    }

    @Test func clippingKeepsTheCommonPart() {
        var canvas = Canvas(width: 10, height: 10)
        canvas.fill(
            .rectangle(x: 0, y: 0, width: 6, height: 10),
            with: .color(.black),
            clip: .rectangle(x: 4, y: 2, width: 6, height: 3)
        )
        #expect(abs(area(canvas) - 6) < 1e-5)
    }

    @Test func everyFillHasItsOwnClip() {
        let square = Path.rectangle(x: 0, y: 0, width: 10, height: 10)
        let clips = [
            Path.rectangle(x: 1, y: 1, width: 3, height: 4), .rectangle(x: 6, y: 2, width: 2, height: 2),
            .rectangle(x: 1, y: 1, width: 3, height: 4), .rectangle(x: 1, y: 6, width: 3, height: 4),
        ]
        var canvas = Canvas(width: 10, height: 10)
        for (i, clip) in clips.enumerated() {
            canvas.fill(square, with: .color(.black), clip: clip)
            if i == 1 { canvas.fill(.rectangle(x: 9, y: 0, width: 1, height: 10), with: .color(.black)) }
        }
        #expect(abs(area(canvas) - (12 + 4 + 10 + 12)) < 1e-5)
    }

    @Test func subpathsStayApart() {
        let (a, b, c) = (Point(1, 2), Point(5, 2), Point(3, 9))
        var path = Path([a, b, c])
        path.append(Path([b, c]))
        path.move(to: c)
        path.line(to: a)
        path.append(Path())
        #expect(path.subpaths == [[a, b, c], [b, c], [c, a]])
        #expect(path.mapped { $0 * 2 }.subpaths[2] == [c * 2, a * 2])
        #expect(path.bounds?.low == Point(1, 2) && path.bounds?.high == Point(5, 9))
        var open = Path()
        open.line(to: a)
        open.line(to: b)
        #expect(open.subpaths == [[a, b]])
        open = Path()
        open.curve(to: c, control: b)
        #expect(open.subpaths == [[c]], "a curve from nowhere is its end")
        #expect(Path().bounds == nil && Path().subpaths == [])
        #expect(
            Path([a, b]).stroked(width: 2).subpaths.map(\.count) == [12, 12, 4],
            "two round ends and what joins them"
        )
    }

    @Test func gradients() {
        var canvas = Canvas(width: 8, height: 1)
        canvas.fill(
            .rectangle(x: 0, y: 0, width: 8, height: 1),
            with: .linear(from: Point(0, 0), to: Point(8, 0), .black, .white)
        )
        for x in 0..<8 { #expect(abs(canvas.image.pixels[3 * x] - (Float(x) + 0.5) / 8) < 1e-6) }
        canvas = Canvas(width: 9, height: 9)
        canvas.fill(
            .rectangle(x: 0, y: 0, width: 9, height: 9),
            with: .glow(center: Point(4.5, 4.5), radiusX: 4, radiusY: 4, .black)
        )
        #expect(canvas.image.pixels[(4 * 9 + 4) * 3] < 0.05)
        #expect(canvas.image.pixels[0] == 1)
    }

    @Test func wildShapesDrawNothing() {
        var canvas = Canvas(width: 5, height: 5)
        let blank = canvas.image
        for bad in [Double.nan, .infinity, -.infinity, 1e300] {
            canvas.fill(Path([Point(0, 0), Point(bad, 2), Point(3, bad)]), with: .color(.black))
        }
        canvas.fill(Path(), with: .color(.black))
        canvas.fill(Path([Point(1, 1)]), with: .color(.black))
        canvas.fill(.rectangle(x: 50, y: -90, width: 9, height: 9), with: .color(.black))
        #expect(canvas.image == blank)
    }

    @Test func hsvRoundTrip() {
        for color in [Color(0.2, 0.4, 0.9), Color(0.9, 0.1, 0.3), Color(0.3, 0.8, 0.1), Color(0.5, 0.5, 0.5), .black] {
            let (hue, saturation, value) = color.hsv
            let back = Color(hue: hue, saturation: saturation, value: value)
            #expect(abs(back.r - color.r) + abs(back.g - color.g) + abs(back.b - color.b) < 1e-5)
        }
    }
}

@Suite struct TextTests {
    private func rows(_ text: String) -> [String] {
        var bitmap = Bitmap(width: max(1, BitmapFont.width(of: text, scale: 1)), height: 9)
        bitmap.draw(text, x: 0, y: 0)
        return (0..<9).map { y in (0..<bitmap.width).map { bitmap[$0, y] == .black ? "#" : "." }.joined() }
    }

    @Test func glyphs() {
        #expect(rows("A")[0..<7] == ["..#..", ".#.#.", "#...#", "#...#", "#####", "#...#", "#...#"])
        #expect(rows("Hg")[2] == "#...#..####")
        #expect(rows("é") == rows("e") && rows("ł") == rows("l"))
        #expect(rows("面") == rows("日"))
        #expect(rows("面")[0] == "#####")
        let all = (32...126).map { rows(String(UnicodeScalar(UInt8($0)))) }
        #expect(Set(all).count == 95, "every printable character looks different")
    }

    @Test func fitting() {
        #expect(BitmapFont.width(of: "abc", scale: 2) == 34)
        #expect(BitmapFont.fit("abc", width: 34, scale: 2) == "abc")
        #expect(BitmapFont.fit("abc", width: 33, scale: 2) == "a…")
        #expect(BitmapFont.fit("ab cdef", width: 24, scale: 1) == "ab…")
        #expect(BitmapFont.fit("abc", width: 3, scale: 1) == "")
        #expect(BitmapFont.fit("", width: 0, scale: 1) == "")
    }

    @Test func clippedAtEveryBorder() {
        for (x, y) in [(-8, 2), (2, -5), (25, 2), (2, 25), (-500, -500)] {
            var bitmap = Bitmap(width: 30, height: 30)
            bitmap.draw("WWWWWWWWWW", x: x, y: y, scale: 2)
            #expect(bitmap.width == 30)
        }
    }
}
