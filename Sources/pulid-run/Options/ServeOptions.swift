import ArgumentParser

/// A report that fills itself, and runs that follow changes.
struct ServeOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Serve the report to browsers on this machine while the run goes on, and until it is interrupted.",
            discussion: "It listens on 127.0.0.1 alone, and nothing can be changed through it."
        )
    )
    var serve = false

    @Option(help: ArgumentHelp("Where to serve it; else on a port that is free.", valueName: "port"))
    var port: Int?

    @Flag(help: "Run again whenever the recipe or a file that it names changes, until it is interrupted.")
    var watch = false

    func validate() throws {
        guard let port else { return }
        guard serve else { throw ValidationError("--port is for --serve") }
        guard (1...65535).contains(port) else { throw ValidationError("--port must be from 1 to 65535") }
    }
}
