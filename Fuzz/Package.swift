// swift-tools-version: 6.1
import PackageDescription

/// One program for all targets: FUZZ_TARGET in the environment says which it is. A package of its own, so that building
/// pulid-run needs nothing of it. `fuzz.sh` builds and runs it.
let package = Package(
    name: "Fuzz",
    dependencies: [.package(name: "pulid-run", path: "..")],
    targets: [
        .executableTarget(
            name: "Fuzz",
            dependencies: [.product(name: "FuzzTargets", package: "pulid-run")],
            // libFuzzer brings `main`.
            swiftSettings: [.unsafeFlags(["-parse-as-library"])]
        )
    ],
    swiftLanguageModes: [.v6]
)
