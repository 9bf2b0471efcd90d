/// What keeps the torture itself from going on.
enum Failure: Error, CustomStringConvertible {
    case noProcess(Int32)
    case undisturbed(String)
    case flags(String)

    var description: String {
        switch self {
        case .noProcess(let code): "no process could be started: error \(code)"
        case .undisturbed(let what): "a run that nobody disturbs fails: \(what)"
        case .flags(let what): what
        }
    }
}
