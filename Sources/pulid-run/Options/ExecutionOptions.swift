import ArgumentParser
import Runner

/// What all commands have in common that run nodes.
struct ExecutionOptions: ParsableArguments {
    @OptionGroup var cache: CacheOptions
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var numerics: NumericsOptions
    @OptionGroup var resources: ResourceOptions

    @Option(
        help: ArgumentHelp(
            "How long a node may take to stop after SIGINT, SIGTERM or SIGHUP, before the process ends without it.",
            valueName: "seconds"
        )
    )
    var grace = 30.0

    @Option(
        help: ArgumentHelp(
            "Show each picture that is being sampled, small and new after a step: in this folder, or in the terminal.",
            discussion:
                "terminal is for terminals that say that they know kitty's graphics or sixel (./terminal is a folder). By a linear map from the latent's channels to red, green and blue, which is fitted to the model's VAE. "
                + "Results do not depend on it.",
            valueName: "dir|terminal"
        ),
        completion: .directory
    )
    var preview: String?

    @Flag var volume: Volume?

    var verbosity: Verbosity {
        switch volume {
        case .quiet: .quiet
        case .verbose: .verbose
        case nil: .usual
        }
    }

    func validate() throws {
        guard (0...86400).contains(grace) else { throw ValidationError("--grace must be from 0 to 86400 seconds") }
    }
}

/// How much is said.
enum Volume: EnumerableFlag {
    case quiet, verbose

    static func name(for value: Volume) -> NameSpecification { .shortAndLong }

    static func help(for value: Volume) -> ArgumentHelp? {
        switch value {
        case .quiet: "Say nothing but problems and what was written."
        case .verbose: "Say also which nodes are cached, and why the others run."
        }
    }
}
