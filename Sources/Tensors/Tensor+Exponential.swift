import CKernels
import Kernels

extension Tensor {
    /// e to the power of each element.
    public func exp() -> Tensor {
        let y = Tensor.elementwise(shape) { range, y in pk_exp(pointer + range.lowerBound, y, range.count) }
        return y.recorded(from: self) { dy in [dy * y] }
    }
}
