import Foundation
import Imaging
import Testing
import World

@Suite struct FaceLabelTests {
    private func scene(_ style: FaceStyle, _ change: (inout FaceScene) -> Void = { _ in }) -> FaceScene {
        var scene = FaceScene()
        (scene.style, scene.scale, scene.offsetY, scene.texture) = (style, 1.2, 0.05, 4)
        change(&scene)
        return scene
    }

    private func rows(_ map: FaceLabelMap) -> [String] {
        let letters = Array(".#bBeEgaAonmulNxchH")
        return (0..<map.size).map { y in String((0..<map.size).map { x in letters[Int(map[x, y].rawValue)] }) }
    }

    @Test func aWholeMap() {
        var person = FaceIdentity()
        (person.eyeSize, person.browThickness, person.lipFullness) = (0.2, 0.1, 0.11)
        let expected = """
            .............hhhhhh.............
            ...........hhhhhhhhhh...........
            ..........hhhhhhhhhhhh..........
            .........hhhhhhhhhhhhhh.........
            .........hhhhhhhhhhhhhh.........
            ........hhhhhhhhhhh#hhhh........
            ........hhhhhhhhh####hhh........
            ........hhhhhhh#######hh........
            ........hh#############h........
            ........hh#############h........
            .......hh####bb##BB####hh.......
            .......hh##############hh.......
            .......hh##eee####EEE##hh.......
            .......a###eee####EEE###A.......
            .......a#######nn#######A.......
            .......a#######nn#######A.......
            ........#######nn#######........
            .........######nn######.........
            .........######nn######.........
            .........######uu######.........
            .........#####llll#####.........
            ..........#####ll#####..........
            ...........##########...........
            ...........NN######NN...........
            ...........NNNNNNNNNN...........
            ...........NNNNNNNNNN...........
            ...........NNNNNNNNNN...........
            ..........ccNNNNNNNNcc..........
            ........cccccNNNNNNccccc........
            ......cccccccNNNNNNccccccc......
            ....cccccccccccNNccccccccccc....
            ..cccccccccccccccccccccccccccc..
            """
        #expect(rows(DrawnFace.labels(of: person, in: scene(.photo), size: 32)).joined(separator: "\n") == expected)
    }

    /// The bytes that parsers are trained on.
    @Test(arguments: [
        (FaceStyle.photo, "1683f508204a5289"), (.watercolor, "15cf1d850798d760"), (.pixelArt, "11fd42310a4be225"),
        (.neon, "1683f508204a5289"), (.pencilSketch, "1683f508204a5289"), (.oil, "1683f508204a5289"),
        (.poster, "1683f508204a5289"), (.cartoon, "1683f508204a5289"),
    ])
    func sameLabelsEveryTime(style: FaceStyle, expected: String) {
        let hashes = [3, 8, 21].map { (seed: UInt64) -> UInt64 in
            var description = SceneDescription()
            description.style = style
            let scene = FaceScene(description, seed: seed, prior: .base)
            return DrawnFace.labels(of: FaceIdentity(seed: seed, prior: .world), in: scene, size: 64).values
                .reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }
        #expect(String(hashes.reduce(0, ^), radix: 16) == expected, "\(style)")
    }

