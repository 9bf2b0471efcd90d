import Cluster
import Foundation

/// Calls a program that is found by `PATH`, and waits for it.
func callProgram(_ program: String, _ arguments: [String]) throws -> CommandOutput {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // What these programs complain of fits a pipe.
    let said = output.fileHandleForReading.readDataToEndOfFile()
    let complained = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return CommandOutput(
        status: process.terminationStatus,
        output: String(decoding: said, as: UTF8.self),
        errors: String(decoding: complained, as: UTF8.self)
    )
}
