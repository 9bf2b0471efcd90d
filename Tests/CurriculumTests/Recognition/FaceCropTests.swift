import Curriculum
import Imaging
import Models
import Tensors
import Testing
import World

@Suite struct FaceCropTests {
    /// The vision tower is trained on what it is shown in use: the face cut out at 512 pixels, what does not belong to it
    /// painted white, then brought to the tower's size.
    @Test func featureCropsAreWhatTheTowerSees() {
        let dataset = WorldDataset(.faces, size: 96, seed: 2, count: 6, people: .gallery)
        for i in 0..<dataset.count {
            let picture = dataset[i]
            let landmarks = picture.faces[picture.faces.count - 1].landmarks
            guard
                let transform = AffineTransform.leastMedianSimilarity(
                    from: landmarks,
                    to: AlignmentTemplate.portrait.landmarks(side: 512)
                ), let back = transform.inverse
            else { return #expect(Bool(false), "no alignment") }
            var seen = FloatImage(
                picture.bitmap.warped(by: transform, width: 512, height: 512, border: .white).grey()
            )
            for y in 0..<512 {
                for x in 0..<512 {
                    let source = back(Point(Double(x), Double(y)))
                    let (u, v) = (Int(source.x.rounded()), Int(source.y.rounded()))
                    let isInside = (0..<96).contains(u) && (0..<96).contains(v)
                    if isInside, !FaceParsing.hiddenLabels.contains(picture.labels[u, v].rawValue) { continue }
                    for channel in 0..<3 { seen.pixels[(y * 512 + x) * 3 + channel] = 1 }
                }
            }
            let small = Bitmap(seen.resized(width: 64, height: 64, by: .bicubic))
            var random = TorchRandomSource(seed: 1)
            let crop = picture.featureCrop(side: 64, margin: 2, jitter: 0, &random)
            #expect(crop.count == 68 * 68)
            var difference = 0
            for y in 0..<64 {
                for x in 0..<64 {
                    difference += abs(Int(small[x, y].r) - Int(crop[(y + 2) * 68 + x + 2]))
                }
            }
            #expect(Double(difference) / 4096 < 3, "picture \(i): \(Double(difference) / 4096)")
            #expect(crop.contains { $0 < 255 } && crop.count { $0 == 255 } > 68 * 68 / 10)
        }
    }

    /// Without jitter a crop is insightface's, with a margin around it; jitter depends on the source alone.
    @Test func recognitionCropsHaveAMargin() throws {
        let picture = WorldDataset(.faces, seed: 4, count: 3, people: .gallery)[1]
        let landmarks = picture.faces[picture.faces.count - 1].landmarks
        let transform = try #require(
            AffineTransform.similarity(from: landmarks, to: AlignmentTemplate.recognition.landmarks(side: 32))
        )
        let reference = picture.bitmap.warped(by: transform, width: 32, height: 32, border: .black)
        func crop(margin: Int, jitter: Double, seed: UInt64) -> [UInt8] {
            var random = TorchRandomSource(seed: seed)
            return picture.recognitionCrop(side: 32, margin: margin, jitter: jitter, &random)
        }
        #expect(crop(margin: 0, jitter: 0, seed: 1) == reference.pixels)
        let wide = crop(margin: 3, jitter: 0, seed: 1)
        var inner: [UInt8] = []
        for y in 3..<35 { inner += wide[(y * 38 + 3) * 3..<(y * 38 + 35) * 3] }
        #expect(zip(inner, reference.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 8 })
        let moved = crop(margin: 0, jitter: 0.02, seed: 5)
        #expect(moved != reference.pixels && moved == crop(margin: 0, jitter: 0.02, seed: 5))
    }
}
