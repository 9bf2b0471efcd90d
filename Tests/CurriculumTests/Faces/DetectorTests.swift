import Curriculum
import Foundation
import Imaging
import Kernels
import Models
import TensorTestSupport
import Tensors
import Testing
import Training
import World

@Suite struct DetectorTests {
    private let micro = SCRFDNetwork.Config(stemWidth: 4, widths: [4, 8, 8], depths: [1, 1, 1], neckWidth: 8)
    private let pictures = [
        WorldDataset(.faces, seed: 2, count: 12), WorldDataset(.faces, size: 96, seed: 3, count: 4),
    ]

    private func training(steps: Int) -> DetectorTraining {
        DetectorTraining(config: micro, pictures: pictures, seed: 6, steps: steps, batch: 10, rate: 3e-3)
    }

    @Test func aTrainingResumesToTheSameBits() throws {
        var whole = training(steps: 3)
        while !whole.isDone { _ = try whole.step() }
        var first = training(steps: 3)
        _ = try first.step()
        var second = training(steps: 3)
        try second.resume(from: first.trainer.state)
        try ComputeSettings.with(threads: 1) { while !second.isDone { _ = try second.step() } }
        let result = try whole.result()
        #expect(try second.result().mapValues(\.values) == result.mapValues(\.values))
        let weights = Weights(GivenWeights(name: "detector", result))
        #expect(try SCRFDNetwork.Config(weights) == micro)
        _ = try SCRFDNetwork(weights, config: micro)
        try weights.assertAllUsed()
        // Measured, not the values that norms begin with.
        #expect(result["stem.bn.running_mean"]?.values.contains(0) == false)
        // And one that was stopped after its last step.
        var third = training(steps: 3)
        try third.resume(from: whole.trainer.state)
        #expect(try third.isDone && third.result().mapValues(\.values) == result.mapValues(\.values))
    }

