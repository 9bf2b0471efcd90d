import Kernels

/// One piece of work that is timed, here and by the peers that know it.
struct BenchmarkCase {
    enum Group: String, CaseIterable {
        case kernels, unet, vae, training, startup, render
    }

    /// What a run tells beside the time that the caller measures.
    struct Outcome {
        /// Where only a part of the run counts, its seconds.
        var seconds: Double?
        /// The most memory that another process has held for it, in bytes.
        var peak: Int?
    }

    let group: Group
    let name: String
    /// Floating-point operations of its products; 0 where a rate means nothing.
    var work: Double = 0
    /// The same work as peers are asked for it; nil if no peer is.
    var task: PeerTask?
    /// Where settings of this process do not reach what is timed: the same in 32 bits, whatever the benchmark's precision.
    var inFloat32: (() throws -> () throws -> Outcome)?
    /// Makes the weights and the input, and returns what is timed.
    let setUp: () throws -> () throws -> Outcome
}

/// What products are computed in.
enum ProductPrecision: String, CaseIterable {
    case f32, bf16, int8

    var settings: ComputeSettings.Precision {
        switch self {
        case .f32: .float32
        case .bf16: .bfloat16
        case .int8: .int8
        }
    }
}

/// The size of the picture, and with it the size of the networks.
enum PictureSize: String, CaseIterable {
    /// The embedded models.
    case tiny
    case small = "512"
    case large = "1024"

    var pixels: Int { Int(rawValue) ?? 128 }
    var isFull: Bool { self != .tiny }
}
