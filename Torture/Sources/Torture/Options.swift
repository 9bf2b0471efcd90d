import Foundation

/// What is asked for on the command line: `torture [--flag value]...`
struct Options {
    var minutes = 2.0
    /// Repeats the one trial of this seed.
    var seed: Int?
    var scenario: String?
    /// A file in which the counts of several runs are added up.
    var tally: String?
    var program = "../.build/release/pulid-run"
    var library = ".build/release/libfaults.so"
    var root = ".."
    var folder = NSTemporaryDirectory() + "/torture"
    var patience = 60.0
    /// Leaves the folders of trials that failed.
    var keep = false

    init(_ arguments: some Sequence<String>) throws {
        var rest = Array(arguments)
        func text(_ flag: String) throws -> String {
            guard !rest.isEmpty else { throw Failure.flags("\(flag) needs a value") }
            return rest.removeFirst()
        }
        func number<T: LosslessStringConvertible>(_ flag: String) throws -> T {
            let word = try text(flag)
            guard let number = T(word) else { throw Failure.flags("\(flag) needs a number, not `\(word)`") }
            return number
        }
        while !rest.isEmpty {
            switch rest.removeFirst() {
            case "--minutes": minutes = try number("--minutes")
            case "--seed": seed = try number("--seed")
            case "--scenario": scenario = try text("--scenario")
            case "--tally": tally = try text("--tally")
            case "--program": program = try text("--program")
            case "--library": library = try text("--library")
            case "--root": root = try text("--root")
            case "--folder": folder = try text("--folder")
            case "--patience": patience = try number("--patience")
            case "--keep": keep = true
            case let other: throw Failure.flags("there is no flag `\(other)`")
            }
        }
        if let scenario, !Torture.scenarios.contains(where: { $0.name == scenario }) {
            let names = Torture.scenarios.map(\.name).joined(separator: ", ")
            throw Failure.flags("there is no scenario `\(scenario)`; there are \(names)")
        }
        for path in [\Options.program, \.library, \.root, \.folder] {
            self[keyPath: path] = URL(fileURLWithPath: self[keyPath: path]).standardizedFileURL.path
        }
    }
}
