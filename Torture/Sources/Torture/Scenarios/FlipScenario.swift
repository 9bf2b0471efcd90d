import Foundation

/// Bits that flip at rest in the database, its log and its values.
struct FlipScenario: Scenario {
    let name = "flips"
    let share = 3.0

    func attempt(_ trial: Trial) throws {
        let subject = trial.random.once(in: 3) ? Subject.pictures : .few
        try trial.place(subject)
        let reference = try trial.lab.reference(subject)
        try Files.copy(trial.lab.cache(subject, trial.random.once(in: 2) ? .cut : .whole), to: trial.cache)
        if trial.random.once(in: 4) {
            // Outputs that the cache remembers.
            _ = try trial.run()
        }
        let names = Files.list(trial.cache)
        let files = names.filter { $0.hasPrefix("cache.sqlite") || $0.hasPrefix("values/") }.filter {
            Files.size("\(trial.cache)/\($0)") > 0
        }
        for _ in 0..<(trial.random.pick([1, 1, 2, 4, 8, 16, 32, 64]) ?? 1) {
            guard let file = trial.random.pick(files) else { return }
            flip("\(trial.cache)/\(file)", trial)
        }
        if trial.random.once(in: 2) {
            let verified = try trial.command("cache", "verify")
            if verified.hung {
                trial.fail(\.hangs, "cache verify", verified)
            } else if ![.exit(0), .exit(5)].contains(verified.end) {
                trial.fail(\.crashes, "cache verify", verified)
            }
            // Beside it SQLite's own files may come and go.
            let now = Files.list(trial.cache).filter { !$0.hasPrefix("cache.sqlite-") && !$0.hasPrefix("locks") }
            let gone = Set(names.filter { !$0.hasPrefix("cache.sqlite-") && !$0.hasPrefix("locks") }).subtracting(now)
            if !gone.isEmpty || now.contains(where: { $0.contains("corrupt") }) {
                trial.fail(\.unclear, "verify without --repair moves or removes files \(gone.sorted())", verified)
            }
        }
        if trial.random.once(in: 4), let name = trial.random.pick(reference.keys.sorted()), Files.exists(trial.out) {
            // Somebody else's file in an output's place: it must not be taken for ours.
            try Files.write(Data("another".utf8), to: "\(trial.out)/\(name)")
        }
        try trial.settle(mayBeDamaged: true)
    }

    private func flip(_ path: String, _ trial: Trial) {
        let size = Files.size(path)
        guard size > 0 else { return }
        var bit = trial.random.int(in: 0...size * 8 - 1)
        // Half of them where something is written: a young database has many empty pages.
        if trial.random.once(in: 2), let bytes = Files.read(path) {
            let from = bit / 8
            if let place = bytes[from...].firstIndex(where: { $0 != 0 }) { bit = place * 8 + bit % 8 }
        }
        Files.flipBit(bit, of: path)
        trial.counts.flips += 1
    }
}
