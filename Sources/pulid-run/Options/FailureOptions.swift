import ArgumentParser

/// What comes after a failure.
struct FailureOptions: ParsableArguments {
    @Flag(help: "After a failure, run what does not depend on it.")
    var keepGoing = false
}
