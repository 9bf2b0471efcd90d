import Foundation
import GRDB
import Graph

/// Columns of rows that may be damaged: what does not fit is nil, where GRDB's own subscripts would stop the program.
extension Row {
    func digest(_ column: Int) -> Digest? { bytes(column).flatMap(Digest.init(bytes:)) }
    func bytes(_ column: Int) -> [UInt8]? { try? withUnsafeData(atIndex: column) { $0.map { [UInt8]($0) } } }
    func text(_ column: Int) -> String? { String.fromDatabaseValue(self[column]) }
    func integer(_ column: Int) -> Int? { Int.fromDatabaseValue(self[column]) }
    func number(_ column: Int) -> Double? { Double.fromDatabaseValue(self[column]) }
}
