import ArgumentParser
import Cluster
import Runner
import Store
import Workflows

/// An error that the caller is told apart from others.
protocol ErrorWithStatus: Error {
    var exitStatus: Runner.ExitStatus { get }
}

/// What only the work shows about flags.
extension ValidationError: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .badFlags }
}
extension StoreError: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .cacheUnusable }
}
extension RemoteSettingsError: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .cacheUnusable }
}
extension TooFewThreads: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .nodeFailed }
}
extension UnknownNode: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .badFlags }
}
extension UnknownCells: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .badFlags }
}
extension UnknownOutput: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .badFlags }
}
extension UnneededNode: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .badFlags }
}
extension SlurmError: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .temporaryFailure }
}
extension DivisionError: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .recipeInvalid }
}
extension ApprovalError: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .recipeInvalid }
}
extension BaselineLockError: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .recipeInvalid }
}
extension BisectionError: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .badFlags }
}
extension ReplayError: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .recipeInvalid }
}
extension ForeignRecipeError: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus {
        if case .exists = self { .nodeFailed } else { .recipeInvalid }
    }
}
extension ImportError: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .recipeInvalid }
}
extension SharingError: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus {
        switch self {
        case .nothing: .recipeInvalid
        case .notShared, .otherFormat: .cacheUnusable
        case .cannotWrite: .nodeFailed
        }
    }
}