    /// Several pictures at once, at a quarter of the size that files are shown, give each picture's faces.
    @Test func facesOfABatchAreThoseOfEachPicture() throws {
        let fresh = TrainableWeights(name: "detector", seed: 5)
        _ = try SCRFDNetwork(Weights(fresh), config: micro)
        // Fresh weights take half of all places for faces.
        var weights = fresh.values
        for name in weights.keys where name.hasSuffix("scores.bias") { weights[name] = Tensor([-2, -2], shape: [2]) }
        for name in weights.keys where name.hasSuffix("scores.weight") { weights[name] = weights[name].map { $0 * 20 } }
        let network = try SCRFDNetwork(Weights(GivenWeights(name: "detector", weights)), config: micro)
        var random = TorchRandomSource(seed: 9)
        let pictures = random.normal([2, 3, 160, 160]) * 0.5
        let together = network.faces(in: pictures)
        for b in 0..<2 {
            let large = pictures.sliced(axis: 0, b..<b + 1).channelsLast().upsampledNearest2x().upsampledNearest2x()
            let alone = try SCRFD.faces(outputs: network(large.channelsFirst() * (127.5 / 128)), scale: 4)
            #expect(alone.count > 5 && alone.count < 200 && together[b].count == alone.count)
            // Scores that are close may change places.
            for face in alone { #expect(together[b].contains { $0.differs(from: face) < 5e-5 }) }
        }
    }

    /// As computed by PyTorch, gradients of every output included.
    @Test func theLossIsThatOfTheReference() {
        // Goldens lie beside the folders of tests.
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
        let golden = Golden("detector_loss.safetensors", tests)
        let levels = (0..<3).map { level in
            SCRFDNetwork.Level(
                scores: golden["\(level).scores"].tracked(),
                distances: golden["\(level).distances"].tracked(),
                points: golden["\(level).points"].tracked()
            )
        }
        let boxes: [[FaceBox]] = [
            [
                FaceBox(left: 20, top: 10, right: 90, bottom: 100),
                FaceBox(left: 40, top: 40, right: 58, bottom: 62),
            ],
            [],
            [
                FaceBox(left: 30.5, top: 28, right: 75, bottom: 90.25),
                FaceBox(left: -30, top: -20.5, right: 140, bottom: 155),
            ],
        ]
        let places = [(0.3, 0.4), (0.7, 0.38), (0.52, 0.6), (0.35, 0.8), (0.66, 0.81)]
        let faces = boxes.map { boxes in
            boxes.map { box in
                DetectorScene.Face(
                    box: box,
                    landmarks: places.map { x, y in
                        Point(box.left + x * (box.right - box.left), box.top + y * (box.bottom - box.top))
                    }
                )
            }
        }
        let loss = DetectorLoss()(levels, faces)
        assertClose(loss.total.detached(), golden["loss"], relative: 3e-7, "loss")
        for (name, value) in loss.terms {
            assertClose(Tensor([value], shape: [1]), golden[name], relative: 2e-6, name)
        }
        let leaves = levels.flatMap { [$0.scores, $0.distances, $0.points] }
        let names = (0..<3).flatMap { level in ["scores", "distances", "points"].map { "\(level).d\($0)" } }
        for (name, gradient) in zip(names, gradients(of: loss.total, for: leaves)) {
            assertClose(gradient, golden[name], relative: 4e-7, name)
            #expect(golden[name].values.contains { $0 != 0 }, "\(name) proves nothing")
        }
    }

    /// Eyes are dark or light, but never the ground; and the faces lie where the picture shows them.
    @Test func facesOfScenesLieWhereThePictureShowsThem() {
        let sources = LazyValues(datasets: pictures, DetectorScene.Source.init)
        var (faces, empty) = (0, 0)
        for seed in 0..<40 {
            var random = TorchRandomSource(seed: UInt64(seed))
            let scene = DetectorScene(sources, &random)
            #expect(scene.pixels.count == 160 * 160 * 3)
            #expect(scene.pixels.allSatisfy { abs($0) < 2 })
            if scene.faces.isEmpty { empty += 1 }
            for face in scene.faces {
                faces += 1
                #expect(face.box.left < face.landmarks[0].x && face.landmarks[1].x < face.box.right)
                #expect(face.box.top < face.landmarks[2].y && face.landmarks[3].y < face.box.bottom)
                // Within a face something changes; a plain ground would not.
                let (x, y) = (Int(face.landmarks[2].x / 4), Int(face.landmarks[2].y / 4))
                let around = (max(0, y - 8)..<min(160, max(1, y + 8))).flatMap { row in
                    (max(0, x - 8)..<min(160, max(1, x + 8))).map { scene.pixels[(row * 160 + $0) * 3] }
                }
                let mean = around.reduce(0, +) / Float(max(1, around.count))
                let spread = around.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(max(1, around.count))
                #expect(around.isEmpty || spread > 1e-4)
            }
        }
        #expect(faces > 30 && empty > 0 && empty < 20)
    }

    /// A report of one who knows everything, and of one who sees each face twice and a little beside.
    @Test func aReportCountsFacesAndMistakes() throws {
        let dataset = WorldDataset(.faces, seed: 8, count: 5)
        func detections(_ index: Int, moved: Double) -> [FaceDetection] {
            dataset[index].faces.map { face in
                FaceDetection(
                    left: Float(face.box.left + moved),
                    top: Float(face.box.top),
                    right: Float(face.box.right + moved),
                    bottom: Float(face.box.bottom),
                    score: 0.9,
                    landmarks: face.landmarks.map { SIMD2(Float($0.x + moved), Float($0.y)) }
                )
            }
        }
        let bitmaps = (0..<5).map { dataset[$0].bitmap }
        func index(_ bitmap: Bitmap) throws -> Int { try #require(bitmaps.firstIndex(of: bitmap)) }
        let count = (0..<5).reduce(0) { $0 + dataset[$1].faces.count }
        let perfect = try DetectorReport(on: dataset) { detections(try index($0), moved: 0) }
        #expect(perfect.faces == count && perfect.found == 1 && perfect.mistaken == 0)
        #expect(perfect.landmarkError < 4e-7 && 1 - perfect.overlap < 4e-7)
        let twice = try DetectorReport(on: dataset) { bitmap in
            let i = try index(bitmap)
            return detections(i, moved: 1) + detections(i, moved: 500)
        }
        #expect(twice.found == 1 && twice.mistaken == Double(count) / 5)
        #expect(twice.landmarkError > 0.01 && twice.overlap < 1)
        let blind = DetectorReport(on: dataset) { _ in [] }
        #expect(blind.found == 0 && blind.mistaken == 0)
    }
}

extension FaceDetection {
    /// The largest difference of any number.
    fileprivate func differs(from other: FaceDetection) -> Float {
        func numbers(_ face: FaceDetection) -> [Float] {
            face.box + face.landmarks.flatMap { [$0.x, $0.y] } + [face.score]
        }
        return zip(numbers(self), numbers(other)).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
}
