import CKernels

/// OpenBLAS, loaded when first needed, with one thread and a pinned set of kernels.
public enum BLAS {
    public enum LoadingError: Error, Hashable { case missing(reason: String) }

    /// The kernels pinned for the default numerics class: every AVX2 processor runs these alike.
    private static var pinnedCore: String? {
        #if arch(x86_64)
            pk_level() > 0 ? "Haswell" : "Nehalem"
        #else
            nil
        #endif
    }

    private static let state: Result<String, LoadingError> = {
        if let reason = pk_blas_load(pinnedCore) { return .failure(.missing(reason: String(cString: reason))) }
        let version = String(cString: pk_blas_config()).split(separator: " ").prefix(2).joined(separator: " ")
        return .success("\(version) \(String(cString: pk_blas_core()))")
    }()

    /// Loads OpenBLAS if that has not been done. Nothing in this module may be called unless this has succeeded once.
    ///
    /// - Returns: what names the bits of its results, such as `OpenBLAS 0.3.21 Haswell`.
    @discardableResult
    public static func load() throws(LoadingError) -> String { try state.get() }

    /// Names everything outside the source code that may change the bits of a result.
    public static func numericsClass() throws(LoadingError) -> String {
        #if arch(x86_64)
            let architecture = pk_level() > 0 ? "x86-64-v3" : "x86-64"
        #elseif arch(arm64)
            let architecture = "arm64"
        #else
            let architecture = "portable"
        #endif
        return "\(architecture), \(try load())"
    }

    static func require() {
        if case .failure(.missing(let reason)) = state { preconditionFailure("OpenBLAS is not loaded: \(reason)") }
    }
}

extension BLAS.LoadingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let reason):
            "OpenBLAS cannot be loaded (\(reason)); on Debian and Ubuntu: apt-get install libopenblas0-pthread"
        }
    }
}
