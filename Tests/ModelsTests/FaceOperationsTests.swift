import Models
import TensorTestSupport
import Tensors
import Testing

/// The operations that only the face networks need, with their gradients, against PyTorch.
@Suite struct FaceOperationsTests {
    private let golden = Golden("face_operations.safetensors", #filePath)

    @Test func prelu() {
        let x = golden["prelu.x0"].channelsLast().tracked()
        let slope = golden["prelu.x1"].tracked()
        let y = x.prelu(slope)
        assertClose(y.channelsFirst(), golden["prelu.y"], relative: 3e-7, "y")
        let seed = golden["prelu.dy"].channelsLast()
        let parts = gradients(of: y, seed: seed, for: [x, slope])
        assertClose(parts[0].channelsFirst(), golden["prelu.dx0"], relative: 3e-7, "dx")
        assertClose(parts[1], golden["prelu.dx1"], relative: 3e-7, "dslope")
    }

    @Test(arguments: [("max_pool", 3, 2, 1), ("max_pool_all_sides", 2, 3, 0)])
    func maxPool(name: String, kernel: Int, stride: Int, padding: Int) {
        let x = golden["\(name).x0"].channelsLast().tracked()
        let y = x.maxPooled(kernel: kernel, stride: stride, padding: padding)
        assertClose(y.channelsFirst(), golden["\(name).y"], relative: 0, "y")
        let seed = golden["\(name).dy"].channelsLast()
        let dx = gradients(of: y, seed: seed, for: [x])[0]
        assertClose(dx.channelsFirst(), golden["\(name).dx0"], relative: 3e-7, "dx")
    }

    @Test(arguments: [true, false], [(9, 4), (3, 11), (1, 1)])
    func bilinear(alignCorners: Bool, size: (Int, Int)) {
        let name = "bilinear.\(alignCorners ? "aligned" : "edges").\(size.0)x\(size.1)"
        let x = golden["\(name).x0"].tracked()
        let y = x.resizedBilinear(height: size.0, width: size.1, alignCorners: alignCorners)
        assertClose(y, golden["\(name).y"], relative: 3e-7, "y")
        let dx = gradients(of: y, seed: golden["\(name).dy"], for: [x])[0]
        assertClose(dx, golden["\(name).dx0"], relative: 3e-7, "dx")
    }
}
