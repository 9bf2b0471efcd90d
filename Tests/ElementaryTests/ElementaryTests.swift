import Elementary
import Foundation
import Testing

/// Against values that were rounded correctly from 400 bits (scripts/goldens/elementary.py).
@Suite("Elementary functions")
struct ElementaryTests {
    private static let unary: [String: @Sendable (Double) -> Double] = [
        "sin": Double.sin, "cos": Double.cos, "exp": Double.exp, "expm1": Double.expm1, "log": Double.log,
        "log1p": Double.log1p, "log2": Double.log2, "log10": Double.log10,
    ]

    @Test("have the bits of the exact values rounded", arguments: unary.keys.sorted())
    func roundedCorrectly(name: String) throws {
        let function = try #require(Self.unary[name])
        let lines = try Self.golden(name)
        #expect(lines.count == 160)
        for numbers in lines {
            let (x, expected) = (Double(bitPattern: numbers[0]), Double(bitPattern: numbers[1]))
            let found = function(x)
            #expect(found.bitPattern == expected.bitPattern, "\(name)(\(x)) is \(found), not \(expected)")
        }
    }

    @Test func powersHaveTheBitsOfTheExactValuesRounded() throws {
        let lines = try Self.golden("pow")
        #expect(lines.count == 160)
        for numbers in lines {
            let (x, y, expected) = (
                Double(bitPattern: numbers[0]), Double(bitPattern: numbers[1]), Double(bitPattern: numbers[2])
            )
            let found = Double.pow(x, y)
            #expect(found.bitPattern == expected.bitPattern, "pow(\(x), \(y)) is \(found), not \(expected)")
        }
    }

    @Test(
        "in 32 bits have the exact values' at all 160,000 angles of SDXL's timesteps",
        arguments: [("sin32", Float.sin), ("cos32", Float.cos)] as [(String, @Sendable (Float) -> Float)]
    )
    func angles(name: String, function: @Sendable (Float) -> Float) throws {
        let expected = try #require(try Self.golden(name).first?.first)
        var digest: UInt64 = 0xcbf2_9ce4_8422_2325
        for i in 0..<160 {
            let frequency = Float.exp(-Float.log(10000) * Float(i) / 160)
            for t in 0..<1000 {
                var bits = function(Float(t) * frequency).bitPattern
                for _ in 0..<4 {
                    digest = (digest ^ UInt64(bits & 0xff)) &* 0x100_0000_01b3
                    bits >>= 8
                }
            }
        }
        #expect(digest == expected)
    }

    @Test func edgesAreThoseOfIEEE754() {
        let (inf, nan) = (Double.infinity, Double.nan)
        for function in Self.unary.values { #expect(function(nan).isNaN) }
        #expect(Double.sin(inf).isNaN && Double.cos(-inf).isNaN)
        #expect(Double.sin(-0.0).sign == .minus && Double.cos(0) == 1)
        #expect(Double.exp(-inf) == 0 && Double.exp(inf) == inf && Double.exp(710) == inf && Double.exp(-746) == 0)
        #expect(Double.exp(0) == 1 && Double.exp(-745) == .leastNonzeroMagnitude)
        #expect(Double.expm1(-inf) == -1 && Double.expm1(inf) == inf && Double.expm1(-100) == -1)
        #expect(Double.expm1(-0.0).sign == .minus && Double.log1p(-0.0).sign == .minus)
        #expect(Double.log(0) == -inf && Double.log(-1).isNaN && Double.log(inf) == inf && Double.log(1) == 0)
        #expect(Double.log1p(-1) == -inf && Double.log1p(-2).isNaN && Double.log1p(inf) == inf)
        #expect(Double.pow(nan, 0) == 1 && Double.pow(1, nan) == 1 && Double.pow(-8, 1.0 / 3).isNaN)
        #expect(Double.pow(-2, 3) == -8 && Double.pow(-2, 2) == 4 && Double.pow(-1, inf) == 1)
        #expect(Double.pow(0, -1) == inf && Double.pow(-0.0, -1) == -inf && Double.pow(-0.0, 3).sign == .minus)
        #expect(Double.pow(0, 2) == 0 && Double.pow(0.5, inf) == 0 && Double.pow(2, -inf) == 0)
        #expect(Double.pow(2, 2000) == inf && Double.pow(-2, 2001) == -inf && Double.pow(-inf, -3) == 0)
    }

    /// The numbers of each line that begins with `name`.
    private static func golden(_ name: String) throws -> [[UInt64]] {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Goldens/elementary.txt"
        )
        return try String(contentsOf: path, encoding: .utf8).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words[0] == name ? words.dropFirst().map { UInt64($0, radix: 16) ?? 0 } : nil
        }
    }
}

@Suite struct CubeRootTests {
    @Test func ofCubes() {
        for n in -300...300 { #expect(Double.cbrt(Double(n * n * n)) == Double(n)) }
        for k in stride(from: -1000, through: 900, by: 3) {
            let x = Double(sign: .plus, exponent: k, significand: 1)
            #expect(Double.cbrt(x) == Double(sign: .plus, exponent: k / 3 - (k % 3 < 0 ? 1 : 0), significand: 1) || k % 3 != 0)
        }
        #expect(Double.cbrt(.infinity) == .infinity && Double.cbrt(.nan).isNaN && Double.cbrt(-0.0).sign == .minus)
    }

    /// The root that is nearest: its neighbours' cubes lie on either side.
    @Test func ofOtherNumbers() {
        for i in 1...2000 {
            let x = Double(i) * 0.000517
            let root = Double.cbrt(x)
            #expect(root.nextDown * root.nextDown * root.nextDown < x && root.nextUp * root.nextUp * root.nextUp > x)
        }
        #expect(Double.cbrt(5e-324) > 1.7e-108 && Double.cbrt(5e-324) < 1.71e-108)
    }
}
