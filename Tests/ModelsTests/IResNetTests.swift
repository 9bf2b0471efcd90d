import Models
import TensorTestSupport
import Tensors
import Testing

@Suite struct IResNetTests {
    private let golden = Golden("iresnet.safetensors", #filePath)

    private func network() throws -> IResNet {
        let w = golden.weights / "model"
        let network = try IResNet(w, config: .init(w))
        try w.assertAllUsed()
        return network
    }

    @Test func agreesWithInsightface() throws {
        assertClose(try network()(golden["image"]), golden["features"], relative: 3.2e-6, "features")
    }

    @Test func theGradientOfThePictureAgreesWithPyTorch() throws {
        let image = golden["image"].tracked()
        let features = try network()(image)
        let gradient = gradients(of: features, seed: golden["seed"], for: [image])[0]
        assertClose(gradient, golden["image_gradient"], relative: 3.2e-6, "gradient")
    }

    @Test func sizesAreReadOffTheTensors() throws {
        let config = try IResNet.Config(golden.weights / "model")
        #expect(config == .init(stemWidth: 5, depths: [2, 1, 3, 2], widths: [6, 4, 7, 8], grid: 3, features: 12))
        #expect(config.imageSize == 48)
        #expect(IResNet.Config.iresnet100.imageSize == 112)
    }

    @Test func aFreshNetworkHasTheParametersOfTheReference() throws {
        let fresh = FreshWeights(name: "fresh", seed: 7)
        _ = try IResNet(Weights(fresh) / "model", config: .init(golden.weights / "model"))
        let reference = golden.file.tensorNames
            .filter { $0.hasPrefix("model.") && !$0.hasSuffix("num_batches_tracked") }
        #expect(fresh.tensorNames == reference)
        for name in reference { #expect(fresh.shape(of: name) == golden.file.shape(of: name), "\(name)") }
    }

    @Test(arguments: [
        [:],
        ["conv1.weight": [64, 3, 3, 3]],
        ["fc.weight": [512, 25087]],
        ["fc.weight": [512]],
        ["layer4.0.conv1.weight": [0, 512, 3, 3]],
        ["layer4.0.conv1.weight": [1 << 61, 0, 3, 3]],
        ["layer2.0.conv1.weight": []],
    ])
    func anotherModelIsNamedAsSuch(shapes: [String: [Int]]) {
        var all = [
            "conv1.weight": [64, 3, 3, 3], "fc.weight": [512, 25088], "layer1.0.prelu.weight": [64],
            "layer1.0.conv1.weight": [64, 64, 3, 3], "layer2.0.conv1.weight": [128, 64, 3, 3],
            "layer3.0.conv1.weight": [256, 128, 3, 3], "layer4.0.conv1.weight": [512, 256, 3, 3],
        ]
        #expect(throws: Never.self) { try IResNet.Config(Weights(Shapes(all))) }
        all = shapes.count == 1 && shapes["conv1.weight"] == nil ? all.merging(shapes) { $1 } : shapes
        let error = #expect(throws: WeightsError.self) { try IResNet.Config(Weights(Shapes(all))) }
        guard case .wrongModel = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
