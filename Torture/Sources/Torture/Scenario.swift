/// A kind of harm, tried over and over with other seeds.
protocol Scenario: Sendable {
    /// As the table and the `--scenario` flag call it.
    var name: String { get }
    /// Its share of the time.
    var share: Double { get }

    func attempt(_ trial: Trial) throws
}
