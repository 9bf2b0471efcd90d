/// Ends the program unless an operation is asked for what it can do: a mistake of the program, not of its input. Unlike
/// `precondition`, it says what was asked for in release builds, too.
///
/// - Parameter what: with the titles of the tensors at fault
package func require(
    _ holds: Bool,
    _ what: @autoclosure () -> String,
    operation: StaticString = #function,
    file: StaticString = #fileID,
    line: UInt = #line
) {
    if !holds { fail(what(), operation: operation, file: file, line: line) }
}

/// Ends the program: see `require`.
package func fail(
    _ what: String,
    operation: StaticString = #function,
    file: StaticString = #fileID,
    line: UInt = #line
) -> Never {
    fatalError("\(operation): \(what)", file: file, line: line)
}
