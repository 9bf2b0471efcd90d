import Imaging
import Testing
import World

@Suite struct AgeTests {
    @Test func everyAgeOccurs() {
        let ages = (0..<2000).map { IdentitySet.training[$0].age }
        func share(_ range: ClosedRange<Double>) -> Double { Double(ages.count { range.contains($0) }) / 2000 }
        #expect(abs(share(0...0.14) - 0.14) < 0.03 && abs(share(0.22...0.5) - 0.6) < 0.04)
        #expect(abs(share(0.6...1) - 0.26) < 0.03)
        #expect(ages.allSatisfy { (0...0.14).contains($0) || (0.22...0.5).contains($0) || (0.6...1).contains($0) })
    }

    @Test func childrenHaveLargeEyesAndNoBeards() {
        var child = FaceIdentity()
        (child.beard, child.eyeSize) = (.full, 0.17)
        child.grow(to: 0)
        #expect(child.beard == .none && child.eyeSize > 0.17 && child.noseLength < FaceIdentity().noseLength)
        let children = (0..<4000).map { IdentitySet.training[$0] }.filter { $0.age < 0.2 }
        #expect(children.count > 400 && children.allSatisfy { $0.beard == .none })
    }

    /// Between 0.2 and 0.5 nothing changes: so are most people.
    @Test(arguments: [0.2, 0.35, 0.5])
    func grownUpIsAsDrawn(age: Double) {
        var identity = FaceIdentity(seed: 4)
        identity.grow(to: age)
        var plain = FaceIdentity(seed: 4)
        plain.age = age
        #expect(identity == plain)
        #expect(
            drawFace(identity, in: FaceScene(), size: 128).bitmap
                == drawFace(FaceIdentity(seed: 4), in: FaceScene(), size: 128).bitmap
        )
    }

    /// Lines show where there is room; grey hair shows everywhere, unless it is dyed.
    @Test func yearsShow() throws {
        func change(_ size: Int, _ color: HairColor, _ style: HairStyle) throws -> Double {
            var young = FaceIdentity()
            (young.hairColor, young.hairStyle) = (color, style)
            var old = young
            old.age = 1
            return try PixelDifferences(
                between: drawFace(young, in: FaceScene(), size: size).bitmap,
                and: drawFace(old, in: FaceScene(), size: size).bitmap
            ).meanAbs
        }
        #expect(try change(128, .blue, .bald) > 0.0005, "lines")
        #expect(try change(64, .blue, .bald) < 0.0005, "no lines")
        #expect(try change(64, .black, .long) > 0.01, "grey hair")
        #expect(try change(64, .blue, .long) < 0.0005, "blue hair stays blue")
    }
}