    @Test(arguments: FaceStyle.allCases)
    func landmarksLieInTheirLabels(style: FaceStyle) {
        for number in 0..<12 {
            var person = IdentitySet.validation[number]
            person.beard = .none
            let scene = scene(style) { $0.yaw = [-0.3, 0, 0.3][number % 3] }
            let drawn = drawFace(person, in: scene, size: 128)
            let map = DrawnFace.labels(of: person, in: scene, size: 128)
            /// The labels within a pixel or, as pixel art has them, two of a place.
            func around(_ p: Point) -> Set<FaceLabel> {
                let reach = style == .pixelArt ? -2...2 : -1...1
                return Set(reach.flatMap { dy in reach.map { dx in map[Int(p.x) + dx, Int(p.y) + dy] } })
            }
            #expect(
                around(drawn.landmarks[0]).contains(.leftEye) && around(drawn.landmarks[1]).contains(.rightEye),
                "\(number)"
            )
            #expect(around(drawn.landmarks[2]).contains(.nose), "\(number)")
            // The lips end in points: look a little inside of the corners.
            for (corner, other) in [(3, 4), (4, 3)] {
                let p = drawn.landmarks[corner] + (drawn.landmarks[other] - drawn.landmarks[corner]) * 0.25
                #expect(!around(p).isDisjoint(with: [.upperLip, .lowerLip]), "\(number)")
            }
        }
    }

    @Test func partsLieWhereTheyBelong() {
        let person = IdentitySet.diverse[2]
        let scene = scene(.photo) { ($0.accessory, $0.expression) = (.earrings, .laugh) }
        let map = DrawnFace.labels(of: person, in: scene, size: 200)
        func middle(_ label: FaceLabel) -> (x: Double, y: Double) {
            let places = map.mask(of: [label]).enumerated().filter(\.element).map(\.offset)
            #expect(!places.isEmpty, "\(label)")
            let n = Double(max(1, places.count))
            return (places.reduce(0) { $0 + Double($1 % 200) } / n, places.reduce(0) { $0 + Double($1 / 200) } / n)
        }
        for (left, right) in [(FaceLabel.leftBrow, FaceLabel.rightBrow), (.leftEye, .rightEye), (.leftEar, .rightEar)] {
            #expect(middle(left).x < 90 && middle(right).x > 110)
            #expect(abs(middle(left).y - middle(right).y) < 2)
        }
        let order: [FaceLabel] = [.leftBrow, .leftEye, .nose, .upperLip, .mouth, .lowerLip, .neck, .clothing]
        let heights = order.map { middle($0).y }
        #expect(heights == heights.sorted(), "\(heights)")
        #expect(middle(.earring).y > middle(.leftEar).y)
        #expect(map[0, 0] == .background && map[199, 0] == .background)
    }

    @Test func wornThings() {
        func labels(_ accessory: Accessory) -> Set<FaceLabel> {
            let map = DrawnFace.labels(of: FaceIdentity(), in: scene(.cartoon) { $0.accessory = accessory }, size: 128)
            return Set((0..<128 * 128).map { map[$0 % 128, $0 / 128] })
        }
        let bare = labels(.none)
        #expect(bare == Set(FaceLabel.allCases).subtracting([.glasses, .earring, .mouth, .necklace, .hat]))
        #expect(labels(.glasses) == bare.union([.glasses]), "eyes are seen through clear lenses")
        #expect(labels(.sunglasses) == bare.union([.glasses]).subtracting([.leftEye, .rightEye]))
        for hat in [Accessory.hat, .beanie, .headphones] { #expect(labels(hat).contains(.hat), "\(hat)") }
        #expect(labels(.earrings) == bare.union([.earring]))
    }

    /// What is outside of the head's mask is the scene's: two people in one scene differ little there.
    @Test func changesOutsideTheHead() throws {
        let scene = scene(.photo) { $0.background = .beach }
        var (first, second) = (FaceIdentity(), FaceIdentity())
        (first.hairStyle, second.hairStyle, second.hairColor, second.skin) = (.quiff, .curly, .red, .tan)
        second.jaw = first.jaw
        let head = [first, second].map { DrawnFace.labels(of: $0, in: scene, size: 64).mask(of: FaceLabel.head) }
        let masked = zip(head[0], head[1]).map { $0 || $1 }
        let pictures = [first, second].map { drawFace($0, in: scene, size: 64).bitmap }
        let outside = try #require(pictures[0].rmsDifference(from: pictures[1], outside: masked))
        let everywhere = try #require(pictures[0].rmsDifference(from: pictures[1], outside: masked.map { _ in false }))
        #expect(outside < 12 && everywhere > 30, "\(outside) outside, \(everywhere) everywhere")
        #expect(pictures[0].rmsDifference(from: pictures[1], outside: masked.map { _ in true }) == nil)
    }

    /// A watercolour's edges run: its labels run with them.
    @Test func labelsFollowAWatercolour() throws {
        let person = IdentitySet.diverse[4]
        let photo = DrawnFace.labels(of: person, in: scene(.photo), size: 128)
        let watercolor = DrawnFace.labels(of: person, in: scene(.watercolor), size: 128)
        let changed = zip(photo.values, watercolor.values).filter { $0 != $1 }.count
        #expect((200...1600).contains(changed), "\(changed) pixels moved")
        #expect((0..<128).allSatisfy { watercolor[$0, 127] == .background }, "paper shows at the border")
        let pixels = DrawnFace.labels(of: person, in: scene(.pixelArt), size: 64)
        for y in stride(from: 0, to: 64, by: 2) {
            for x in stride(from: 0, to: 64, by: 2) {
                let cell = Set([pixels[x, y], pixels[x + 1, y], pixels[x, y + 1], pixels[x + 1, y + 1]])
                #expect(cell.count == 1)
            }
        }
    }

    @Test func anySizeAndAbsurdNumbers() {
        for size in [16, 33, 100] {
            #expect(DrawnFace.labels(of: FaceIdentity(), in: scene(.oil), size: size).size == size)
        }
        for wild in [Double.nan, .infinity, -1e300, 1e9] {
            var (person, scene) = (FaceIdentity(), FaceScene())
            (person.faceWidth, person.eyeSpacing, scene.yaw, scene.scale) = (wild, wild, wild, wild)
            scene.style = .watercolor
            #expect(DrawnFace.labels(of: person, in: scene, size: 16).values.count == 256)
        }
    }
}
