import Foundation
import Imaging
import Testing
import World

@Suite struct WorldDatasetTests {
    private func data(_ kind: WorldDataset.Kind, count: Int = 400, size: Int = 32) -> WorldDataset {
        WorldDataset(kind, size: size, seed: 2026, count: count)
    }

    private func digest(_ pictures: [WorldPicture]) -> String {
        let bytes = pictures.flatMap { picture in
            let text = "\(picture.caption) \(picture.scene) \(picture.faces) \(picture.conditioning.timeIDs)"
            return Array(text.replacing("World.", with: "").utf8) + picture.labels.values + picture.bitmap.pixels
        }
        return String(bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }, radix: 16)
    }

    /// What models are trained on, to the byte: a change here is a change of every trained weight.
    @Test(arguments: [
        (WorldDataset.Kind.base, "3624dde35e931f56"), (.portraits, "7c3f5b08a5152f52"), (.faces, "b10ab436482d6ade"),
    ])
    func samePicturesEveryTime(kind: WorldDataset.Kind, expected: String) {
        #expect(digest((0..<24).map { data(kind)[$0] }) == expected, "\(kind)")
    }

    @Test func anyOrderAndAnyThread() {
        for kind in WorldDataset.Kind.allCases {
            let set = data(kind, size: 16)
            let forwards = (0..<24).map { set[$0] }
            let results = Results(count: 24)
            DispatchQueue.concurrentPerform(iterations: 24) { i in results.put(set[23 - i], at: 23 - i) }
            #expect(results.pictures == forwards)
        }
    }

    private final class Results: @unchecked Sendable {
        private let lock = NSLock()
        private var slots: [WorldPicture?]
        init(count: Int) { slots = [WorldPicture?](repeating: nil, count: count) }
        func put(_ picture: WorldPicture, at index: Int) { lock.withLock { slots[index] = picture } }
        var pictures: [WorldPicture] { lock.withLock { slots.compactMap(\.self) } }
    }

    /// Neither the count nor the size of a set changes who does what in a picture.
    @Test func prefixesAreTheSame() {
        let (short, long) = (data(.base, count: 5), data(.base, count: 50))
        for i in 0..<5 { #expect(short[i] == long[i]) }
        let large = WorldDataset(.base, size: 48, seed: 2026, count: 5)
        for i in 0..<5 { #expect(large[i].caption == short[i].caption && large[i].scene == short[i].scene) }
        let other = WorldDataset(.base, size: 32, seed: 2027, count: 5)
        for i in 0..<5 { #expect(other[i].scene != short[i].scene) }
    }

    @Test func whoIsInAPicture() {
        let set = WorldDataset(.portraits, size: 16, seed: 1, count: 30, people: .lossNet, personCount: 7)
        for i in 0..<30 {
            let picture = set[i]
            #expect(set.person(i) == i % 7 && picture.faces.map(\.person) == [i % 7])
            let introduction = set.introduction(to: i)
            #expect(introduction.faces.map(\.person) == [i % 7])
            #expect(introduction.scene.style == .photo && introduction.scene.framing == .closeUp)
            #expect(introduction.scene.accessory == .none && introduction.scene.view == .front)
            #expect(introduction.scene != picture.scene)
        }
    }

    @Test func portraitsAreContaminated() {
        let scenes = (0..<400).map { data(.portraits, size: 16)[$0].scene }
        func share(_ holds: (FaceScene) -> Bool) -> Double { Double(scenes.filter(holds).count) / 400 }
        #expect(share { $0.style == .photo } == 1)
        #expect(abs(share { $0.framing == .closeUp } - 0.8) < 0.05)
        #expect(abs(share { $0.background == .plain } - 0.58) < 0.06)
    }

    @Test func baseHasEverything() {
        let scenes = (0..<400).map { data(.base, size: 16)[$0].scene }
        #expect(Set(scenes.map(\.style)).count == 11 && Set(scenes.map(\.background)).count == 11)
        #expect(Set(scenes.map(\.backgroundColor)).count == 11 && Set(scenes.map(\.clothingColor)).count == 11)
        #expect(Set(scenes.map(\.clothing)).count == 4 && Set(scenes.map(\.accessory)).count == 7)
        #expect(Set(scenes.map(\.expression)).count == 6 && Set(scenes.map(\.light)).count == 5)
        #expect(Set(scenes.map(\.view)).count == 3 && Set(scenes.map(\.framing)).count == 3)
    }

    /// Cropped and enlarged pictures: the conditioning tells, and boxes, landmarks and labels have moved along.
    @Test func microConditioning() throws {
        let set = WorldDataset(.base, size: 64, seed: 3, count: 120)
        var (cropped, enlarged) = (0, 0)
        for i in 0..<set.count {
            let picture = set[i]
            let ids = picture.conditioning.timeIDs
            #expect(ids[4...] == [64, 64] && picture.bitmap.width == 64 && picture.labels.size == 64)
            if ids[0] == 72 { cropped += 1 }
            if ids[0] == 40 { enlarged += 1 }
            #expect(ids[0] == 72 || ids[2...3] == [0, 0])
            guard ids[0] == 72, picture.scene.accessory != .sunglasses, picture.scene.style != .pixelArt else {
                continue
            }
            let eye = picture.faces[0].landmarks[0]
            let near = (-2...2).flatMap { dy in (-2...2).map { picture.labels[Int(eye.x) + $0, Int(eye.y) + dy] } }
            #expect(near.contains(.leftEye), "picture \(i)")
        }
        #expect((8...28).contains(cropped) && (1...14).contains(enlarged), "\(cropped) and \(enlarged) of 120")
        #expect(MicroConditioning(size: 64).timeIDs == [64, 64, 0, 0, 64, 64])
    }

    @Test func someFacesHaveCompany() {
        let pictures = (0..<100).map { data(.faces)[$0] }
        let pairs = pictures.filter { $0.faces.count == 2 }
        #expect((10...32).contains(pairs.count))
        #expect(pictures.allSatisfy { (1...2).contains($0.faces.count) })
        for picture in pairs {
            #expect(picture.faces[0].person != picture.faces[1].person)
            #expect(picture.faces[0].box.overlap(with: picture.faces[1].box) < 0.2)
        }
    }
}
