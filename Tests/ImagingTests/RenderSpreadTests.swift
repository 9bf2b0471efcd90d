import Imaging
import Testing

@Suite struct RenderSpreadTests {
    private struct Noise {
        var state: UInt64
        mutating func byte(around middle: Int) -> UInt8 {
            var sum = 0
            for _ in 0..<12 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                sum += Int(state >> 33) % 9
            }
            return UInt8(clamping: middle + sum - 48)
        }
    }

    private func render(_ seed: UInt64, shift: Int = 0) -> Bitmap {
        var noise = Noise(state: seed)
        return Bitmap(width: 24, height: 20, pixels: (0..<24 * 20 * 3).map { noise.byte(around: 60 + $0 % 90 + shift) })
    }

    @Test func anotherRenderPasses() throws {
        let spread = try RenderSpread(of: (1...16).map { render($0) })
        let same = try spread.test(render(99), level: 0.01)
        #expect(same.passing >= 0.9975, "\(same)")
        // 0.01 over 1440 numbers: 1 - 0.99^(1/1440) = 6.979e-6 on both sides together (SciPy: norm.isf).
        #expect(abs(same.critical - 4.4943165068) < 1e-9, "\(same.critical)")
        let shifted = try spread.test(render(99, shift: 60), level: 0.01)
        #expect(shifted.passing < 0.5 && shifted.worst > same.worst)
    }

    @Test func rendersWithoutSpread() throws {
        let spread = try RenderSpread(of: [render(1), render(1)])
        #expect(try spread.test(render(1), level: 0.01).passing == 1)
        #expect(try spread.test(render(1, shift: 5), level: 0.01).passing == 0)
        #expect(throws: ImageError.self) { try spread.test(Bitmap(width: 2, height: 2), level: 0.01) }
        #expect(throws: ImageError.self) { try RenderSpread(of: [render(1), Bitmap(width: 2, height: 2)]) }
    }
}
