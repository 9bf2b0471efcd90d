import Foundation

/// Files that change under a run: in place, cut and written again, by rename; and then the old ones are back.
struct ChangedFileScenario: Scenario {
    let name = "changes"
    let share = 1.5

    private enum Way: CaseIterable { case inPlace, cutFirst, byRename }

    func attempt(_ trial: Trial) throws {
        let (old, new) = try subjects(trial)
        try trial.place(old)
        let expected = [try trial.lab.reference(old), try trial.lab.reference(new)]
        guard let changed = new.files.keys.filter({ new.files[$0] != old.files[$0] }).sorted().first,
            let oldBytes = old.files[changed], let newBytes = new.files[changed],
            let way = trial.random.pick(Way.allCases)
        else { return }
        let path = "\(trial.folder)/recipe/\(changed)"
        let calls = try trial.lab.trace(.run, of: old)
        let rule = rule(changed, calls, trial)
        let child = try trial.start(trial.runArguments(), rules: [rule])
        Child.wait(for: [child], patience: trial.lab.patience) { child.isStopped }
        if child.isStopped {
            trial.counts.faults += 1
            switch way {
            case .inPlace: try Files.write(newBytes, to: path)
            case .cutFirst:
                // The process may meet the file while it is empty.
                try Files.write(Data(), to: path)
                child.resume()
                usleep(UInt32(trial.random.int(in: 0...20_000)))
                try Files.write(newBytes, to: path)
            case .byRename: try Files.replace(path, with: newBytes)
            }
            child.resume()
        }
        let run = trial.finish(child)
        let what = "\(changed) \(way), \(rule.text)"
        try trial.judge(
            run,
            "changed under the run: \(what)",
            names: [(changed as NSString).lastPathComponent],
            outputs: expected
        )
        for (bytes, expected, which) in [(oldBytes, expected[0], "old"), (newBytes, expected[1], "new")] {
            if way == .byRename { try Files.replace(path, with: bytes) } else { try Files.write(bytes, to: path) }
            Files.remove(trial.out)
            let again = try trial.run()
            if try !trial.judge(again, "with the \(which) file, after \(what)", names: [], outputs: [expected]) {
                trial.fail(\.wrong, "with the \(which) file, after \(what)", again)
            }
        }
    }

    private func subjects(_ trial: Trial) throws -> (Subject, Subject) {
        switch trial.random.int(in: 1...4) {
        case 1: return (.photo(try trial.lab.photo("1.png")), .photo(try trial.lab.photo("2.png")))
        case 2:
            let old = try Subject.network(files: trial.lab.modelFiles())
            var new = old
            let name = "model/vae/diffusion_pytorch_model.safetensors"
            if var bytes = new.files[name] {
                for place in stride(from: bytes.count / 2, to: bytes.count, by: 64) { bytes[place] ^= 0x21 }
                new.files[name] = bytes
            }
            return (old, new)
        default:
            let old = Subject.weights(1)
            var new = old
            let name = trial.random.pick(["one.safetensors", "part-1.safetensors", "part-2.safetensors"]) ?? ""
            new.files[name] = Subject.weights(7).files[name]
            return (old, new)
        }
    }

    /// Stops the run at a call on the file, or anywhere.
    private func rule(_ file: String, _ calls: [TracedCall], _ trial: Trial) -> FaultRule {
        let pattern = "*/recipe/\(file)"
        let near = calls.filter { $0.pattern == pattern }
        let call = trial.random.pick(trial.random.once(in: 2) && !near.isEmpty ? near : calls)
        let times = calls.count { $0 == call }
        return FaultRule(
            calls: [call?.call ?? .open],
            pattern: call?.pattern ?? pattern,
            when: .once(trial.random.int(in: 1...max(times, 1))),
            effect: trial.random.pick(["stop-before", "stop-after"]) ?? "stop-after"
        )
    }
}
