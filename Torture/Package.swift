// swift-tools-version: 6.1
import PackageDescription

/// Harms the real program from outside, and counts what it loses. A package of its own with no dependency, so that it is
/// built in seconds and the program has no hooks for it.
let package = Package(
    name: "Torture",
    products: [
        .executable(name: "torture", targets: ["Torture"]),
        .library(name: "faults", type: .dynamic, targets: ["Faults"]),
    ],
    targets: [
        .executableTarget(name: "Torture"),
        .target(name: "Faults", linkerSettings: [.linkedLibrary("dl")]),
    ],
    swiftLanguageModes: [.v6]
)
