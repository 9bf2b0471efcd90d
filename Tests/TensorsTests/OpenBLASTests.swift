import Foundation
import Kernels
import TensorTestSupport
import Tensors
import Testing

/// Products beside those of a library that shares nothing with ours, where it is installed (Debian's libopenblas0).
@Suite(.enabled(if: OpenBLAS.sgemm != nil, "libopenblas.so.0 is not installed"))
struct OpenBLASTests {
    private static let levels = KernelLevel.allCases.filter(\.isAvailable)

    /// Two orders of the same additions differ by 2.1e-6 at k = 5120.
    @Test(arguments: levels)
    func linear(_ level: KernelLevel) throws {
        let sgemm = try #require(OpenBLAS.sgemm)
        var random = TorchRandomSource(seed: 4)
        for (m, n, k) in [
            (1, 1, 1), (1, 2816, 40), (2, 7, 3), (13, 31, 65), (29, 33, 640), (77, 64, 1024), (31, 100, 2048),
            (64, 130, 5120),
        ] {
            let (x, weight) = (random.normal([m, k]), random.normal([n, k]))
            var expected = [Float](repeating: 0, count: m * n)
            // Row-major, and the second operand transposed.
            sgemm(
                101,
                111,
                112,
                Int32(m),
                Int32(n),
                Int32(k),
                1,
                x.values,
                Int32(k),
                weight.values,
                Int32(k),
                0,
                &expected,
                Int32(n)
            )
            for threads in [1, 3] {
                let y = ComputeSettings.with(kernels: level, threads: threads) { x.linear(weight) }
                assertClose(y, Tensor(expected, shape: [m, n]), relative: 6e-6, "\(m) x \(n) x \(k)")
            }
        }
    }
}

private enum OpenBLAS {
    typealias SGEMM =
        @convention(c) (
            Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>, Int32, UnsafePointer<Float>, Int32,
            Float,
            UnsafeMutablePointer<Float>, Int32
        ) -> Void

    static let sgemm: SGEMM? = {
        guard let library = dlopen("libopenblas.so.0", RTLD_NOW), let found = dlsym(library, "cblas_sgemm") else {
            return nil
        }
        return unsafeBitCast(found, to: SGEMM.self)
    }()
}
