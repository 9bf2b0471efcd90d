import Runner
import Store

/// An error that the caller is told apart from others.
protocol ErrorWithStatus: Error {
    var exitStatus: ExitStatus { get }
}

extension StoreError: ErrorWithStatus {
    var exitStatus: ExitStatus { .cacheUnusable }
}
extension TooFewThreads: ErrorWithStatus {
    var exitStatus: ExitStatus { .nodeFailed }
}
extension UnknownNode: ErrorWithStatus {
    var exitStatus: ExitStatus { .badFlags }
}
extension UnneededNode: ErrorWithStatus {
    var exitStatus: ExitStatus { .badFlags }
}
extension ApprovalError: ErrorWithStatus {
    var exitStatus: ExitStatus { .recipeInvalid }
}
extension BaselineLockError: ErrorWithStatus {
    var exitStatus: ExitStatus { .recipeInvalid }
}
extension BisectionError: ErrorWithStatus {
    var exitStatus: ExitStatus { .badFlags }
}
extension ReplayError: ErrorWithStatus {
    var exitStatus: ExitStatus { .recipeInvalid }
}
extension SharingError: ErrorWithStatus {
    var exitStatus: ExitStatus {
        switch self {
        case .nothing: .recipeInvalid
        case .notShared, .otherFormat: .cacheUnusable
        case .cannotWrite: .nodeFailed
        }
    }
}
