import Curriculum
import Imaging
import Kernels
import Models
import Tensors
import Testing
import Training
import World

@Suite struct ParserTests {
    private let micro = BiSeNet.Config(
        stemWidth: 4,
        widths: [4, 4, 8, 8],
        depths: [1, 1, 1, 1],
        contextWidth: 4,
        fusionWidth: 8,
        headWidth: 8
    )
    private let pictures = [WorldDataset(.faces, seed: 2, count: 5), WorldDataset(.faces, size: 96, seed: 3, count: 2)]

    private func training(steps: Int) -> ParserTraining {
        ParserTraining(config: micro, pictures: pictures, seed: 6, steps: steps, batch: 3, rate: 4e-3)
    }

    @Test func aTrainingResumesToTheSameBits() throws {
        var whole = training(steps: 2)
        while !whole.isDone { _ = try whole.step() }
        var first = training(steps: 2)
        _ = try first.step()
        var second = training(steps: 2)
        try second.resume(from: first.trainer.state)
        try ComputeSettings.with(threads: 1) { while !second.isDone { _ = try second.step() } }
        let trained = whole.trainer.weights.values
        #expect(second.trainer.weights.values.mapValues(\.values) == trained.mapValues(\.values))
        #expect(second.trainer.average?.values.mapValues(\.values) == whole.trainer.average?.values.mapValues(\.values))
        // And one that was stopped after its last step.
        var third = training(steps: 2)
        try third.resume(from: whole.trainer.state)
        #expect(try third.isDone && third.result().mapValues(\.values) == whole.result().mapValues(\.values))
    }

    /// What comes out is a parser's file, with statistics that were measured.
    @Test func theResultIsAParser() throws {
        var task = training(steps: 1)
        _ = try task.step()
        let result = try task.result()
        let weights = Weights(GivenWeights(name: "parser", result))
        #expect(try BiSeNet.Config(weights) == micro)
        _ = try BiSeNet(weights, config: micro)
        try weights.assertAllUsed()
        #expect(result["cp.resnet.bn1.running_var"]?.values.contains(1) == false)
        #expect(result["cp.resnet.bn1.running_mean"]?.values.contains(0) == false)
    }

    /// Where the template has an eye, the labels have one; and picture and labels move together.
    @Test func anAlignedFaceHasItsPartsInTheirPlaces() {
        let side = 512
        let places = AlignmentTemplate.portrait.landmarks(side: side)
        var right = [Int](repeating: 0, count: places.count)
        let dataset = WorldDataset(.faces, size: 128, seed: 12, count: 20)
        for index in 0..<dataset.count {
            let face = LabelledFace(dataset[index])
            let transform = face.alignment(side: side)
            let labels = face.alignedLabels(by: transform, side: side, count: side)
            let expected: [Set<FaceLabel>] = [
                [.leftEye, .glasses], [.rightEye, .glasses], [.nose, .skin], [.upperLip, .lowerLip, .mouth, .skin],
                [.upperLip, .lowerLip, .mouth, .skin],
            ]
            for (i, place) in places.enumerated() {
                let label = FaceLabel(rawValue: UInt8(labels[Int(place.y) * side + Int(place.x)]))
                if let label, expected[i].contains(label) { right[i] += 1 }
            }
            // The same places with fewer in between.
            let few = face.alignedLabels(by: transform, side: side, count: 2)
            #expect(few == [labels[0], labels[side - 1], labels[side * (side - 1)], labels[side * side - 1]])
        }
        #expect(right.allSatisfy { $0 >= 14 }, "\(right)")
    }

    /// Landmarks found a little beside move the crop a little, and not more.
    @Test func noisyLandmarksMoveTheCrop() {
        let face = LabelledFace(WorldDataset(.faces, seed: 12, count: 1)[0])
        let (exact, noisy) = (
            face.alignment(side: 512), face.alignment(side: 512, noise: Array(repeating: 0.02, count: 10))
        )
        let middle = face.landmarks[2]
        let (a, b) = (exact(middle), noisy(middle))
        // The eyes are about 126 pixels apart.
        let distance = ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
        #expect(distance > 1.5 && distance < 6, "\(distance)")
    }
}
