/// What the process tells its caller.
public enum ExitStatus: Int32, Sendable {
    case success = 0
    case expectationFailed = 1
    case recipeInvalid = 2
    case nodeFailed = 3
    case baselineMissing = 4
    case cacheUnusable = 5
    case badFlags = 64
    /// sysexits.h: EX_TEMPFAIL. The same again may succeed.
    case temporaryFailure = 75
    case interrupted = 130
    case terminated = 143
}
