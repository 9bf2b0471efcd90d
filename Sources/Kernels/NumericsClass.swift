import CKernels

/// Matrix products by kernels of our own (gemm.h). Every element is one chain of fused multiply-adds in ascending k, so
/// neither blocks nor threads nor the width of vectors change a bit of it.
public enum Gemm {
    /// Raised by one when a change of the kernels changes a bit of what they compute.
    private static let revision = 2

    /// Names everything below the nodes that may change the bits of a result: the kernels' revision, whether this processor
    /// fuses the multiply-adds of products, and those of the polynomials in the float loops.
    public static var numericsClass: String {
        let products = KernelLevel.best == .unfused ? "rounded" : "fused"
        return "kernels \(revision), \(products) products, \(pk_fuses() == 0 ? "rounded" : "fused") functions"
    }

    /// Names `bfloat16` in keys, with a number that is raised by one when a bit of what is computed in it changes.
    public static let bfloat16Class = "bfloat16 1"

    /// The same for `int8`, of which attention is a part in `bfloat16`, and of the blocks that its weights are kept in.
    public static let int8Class = "int8 2, \(bfloat16Class)"
}
