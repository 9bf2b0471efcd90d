/// An argument with nothing in it, as a script gives that names a variable which is not set. Read as a path it would be the folder
/// one is in, or the root.
struct EmptyArgument {
    let text: String

    init?(_ arguments: [String]) {
        // Shells that complete a word give it as it is.
        guard arguments.first?.hasPrefix("---") != true else { return nil }
        func isFlag(_ argument: String) -> Bool { argument.hasPrefix("--") && argument.count > 2 }
        for (place, argument) in arguments.enumerated() {
            if argument.isEmpty {
                let flag = place > 0 && isFlag(arguments[place - 1]) ? arguments[place - 1] : nil
                text = Self.text(flag)
                return
            }
            if isFlag(argument), argument.firstIndex(of: "=") == argument.indices.last {
                text = Self.text(String(argument.dropLast()))
                return
            }
        }
        return nil
    }

    private static func text(_ flag: String?) -> String {
        let what = flag.map { "nothing is given to `\($0)`" } ?? "an argument is empty"
        return "\(what): is a variable of a script not set?"
    }
}
