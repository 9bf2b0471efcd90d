/// How much people are told of a run.
public enum Verbosity: Sendable {
    /// Problems, and what was written.
    case quiet
    /// What runs, too.
    case usual
    /// And what does not run, and why.
    case verbose
}
